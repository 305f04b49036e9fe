"""Officials as audiences: one per institution, whoever holds the function on the day we ask."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import partial

from django.conf import settings
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.links import token
from meetings import audiences, letters
from meetings.audiences import Audience, Person, Recipient
from meetings.models import Answer, Channel, Guest, Invitation, Stop
from regions.languages import current_language
from regions.models import Body, Official

ACCEPTED = "accepted"
BODIES = tuple(Body.values)
ARABIC = re.compile(r"[\u0600-\u06ff]")


def register_audiences() -> None:
    """One audience per institution, and those of all institutions who said they come."""
    for body in Body:
        audiences.register(
            Audience(
                name=body.value,
                label=body.label,
                members=partial(members, body=body.value),
                invitable=True,
                names=names,
                persons=persons,
            )
        )
    audiences.register(
        Audience(
            name=ACCEPTED,
            label=gettext_lazy("Responsables qui viennent, et leurs remplaçants"),
            members=coming,
            invitable=False,
            names=names,
        )
    )


def is_official(audience: str) -> bool:
    return audience in BODIES


def expected(stop: Stop) -> QuerySet[Official]:
    """Officials concerned by a stop: in function, and of its region or on its guest list.

    The institutions of the region come without being listed: a CRT official added yesterday is
    concerned today, a Wali of another region is not. National officials (CNT, federations, ONMT),
    and anybody else from elsewhere, are concerned where staff put them on the guest list.
    In the order of protocol: the stop's own rank before the usual one.
    """
    guests = Guest.objects.filter(stop=stop, official=OuterRef("pk"))
    return (
        Official.objects.filter(active=True)
        .annotate(guest_rank=Subquery(guests.values("rank")[:1]))
        .filter(Q(region=stop.region_id) | Q(guest_rank__isnull=False))
        .order_by(Coalesce(F("guest_rank"), F("protocol_rank")), "pk")
    )


def uninvited(stop: Stop) -> set[str]:
    """The institutions of a stop in which somebody was not invited yet. One query."""
    rows = Invitation.objects.filter(
        stop=stop,
        audience=OuterRef("body"),
        key=Concat(Value("official:"), OuterRef("pk"), output_field=CharField()),
    )
    waiting = expected(stop).filter(~Exists(rows)).order_by()
    return set(waiting.values_list("body", flat=True).distinct())


def members(stop: Stop, body: str) -> list[Recipient]:
    """The officials of one institution to write to for this stop; `email` is empty for a letter."""
    found = list(expected(stop).filter(body=body))
    if not found:
        return []
    invited = {row.key: row for row in Invitation.objects.filter(stop=stop, audience=body)}
    return [recipient(official, invited) for official in found]


def coming(stop: Stop) -> list[Recipient]:
    """Who said yes: the official, or the person named in their place. `email` is empty where no mail goes."""
    answered = Invitation.objects.filter(
        stop=stop, audience__in=BODIES, answer__in=[Answer.ACCEPTED, Answer.REPLACED]
    ).order_by("pk")
    people = by_key(row.key for row in answered)
    found = []
    for row in answered:
        official = people.get(row.key)
        if row.answer == Answer.REPLACED:
            found.append(replacement(row, language=official.language if official else "fr"))
        elif official and official.active:
            found.append(recipient(official, {row.key: row}))
    return found


def replacement(invitation: Invitation, *, language: str) -> Recipient:
    """The person named in an official's place; nobody told us their language: the official's is taken."""
    return Recipient(
        email=invitation.replacement_email,
        name=invitation.replacement_name or invitation.replacement_function,
        language=language,
        key=f"replacement:{invitation.pk}",
        calendar_step=invitation.calendar_step,
    )


def by_key(keys: Iterable[str], *, hold: bool = False) -> dict[str, Official]:
    """The officials behind "official:12", …; keys of other kinds are passed over. One query.

    `hold` keeps them as they are until the transaction ends: for whoever writes to their assistants.
    """
    wanted = [key.partition(":")[2] for key in keys if key.startswith("official:")]
    rows = Official.objects.filter(pk__in=wanted)
    if hold:
        rows = rows.order_by("pk").select_for_update(no_key=True)
    return {f"official:{row.pk}": row for row in rows}


def names(keys: Iterable[str]) -> Mapping[str, str]:
    """How staff recognise them: the function in their own language, and the name where it is known."""
    language = current_language()
    return {
        key: f"{function(row, language)} ({row.name})" if row.name else function(row, language)
        for key, row in by_key(keys).items()
    }


def persons(keys: Iterable[str]) -> Mapping[str, Person]:
    language = current_language()
    return {
        key: Person(name=row.name or row.name_ar, function=function(row, language), language=row.language)
        for key, row in by_key(keys).items()
    }


def answer_url(invitation: Invitation, language: str) -> str:
    """The absolute address where an official answers."""
    sealed = token("invitation", invitation.pk, invitation.nonce)
    with translation.override(language):
        return settings.SITE_URL + reverse("meetings:invitation", args=[sealed])


def identities(stop: Stop) -> set[tuple[str, str]]:
    """Mailbox and name of the officials of a stop, to recognise one who is a professional too."""
    return {
        (official.email.lower(), alike(name))
        for official in expected(stop)
        for name in (official.name, official.name_ar)
        if official.email and name
    }


def alike(name: str) -> str:
    """A name without case, accents, punctuation and order of words."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    words = re.split(r"[\W_]+", "".join(c for c in plain if not unicodedata.combining(c)))
    return " ".join(sorted(filter(None, words)))


def addressed(official: Official, language: str) -> str:
    """How a letter begins and ends: « Monsieur le Wali ».

    Without a title, or with one in a script the reader did not choose: « Madame, Monsieur ».
    """
    title = _title(official)
    if not title and official.civility and official.name:
        title = f"{official.civility} {official.name}"
    with translation.override(language):
        if not title or bool(ARABIC.search(title)) != (language == "ar"):
            return _("Madame, Monsieur")
    return title


def function(official: Official, language: str) -> str:
    return official.function_ar if language == "ar" and official.function_ar else official.function_fr


def _title(official: Official) -> str:
    """« Monsieur le Wali », whether or not the civility was typed twice; nothing without a title."""
    title = official.title.strip()
    if title and official.civility and not title.startswith(official.civility):
        return f"{official.civility} {title}"
    return title


def office(official: Official, language: str) -> str:
    """Title and function, as others are told of whom a mail was for: « Monsieur le Wali, Wali de … »."""
    title, said = _title(official), function(official, language)
    foreign = bool(ARABIC.search(title)) != (language == "ar")
    if not title or foreign or set(alike(said).split()) <= set(alike(title).split()):
        return said if foreign or not title else title
    return f"{title}{'،' if language == 'ar' else ','} {said}"


def assistant(official: Official) -> str:
    """Where copies for this official go: nowhere without an address, with their own, or where they are
    written letters only."""
    address = official.assistant_email.strip().lower()
    own = address == official.email.strip().lower()
    return "" if own or official.by_letter or not letters.reaches(address) else address


def by_letter(official: Official, invitation: Invitation | None) -> bool:
    """Whether no mail of any kind goes to them: they want letters only, or were invited here by one."""
    return official.by_letter or (invitation is not None and invitation.channel == Channel.LETTER)


def recipient(official: Official, invited: Mapping[str, Invitation]) -> Recipient:
    """The official to write to; `email` is empty for one who is written letters (`by_letter`)."""
    key = f"official:{official.pk}"
    row = invited.get(key)
    links = {}
    mail = not by_letter(official, row)
    if row and mail:
        links["invitation"] = answer_url(row, official.language)
    name = official.name_ar if official.language == "ar" and official.name_ar else official.name
    return Recipient(
        email=official.email if mail else "",
        name=name or function(official, official.language),
        language=official.language,
        key=key,
        links=links,
        phone=str(official.phone),
        calendar_step=row.calendar_step if row else 0,
        assistant=assistant(official) if mail else "",
    )
