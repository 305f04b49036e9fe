"""A text as one person would read it: before it is validated, with links that lead nowhere."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.models import User
from meetings import (
    audiences,
    filling,
    invitations,
    letter_words,
    letters,
    mail_texts,
    officials,
    reminders,
)
from meetings.audiences import Recipient
from meetings.filling import Part
from meetings.models import Invitation, MailText, ReminderKind, ReminderRule, Stop, TextKind
from meetings.placeholders import MARKS, Sort
from outbox import queue, rendering
from outbox.rendering import Rendered
from regions import legal_time
from regions.models import Official

TRIAL = "trial"
EXAMPLE = "exemple"  # the key of nobody in particular
MOST = 50  # people to choose from
CAMPAIGNS = (ReminderKind.INVITATION, ReminderKind.NO_ANSWER)
# What a reader's settings decide in a mail, decided here.
BY_SETTING = "@media (prefers-color-scheme:dark)"
SCHEMES = {"clair": "@media not all", "sombre": "@media all"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a preview is for: somebody of an audience of the stop, or nobody in particular."""

    person: Recipient
    audience: str
    label: str  # how staff recognise them


def stops(text: MailText) -> list[Stop]:
    """The stops a text can be looked at with: those the public knows, in their order."""
    return list(Stop.objects.public().filter(tour=text.tour_id).select_related("current_release", "tour"))


def readers(text: MailText, stop: Stop) -> list[Reader]:
    """Who of a stop would be written to in this text, at most 50; the last one is nobody in particular."""
    found: list[Reader] = []
    for name in _audiences(text):
        audience = audiences.get(name)
        people = [
            one
            for one in audience.members(stop)
            if one.language == text.language and bool(one.email) != is_letter(text)
        ]
        people = people[: MOST - len(found)]
        known = audience.names([one.key for one in people]) if audience.names and people else {}
        found += [Reader(one, name, known.get(one.key, one.name)) for one in people]
    return [*found, nobody(text)]


def nobody(text: MailText, name: str = "") -> Reader:
    """An example, for a text that nobody would be written yet; or somebody of the team, by their name."""
    shown = name or _("exemple : personne en particulier")
    with translation.override(text.language):
        person = Recipient(email="", name=name or _("Prénom Nom"), language=text.language, key=EXAMPLE)
    links = {"registration": "-", "confirm": "-", "withdraw": "-", "invitation": "-"}
    first = next(iter(_audiences(text)), "")
    return Reader(replace(person, links=links), first, shown)


def render(text: MailText, stop: Stop, reader: Reader) -> Rendered:
    """The mail as it would leave, but for its links; of a letter the words alone."""
    if is_letter(text):
        found = letter(text, stop, reader)
        said = [
            part["text"] or "\n".join(" ".join(row).strip() for row in part["rows"])
            for part in found["paragraphs"]
        ]
        return Rendered(headline=found["subject"]["text"], text="\n\n".join(said), html="")
    return rendering.render(filling.TEMPLATE, context(text, stop, reader), language=text.language)


def is_letter(text: MailText) -> bool:
    return text.kind == TextKind.INVITATION_LETTER


def letter(text: MailText, stop: Stop, reader: Reader) -> dict[str, Any]:
    """The letter as this person would get it today, without a number."""
    asked = Invitation(pk=0, stop=stop, audience=reader.audience, key=reader.person.key, nonce="")
    official = officials.by_key([reader.person.key]).get(reader.person.key)
    with translation.override(text.language):
        nobody = Official(function_fr=_("Fonction"), function_ar=_("Fonction"), language=text.language)
    return letter_words.of(asked, official or nobody, text, number="–", dated=legal_time.today())


def context(text: MailText, stop: Stop, reader: Reader) -> dict[str, Any]:
    """What the mail is made of; every personal address leads to the home page."""
    nowhere = f"{settings.SITE_URL}/{text.language}/#exemple"
    person = replace(reader.person, links=dict.fromkeys(reader.person.links, nowhere))
    official = officials.by_key([person.key]).get(person.key)
    campaign = mail_texts.purpose_of(text.kind) in CAMPAIGNS
    if campaign:
        asked = Invitation(pk=0, stop=stop, audience=reader.audience, key=person.key, nonce="")
        said = invitations.context(stop, asked, person, official=official)
    else:
        said = reminders.context(stop, person, official)
    for mark in MARKS.values():
        if mark.sort is Sort.LINK and mark.name != "etape" and said.get(mark.source):
            said[mark.source] = nowhere
    refusable = campaign or mail_texts.purpose_of(text.kind) in reminders.REFUSABLE
    return filling.context(text, said) | {"unsubscribe_url": nowhere if refusable else ""}


def in_scheme(html: str, scheme: str) -> str:
    """The HTML part as readers see it who like it light or dark. Raises KeyError for another scheme."""
    return html.replace(BY_SETTING, SCHEMES[scheme])


@transaction.atomic
def send_trial(text: MailText, stop: Stop, *, to: User, form: str) -> bool:
    """The text to whoever asks for it, marked as a trial. The same `form` twice is once."""
    said = context(text, stop, nobody(text, name=to.function or to.email))
    with translation.override(text.language):
        words = _("Essai : ce message n’est parti qu’à vous, et ses liens ne mènent nulle part.")
        said["subject"] = _("[Essai] %(subject)s") % {"subject": said["subject"]}
    said["parts"] = [Part(html=format_html("<strong>{}</strong>", words), text=words), *said["parts"]]
    return queue.enqueue(
        key=f"{TRIAL}:user:{to.pk}:{text.pk}:{form}",
        purpose=TRIAL,
        to=to.email,
        template=filling.TEMPLATE,
        context=said,
        language=text.language,
        subject=f"user:{to.pk}",
        reply_to=letters.reply_to(stop),
    )


def differences(before: str, after: str) -> Iterator[tuple[str, str]]:
    """The words of `after` against those of `before`, in turn: ("same" | "gone" | "new", words)."""
    old, new = re.findall(r"\s+|[^\s]+", before), re.findall(r"\s+|[^\s]+", after)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for what, one, two, three, four in matcher.get_opcodes():
        if what == "equal":
            yield "same", "".join(old[one:two])
            continue
        if two > one:
            yield "gone", "".join(old[one:two])
        if four > three:
            yield "new", "".join(new[three:four])


def words_of(text: MailText) -> str:
    """All of a version, as its differences are told."""
    return f"{text.subject}\n{text.title}\n\n{text.body}".replace("\r\n", "\n")


def _audiences(text: MailText) -> list[str]:
    """Whom a text of this kind goes to: by the rule of the tour, and by campaigns."""
    if is_letter(text):
        return list(officials.BODIES)
    purpose = mail_texts.purpose_of(text.kind)
    rule = ReminderRule.objects.filter(tour=text.tour_id, kind=purpose).first()
    names = list(rule.audiences) if rule else []
    if purpose in CAMPAIGNS:
        names += [one.name for one in audiences.every() if one.invitable]
    known = {one.name for one in audiences.every()}
    kept = [name for name in dict.fromkeys(names) if name in known]
    return [name for name in kept if mail_texts.kind_of(purpose, name) == text.kind]
