"""Copies for an assistant of what an official is written: messages of their own, for information.

A copy is written in the statement that writes the mail, or not at all; what stops the mail stops it. It says
what the mail said to its reader, and opens, answers and confirms nothing for them: decision 0026.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings import filling, officials, unsubscribing
from meetings.audiences import Recipient
from meetings.models import MailText
from outbox import rendering, suppressions
from outbox.models import Kind
from outbox.queue import Copy
from outbox.rendering import Rendered
from regions.models import Official

# What informs of the stop. Not what answers the official's own act (« accepted », « declined »), asks for
# it (« declined_in_calendar »), or speaks of their absence (« missed », « excused »).
PURPOSES = frozenset(
    {
        *("invitation", "no_answer", "seated_week", "seated_eve", "thanks"),
        *("moved", "venue_changed", "postponed", "cancelled", "urgent", "message"),
    }
)
# What acts for the official, or speaks of their own calendar: a copy has none of it.
THEIRS = ("answer_url", "confirm_url", "withdraw_url", "manage_url", "link", "has_entry")


def of(
    official: Official | None,
    purpose: str,
    said: Mapping[str, Any],
    *,
    language: str,
    text: MailText | None = None,
) -> Copy | None:
    """The copy of a mail to this official, where one is made of it.

    `said` are the facts of the mail, as for its own words: `text`, or the templates named for the purpose.
    """
    to = officials.assistant(official) if official and purpose in PURPOSES else ""
    if official is None or not to:
        return None
    facts = bare(said)
    context = filling.context(text, facts) if text else facts
    refusal = unsubscribing.address(to, Kind.COPIES, language)
    made = rendering.render(
        filling.TEMPLATE if text else purpose,
        {**context, "copied": officials.office(official, language), "unsubscribe_url": refusal},
        language=language,
    )
    with translation.override(language):
        headline = _("Copie : %(headline)s") % {"headline": made.headline}
    made = Rendered(headline=headline, text=made.text, html=made.html)
    return Copy(person=f"assistant:{official.pk}", to=to, said=made, unsubscribe_url=refusal)


def bare(said: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a mail without what is its reader's own; documents stay where everybody may have them."""
    kept = {name: "" if name in THEIRS else value for name, value in said.items()}
    kept["kept_back"] = {name for name in THEIRS if said.get(name)}
    if "handouts" in said:
        kept["handouts"] = [one for one in said["handouts"] if one["url"].startswith(said["stop_url"])]
    return kept


def expected(people: Iterable[Recipient], purpose: str) -> int:
    """How many copies are made when these people are written to for this purpose. One query, where any."""
    if purpose not in PURPOSES:
        return 0
    addresses = [person.assistant for person in people if person.assistant]
    refusing = suppressions.refusing(addresses, Kind.COPIES) if addresses else set()
    return sum(address not in refusing for address in addresses)


def sentences(people: Iterable[Recipient], purpose: str) -> list[str]:
    """What staff read of copies before they write to these people; nothing where there are none."""
    count = expected(people, purpose)
    words = ngettext(
        "%(count)d copie pour information partira aussi, au secrétariat d’un responsable.",
        "%(count)d copies pour information partiront aussi, aux secrétariats des responsables.",
        count,
    )
    return [words % {"count": count}] if count else []
