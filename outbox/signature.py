"""DKIM: the mark by which a reader's server knows that a mail is its domain's, and whole.

The recommended set-up signs at the relay, which every mail of the house passes; then nothing is set
here. Where the relay does not, DKIM_SELECTOR and DKIM_KEY_FILE make the workers sign.
"""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from outbox.mime import UNSUBSCRIBE_HEADERS, sender

# Of these a mail has at most one; naming From and Subject twice forbids to add another.
SIGNED = (
    *("From", "From", "To", "Subject", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version"),
    *("Content-Type", "Content-Language", "Auto-Submitted", *UNSUBSCRIBE_HEADERS),
)


class KeyUnusable(Exception):
    """The key cannot be read or does not sign; the message is for whoever runs the portal."""


def wanted() -> bool:
    return bool(settings.DKIM_SELECTOR)


def domain() -> str:
    """The domain whose record holds the public key: that of the sender, where no other is named."""
    return settings.DKIM_DOMAIN or sender()[1].rpartition("@")[2]


def signed(content: bytes) -> bytes:
    """The mail with its signature before it, or as it is. Raises KeyUnusable."""
    if not wanted():
        return content
    import dkim  # not in processes that send nothing

    try:
        mark: bytes = dkim.sign(
            content,
            settings.DKIM_SELECTOR.encode("ascii"),
            domain().encode("idna"),
            _key(settings.DKIM_KEY_FILE),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name.encode("ascii") for name in SIGNED],
        )
    except (dkim.DKIMException, UnicodeError, ValueError) as error:
        raise KeyUnusable(f"DKIM_KEY_FILE, DKIM_SELECTOR: {type(error).__name__}") from error
    return mark + content


@lru_cache(maxsize=2)
def _key(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise KeyUnusable(f"DKIM_KEY_FILE: {error.strerror}") from error
