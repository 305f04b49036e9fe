"""SPF, DKIM and DMARC in words: what the sending domain must say of itself, and whether it does."""

from collections.abc import Callable

from django.conf import settings

from outbox import signature
from outbox.mime import sender

TIMEOUT_SECONDS = 5.0
# Never in the public name service (RFC 2606, 6761): development and demonstration.
MADE_UP = ("example", "invalid", "test", "localhost")

Lookup = Callable[[str], list[str]]


class Unknown(Exception):
    """The name service did not answer."""


def look_up(name: str) -> list[str]:
    """The TXT records of a name; none where there are none. Raises Unknown."""
    from dns import exception, resolver

    try:
        answer = resolver.resolve(name, "TXT", lifetime=TIMEOUT_SECONDS)
    except (resolver.NXDOMAIN, resolver.NoAnswer):
        return []
    except (exception.DNSException, OSError) as error:
        raise Unknown(type(error).__name__) from error
    return [b"".join(row.strings).decode("utf-8", "replace") for row in answer]


def is_made_up(domain: str) -> bool:
    return domain.rpartition(".")[2] in MADE_UP


def problems(domain: str, *, records: Lookup = look_up) -> list[str]:
    """What is missing, each with what to publish. Raises Unknown."""
    return [
        sentence for sentence in (_spf(domain, records), _dkim(records), _dmarc(domain, records)) if sentence
    ]


def said(domain: str) -> str:
    """Where nothing is missing."""
    where = (
        f"signed here (selector {settings.DKIM_SELECTOR})" if signature.wanted() else "signed by the relay"
    )
    return f"{domain} says who may send in its name (SPF) and what to do with others (DMARC); {where} (DKIM)"


def domain() -> str:
    return sender()[1].rpartition("@")[2].lower()


def _spf(domain: str, records: Lookup) -> str:
    found = [text for text in records(domain) if text.lower().split(" ")[0] == "v=spf1"]
    if len(found) == 1:
        return ""
    if found:
        return f"SPF: {domain} has {len(found)} records v=spf1; readers accept one. Join them."
    return (
        f"SPF: {domain} does not say which servers send its mail; many readers will take it for spam. "
        f'Publish a TXT record of {domain} that names the relay, for example "v=spf1 include:… -all".'
    )


def _dkim(records: Lookup) -> str:
    if not signature.wanted():
        return ""  # the relay's key has a selector nobody can guess
    name = f"{settings.DKIM_SELECTOR}._domainkey.{signature.domain()}"
    if any("p=" in text for text in records(name)):
        return ""
    return (
        f"DKIM: mails are signed, and {name} does not hold the key that proves it; a signature that cannot "
        f'be checked is worth none. Publish a TXT record of that name: "v=DKIM1; k=rsa; p=…".'
    )


def _dmarc(domain: str, records: Lookup) -> str:
    parts = domain.split(".")
    names = [f"_dmarc.{domain}"]
    if len(parts) > 2:
        names.append(f"_dmarc.{'.'.join(parts[1:])}")  # the organisation speaks for what is under it
    if any(text.lower().startswith("v=dmarc1") for name in names for text in records(name)):
        return ""
    return (
        f"DMARC: {domain} does not say what to do with mails that pass neither SPF nor DKIM; large mail "
        f'houses ask for it. Publish a TXT record of {names[0]}, first "v=DMARC1; p=none; rua=mailto:…".'
    )
