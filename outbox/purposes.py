"""What mails are for, in the words of staff. Each app names the purposes of its own in AppConfig.ready."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

    from outbox.models import Message

_words: "dict[str, StrPromise]" = {}


def name(words: "Mapping[str, StrPromise]") -> None:
    _words.update(words)


def in_words(purpose: str) -> str:
    """The code itself where no app has named it."""
    return str(_words.get(purpose, purpose))


def of(message: "Message") -> str:
    """What this mail is for, and whether it is a copy."""
    words = in_words(message.purpose)
    return _("%(purpose)s, copie au secrétariat") % {"purpose": words} if message.copy_of else words


def every() -> list[tuple[str, str]]:
    """Code and words, in the order of the words."""
    return sorted(((code, str(words)) for code, words in _words.items()), key=lambda pair: pair[1])
