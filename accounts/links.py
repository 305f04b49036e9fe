"""Personal links: a row, a purpose and a nonce, sealed with LINK_KEY. No account needed.

A token reads `<pk>.<seal>`; the seal is an HMAC of 160 bits. Only the nonce is stored:
renewing it revokes every link given out before. LINK_KEY rotates: the keys of
LINK_KEY_FALLBACKS still open links, but seal none.
"""

import base64
import hashlib
import hmac
import secrets

from django.conf import settings


class BadToken(Exception):
    """The link is not one of ours, or no longer."""


def new_nonce() -> str:
    return secrets.token_urlsafe(16)


def token(kind: str, pk: int, nonce: str) -> str:
    """The token that opens row `pk` for `kind` (for example "registration")."""
    return f"{pk}.{_seal(settings.LINK_KEY, kind, pk, nonce)}"


def sealed(kind: str, words: str) -> str:
    """A token that says `words` itself, where there is no row to say them: it opens as long as the key does.

    `words` are letters, digits, - and _ only.
    """
    return f"{words}.{_seal(settings.LINK_KEY, kind, 0, words)}"


def unsealed(text: str, kind: str) -> str:
    """What a sealed token says. Raises BadToken unless it was sealed for this purpose."""
    words = text.partition(".")[0]
    check(text, kind, 0, words)
    return words


def row(text: str) -> int:
    """The primary key a token speaks of; proves nothing: `check` does. Raises BadToken."""
    number, dot, seal = text.partition(".")
    if not (dot and seal and number.isascii() and number.isdigit() and len(number) < 16):
        raise BadToken
    return int(number)


def check(text: str, kind: str, pk: int, nonce: str) -> None:
    """Raises BadToken unless `text` was made for this row, this purpose and this nonce."""
    seal = text.partition(".")[2]
    for key in (settings.LINK_KEY, *settings.LINK_KEY_FALLBACKS):
        if hmac.compare_digest(_seal(key, kind, pk, nonce).encode(), seal.encode()):
            return
    raise BadToken


def _seal(key: str, kind: str, pk: int, nonce: str) -> str:
    digest = hmac.new(key.encode(), f"{kind}:{pk}:{nonce}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:20]).decode().rstrip("=")
