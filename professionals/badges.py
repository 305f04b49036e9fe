"""The badge: a square code that leads to the door, and a short code to be read out when it cannot be read.

Both die with the nonce of the row: a seat handed over, a link revoked, and the old badge opens nothing.
"""

import hashlib
import re
from collections.abc import Iterable

from meetings.models import Invitation
from professionals.models import Registration
from professionals.names import normalise

# Crockford's: no I, L, O, U, which are taken for 1, 1, 0, V or read badly. 30 bits.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SIGNS = 6
_READ_AS = str.maketrans("ILOU", "110V")
_CODE = re.compile(rf"[{ALPHABET}]{{{SIGNS}}}")


def code(badge: Registration | Invitation) -> str:
    """Six signs, shown in two groups: « K7P 4QX ». Said at a door where the list shows who it is."""
    return code_of(str(badge._meta.model_name), badge.pk, badge.nonce)


def code_of(kind: str, pk: int, nonce: str) -> str:
    number = int.from_bytes(hashlib.sha256(f"badge:{kind}:{pk}:{nonce}".encode()).digest()[:8], "big")
    signs = ""
    for _ in range(SIGNS):
        number, place = divmod(number, len(ALPHABET))
        signs += ALPHABET[place]
    return signs


def in_groups(signs: str) -> str:
    return f"{signs[:3]} {signs[3:]}"


def read(typed: str) -> str:
    """The code somebody typed, as we write it; "" for what is none: a name, for one."""
    signs = normalise(typed).replace(" ", "").upper().translate(_READ_AS)
    return signs if _CODE.fullmatch(signs) else ""


def behind(signs: str, badges: Iterable[Registration | Invitation]) -> list[Registration | Invitation]:
    """Whose code this is; seldom more than one, and then staff see their names."""
    return [badge for badge in badges if code(badge) == signs]


def seal_hash(token: str) -> str:
    """What a device knows of a badge's link: enough to recognise it, not enough to make one."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]
