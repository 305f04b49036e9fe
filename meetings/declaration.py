"""Law 09-08: people are registered once the CNDP knows of the file, or somebody answers for it by name.

The ONMT gives the state in the environment, and nothing is invented: `CNDP_REFERENCE` is the number of the
receipt or « déposée le 12 novembre 2026 »; `CNDP_WAIVER` is « who: why », the person who decided that
registration opens without, and their reason.
"""

import re

from django.conf import settings

# A receipt's number, whatever its pattern: capitals, digits and what joins them, three digits at least.
NUMBER = re.compile(r"(?=(?:\D*\d){3})[A-Z0-9][A-Z0-9 ./-]{2,39}")
FILED = re.compile(r"déposée le (?:\d{1,2}(?:er)? [a-zéû]{3,9} \d{4}|\d{1,2}/\d{1,2}/\d{4})")
WAIVER = re.compile(r"\s*(?P<who>[^:]{3,}?)\s*:\s*(?P<why>.{10,}?)\s*", re.DOTALL)


def registration_may_open() -> bool:
    """Whether registrations are lawful now; with DEBUG always, since its people are invented."""
    return settings.DEBUG or not problem()


def problem() -> str:
    """Why registration stays closed with DEBUG off, and what to do; "" when it may open."""
    if settings.CNDP_WAIVER:
        if WAIVER.fullmatch(settings.CNDP_WAIVER):
            return ""
        return "CNDP_WAIVER names no person and reason: write « who: why »."
    if not settings.CNDP_REFERENCE:
        return (
            "Registration stays closed: CNDP_REFERENCE is missing (the receipt's number or "
            "« déposée le 12 novembre 2026 »); or CNDP_WAIVER says who decided to open without, and why."
        )
    if NUMBER.fullmatch(settings.CNDP_REFERENCE) or FILED.fullmatch(settings.CNDP_REFERENCE):
        return ""
    return (
        "Registration stays closed: CNDP_REFERENCE is neither a receipt's number nor "
        "« déposée le 12 novembre 2026 »."
    )
