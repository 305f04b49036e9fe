"""Invitations of one stop, rendered once for all who read the same words, and filled in for each person.

What differs from one to the next is a name and two addresses. They are rendered as stand-ins, which no
text contains, and put in afterwards, escaped where the part is HTML. What a name decides beyond itself (in
which script it stands, whether there is one) is part of what is rendered apart, and a name that rendering
would change (several spaces in a row) is rendered by itself.
"""

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import escape

from meetings import filling
from meetings.models import MailText
from outbox import rendering
from outbox.rendering import Rendered

# Characters for private use, which are neither typed nor escaped nor spaces.
LATIN, ARABIC = "\ue000n\ue001", "\ue000\u0646\ue001"
ANSWER, REFUSAL = "\ue000a\ue001", "\ue000r\ue001"
PLAIN = re.compile(r"[^\s\ue000\ue001]+(?: [^\s\ue000\ue001]+)*")


@dataclass(slots=True)
class Composer:
    """Holds what was rendered: for one batch, under the lock of its stop, so that nothing grows old."""

    _made: dict[tuple[Any, ...], Rendered] = field(default_factory=dict)
    _facts: dict[Hashable, dict[str, Any]] = field(default_factory=dict)

    def facts(self, key: Hashable, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """What is the same for all of this `key`, made once."""
        if key not in self._facts:
            self._facts[key] = make()
        return self._facts[key]

    def compose(self, text: MailText, said: dict[str, Any], *, apart: tuple[Any, ...]) -> Rendered:
        """The mail that `said` makes in these words; `said` has name, answer_url and unsubscribe_url.

        `apart` is all that makes anything else of `said` differ from that of the others.
        """
        name = said["name"]
        if name and not PLAIN.fullmatch(name):
            return _rendered(text, said)
        stand_in = (ARABIC if filling.ARABIC.search(name) else LATIN) if name else ""
        key = (text.pk, stand_in, bool(said["unsubscribe_url"]), *apart)
        if key not in self._made:
            instead = {"name": stand_in, "answer_url": ANSWER}
            instead["unsubscribe_url"] = REFUSAL if said["unsubscribe_url"] else ""
            self._made[key] = _rendered(text, {**said, **instead})
        return _filled(
            self._made[key],
            {stand_in or LATIN: name, ANSWER: said["answer_url"], REFUSAL: said["unsubscribe_url"]},
        )


def _rendered(text: MailText, said: dict[str, Any]) -> Rendered:
    context = filling.context(text, said) | {"unsubscribe_url": said["unsubscribe_url"]}
    return rendering.render(filling.TEMPLATE, context, language=text.language)


def _filled(made: Rendered, values: dict[str, str]) -> Rendered:
    headline, plain, html = made.headline, made.text, made.html
    for stand_in, value in values.items():
        headline, plain = headline.replace(stand_in, value), plain.replace(stand_in, value)
        html = html.replace(stand_in, escape(value))
    return Rendered(headline=headline, text=plain, html=html)
