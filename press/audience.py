"""The press as audiences of a stop: those in the file, who may be invited, and those who come.

« press » is the file: the journalists of the stop's region and those of the whole country. « accredited »
are those who accepted, or whose coming staff noted: a change of the stop is told to them, and urgent
messages may be.
"""

from collections.abc import Collection, Iterable, Mapping

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from meetings import audiences
from meetings.audiences import Audience, Person, Recipient
from meetings.models import Answer, Invitation, Stop
from press import links
from press.links import AUDIENCE
from press.models import Journalist

ACCREDITED = "accredited"


def register() -> None:
    audiences.register(
        Audience(
            name=AUDIENCE,
            label=_("Presse"),
            members=members,
            invitable=True,
            register=False,
            letters="press",
            answer_url=links.answer_url,
            names=names,
            persons=persons,
            some=some,
        )
    )
    audiences.register(
        Audience(
            name=ACCREDITED,
            label=_("Journalistes accrédités"),
            members=accredited,
            invitable=False,
            answer_url=links.answer_url,
            names=names,
        )
    )


def of_stop(stop: Stop) -> QuerySet[Journalist]:
    """Who in the file is concerned by a stop."""
    return Journalist.objects.filter(Q(region=None) | Q(region=stop.region_id), active=True)


def members(stop: Stop) -> list[Recipient]:
    return [recipient(journalist) for journalist in of_stop(stop).order_by("pk")]


def some(stop: Stop, keys: Collection[str]) -> list[Recipient]:
    return [
        recipient(journalist) for journalist in of_stop(stop).filter(pk__in=_numbers(keys)).order_by("pk")
    ]


def accredited(stop: Stop) -> list[Recipient]:
    """Who comes and can be written to, with the way to their accreditation. Two queries."""
    rows = coming(stop)
    people = by_key(row.key for row in rows)
    return [recipient(people[row.key], row) for row in rows if row.key in people]


def coming(stop: Stop) -> list[Invitation]:
    rows = Invitation.objects.filter(stop=stop, audience=AUDIENCE, answer=Answer.ACCEPTED)
    return list(rows.order_by("pk"))


def by_key(keys: Iterable[str]) -> dict[str, Journalist]:
    """The journalists behind "journalist:12", …; those who are gone are left out. One query."""
    return {journalist.key: journalist for journalist in Journalist.objects.filter(pk__in=_numbers(keys))}


def names(keys: Iterable[str]) -> Mapping[str, str]:
    return {key: f"{row.name} ({row.outlet})" for key, row in by_key(keys).items()}


def persons(keys: Iterable[str]) -> Mapping[str, Person]:
    return {key: Person(row.name, row.outlet, row.language) for key, row in by_key(keys).items()}


def recipient(journalist: Journalist, invitation: Invitation | None = None) -> Recipient:
    name = journalist.name_ar if journalist.language == "ar" and journalist.name_ar else journalist.name
    return Recipient(
        email=journalist.email,
        name=name,
        language=journalist.language,
        key=journalist.key,
        links={"invitation": links.answer_url(invitation, journalist.language)} if invitation else {},
        phone=str(journalist.phone),
        calendar_step=invitation.calendar_step if invitation else 0,
    )


def _numbers(keys: Iterable[str]) -> list[int]:
    return [int(key.partition(":")[2]) for key in keys if key.startswith("journalist:")]
