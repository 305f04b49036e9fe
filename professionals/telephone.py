"""People without a mail address: who is to be called, and what they were told last.

Nothing is written to them, so somebody of the team calls. What they know is remembered as the telling
(`told_step`) and the sequence of the stop: as soon as either has grown, they are to be called again.
"""

from dataclasses import dataclass
from datetime import date, time
from urllib.parse import quote

from django.db.models import F, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from meetings.models import Stop
from professionals import personal_links, programme
from professionals.models import (
    ENDED,
    Professional,
    Registration,
    RegistrationQuerySet,
    RegistrationStatus,
)
from regions import dates
from regions.languages import pick

LANGUAGES = ("fr", "ar")  # those of the ready text
# Neither of a registration that still stands, nor known to who gave it up on their own page.
TO_CALL = Q(told_step__gt=F("phoned_step")) | Q(stop__sequence__gt=F("phoned_sequence"))


@dataclass(frozen=True, slots=True)
class Call:
    """A person of a stop without mail."""

    registration: Registration
    due: bool  # there is something they were not told


@dataclass(frozen=True, slots=True)
class ReadyText:
    language: str
    direction: str
    text: str
    whatsapp: str  # address that opens the conversation with the text in it; "" without a mobile


def calls(stop: Stop) -> list[Call]:
    """Everybody at a stop who can only be told by telephone, those who are to be called first."""
    rows = _without_mail(stop).select_related("professional__organisation", "stop")
    found = [Call(row, due=_due(row, stop)) for row in rows.order_by("professional__name_key", "pk")]
    kept = [call for call in found if call.due or call.registration.status not in ENDED]
    return sorted(kept, key=lambda call: not call.due)


def due(stop: Stop) -> int:
    """How many are to be called."""
    return _without_mail(stop).filter(TO_CALL).count()


def invitable(stop: Stop) -> QuerySet[Professional]:
    """The region's professionals without mail who never registered for this stop: invited by telephone."""
    people = Professional.objects.filter(organisation__region=stop.region_id, email="")
    return people.exclude(registrations__stop=stop.pk).select_related("organisation").order_by("name_key")


def told(registration: Registration) -> None:
    """They were told what there is to tell. Twice is once."""
    Registration.objects.filter(pk=registration.pk).update(
        phoned_step=F("told_step"),
        phoned_sequence=Stop.objects.filter(pk=registration.stop_id).values("sequence"),
    )


def ready_texts(registration: Registration) -> list[ReadyText]:
    """What to send by WhatsApp, in French and in Arabic, the person's own language first."""
    languages = sorted(LANGUAGES, key=lambda code: code != registration.professional.language)
    return [_ready_text(registration, language) for language in languages]


def _ready_text(registration: Registration, language: str) -> ReadyText:
    person = registration.professional
    document = programme.public_document(registration.stop)
    with translation.override(language):
        text = _sentence(registration) % {
            "name": person.name_ar or person.name if language == "ar" else person.name,
            "city": pick(document["city"], language),
            "date": dates.long_date(date.fromisoformat(document["date"]), language),
            "hour": dates.hour_in_words(time.fromisoformat(document["starts"]), language),
            "link": personal_links.registration_url(registration, language=language),
        }
    number = str(person.phone).removeprefix("+")
    address = f"https://wa.me/{number}?text={quote(text)}" if number else ""
    return ReadyText(language, "rtl" if language == "ar" else "ltr", text, address)


def _sentence(registration: Registration) -> str:
    if registration.status == RegistrationStatus.SEATED:
        return _(
            "Bonjour %(name)s,\nvotre place est réservée : rencontre de l’ONMT à %(city)s, %(date)s, "
            "%(hour)s (heure du Maroc).\nVotre page personnelle, avec le badge et le programme :\n%(link)s\n"
            "Gardez ce lien pour vous."
        )
    if registration.status in ENDED:
        return _(
            "Bonjour %(name)s,\nvotre inscription à la rencontre de l’ONMT à %(city)s, %(date)s, "
            "est annulée.\nVotre page personnelle :\n%(link)s"
        )
    return _(
        "Bonjour %(name)s,\nvotre demande pour la rencontre de l’ONMT à %(city)s, %(date)s, %(hour)s "
        "(heure du Maroc), est enregistrée.\nVotre page personnelle dit où elle en est :\n%(link)s\n"
        "Gardez ce lien pour vous."
    )


def _without_mail(stop: Stop) -> RegistrationQuerySet:
    return Registration.objects.filter(stop=stop, professional__email="")


def _due(row: Registration, stop: Stop) -> bool:
    return row.told_step > row.phoned_step or stop.sequence > row.phoned_sequence
