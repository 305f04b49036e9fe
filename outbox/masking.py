"""Personal links open a person's page: staff who read a mail read it without them."""

import re

ADDRESS = re.compile(r"(https?://[^/\s<>\"]+)([^\s<>\")\]]*)")
# What our addresses are made of: words, file names, short numbers. All else may be a key.
PLAIN = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[a-z]{2,4})?|\d{1,4}|")
KEPT_OUT = "…"


def links_masked(text: str) -> str:
    """`text` with every part of an address that may open something replaced by an ellipsis."""
    return ADDRESS.sub(_mask, text)


def unfolded(calendar: str) -> str:
    """A calendar text with its long lines whole again (RFC 5545), so that addresses are seen whole."""
    return re.sub(r"\r?\n[ \t]", "", calendar)


def _mask(found: re.Match[str]) -> str:
    path, mark, _query = found[2].partition("?")
    parts = [part if PLAIN.fullmatch(part) else KEPT_OUT for part in path.split("/")]
    return found[1] + "/".join(parts) + (f"?{KEPT_OUT}" if mark else "")
