"""Rows for tests: plain functions, everything has a default, everybody is a function.

A stop stands on a Thursday at least a month ahead, 10:00 to 13:30, with one public plenary
session, complete in three languages. `make_stop()` is published; the row is the draft before.
"""

import io
import itertools
import json
from datetime import date, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
from django.conf import settings
from django.db import connection, transaction

from accounts.models import Role, User
from meetings import audiences, correspondence, gate, handouts, mail_texts, releases
from meetings.audiences import Audience, Recipient
from meetings.models import (
    AgendaItem,
    Answer,
    Channel,
    Handout,
    House,
    Invitation,
    Letter,
    Meeting,
    MeetingKind,
    Outcome,
    PressContact,
    Stop,
    StopStatus,
    Tour,
    Venue,
    VenueKind,
    Visibility,
)
from outbox import clock
from outbox.models import Message, Priority
from outbox.queue import hash_of, new_message_id
from professionals import names
from professionals.models import (
    ENDED,
    Delegation,
    DoorAccess,
    Organisation,
    Professional,
    Registration,
    RegistrationStatus,
)
from regions import legal_time
from regions.models import Body, LegalCategory, Official, Region

_numbers = itertools.count(1)
REGION_DATA = Path(settings.BASE_DIR) / "regions" / "data" / "regions.json"


@cache
def _region_data() -> dict[str, dict[str, Any]]:
    found = json.loads(REGION_DATA.read_text(encoding="utf-8"))["regions"]
    return {region["code"]: region for region in found}


def make_user(**fields: Any) -> User:
    """An account that may sign in and see nothing."""
    fields.setdefault("email", f"compte-{next(_numbers)}@portal.example")
    password = fields.pop("password", "tournee-des-douze-regions")
    return User.objects.create_user(fields.pop("email"), password, **fields)


def make_staff(**fields: Any) -> User:
    """Somebody of the tour's team, with every right."""
    return make_user(**{"is_staff": True, "is_superuser": True, **fields})


def make_region(code: str = "MA-12", **fields: Any) -> Region:
    """The region of this code, made once."""
    data = _region_data()[code]
    defaults = {name: data[name] for name in ("slug", "name_fr", "name_ar", "name_en")}
    defaults |= {f"capital_{language}": data[f"capital_{language}"] for language in ("fr", "ar", "en")}
    defaults |= {
        "latitude": data["lat"],
        "longitude": data["lon"],
        "population_2024": data["population_2024"],
        "area_km2": data["area_km2"],
        "aliases": data["aliases"],
    }
    return Region.objects.get_or_create(code=code, defaults=defaults | fields)[0]


def make_tour(*, texts: bool = True, **fields: Any) -> Tour:
    """The current tour, made once; another one with `slug` and is_current=False.

    `texts=False`: without words for its mails. With them, every one is validated.
    """
    defaults: dict[str, Any] = {
        "name_fr": "Tournée régionale",
        "name_ar": "الجولة الجهوية",
        "name_en": "Regional tour",
        "edition": "2026",
        "objective_fr": "Construire la feuille de route avec les professionnels.",
        "objective_ar": "إعداد خارطة الطريق مع المهنيين.",
        "objective_en": "Build the road map with the professionals.",
        "first_day": next_thursday(),
        "is_current": True,
        "sender_email": "tournee@portal.example",
        "signatory_fr": "Le Directeur général",
        "signatory_ar": "المدير العام",
    }
    slug = fields.pop("slug", "tournee")
    tour, made = Tour.objects.get_or_create(slug=slug, defaults=defaults | fields)
    if made:
        make_press_contact(tour)
        if texts:
            lay_down_texts(tour)
    return tour


LAY_DOWN = """
    INSERT INTO meetings_mailtext
        (tour_id, kind, language, version, subject, title, body, written_at, validated_at, validated_by_id)
    SELECT %(tour)s, kind, language, 1, subject, title, body, %(now)s, %(now)s, %(by)s
    FROM jsonb_to_recordset(%(rows)s::jsonb)
        AS words (place int, kind text, language text, subject text, title text, body text)
    ORDER BY place"""


@cache
def _usual_texts() -> str:
    texts = mail_texts.usual().items()
    return json.dumps(
        [
            {**words, "kind": kind, "language": language, "place": place}
            for place, ((kind, language), words) in enumerate(texts)
        ]
    )


def lay_down_texts(tour: Tour) -> None:
    """The rows that `mail_texts.lay_down` writes, validated, in a fifth of the time."""
    values = {"tour": tour.pk, "by": _validator().pk, "now": clock.now(), "rows": _usual_texts()}
    with connection.cursor() as cursor:
        cursor.execute(LAY_DOWN, values)


def _validator() -> User:
    """Whoever stands for the words of mails, of no other use to a test."""
    fields = {"function": "Direction de la communication", "is_active": False}
    return User.objects.get_or_create(email="textes@portal.example", defaults=fields)[0]


def make_press_contact(tour: Tour, *, house: str = House.ONMT, **fields: Any) -> PressContact:
    """A verified contact: a function, a telephone, an address."""
    defaults: dict[str, Any] = {
        "function_fr": "Service de presse",
        "function_ar": "مصلحة الصحافة",
        "function_en": "Press office",
        "email": "presse@portal.example",
        "phone": "+212500000000",
        "verified": True,
    }
    return PressContact.objects.create(tour=tour, house=house, **defaults | fields)


def make_venue(**fields: Any) -> Venue:
    """A confirmed venue of 500 seats, in the region of `region` or MA-12."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "kind": VenueKind.CONGRESS,
        "name_fr": f"Palais des congrès {number}",
        "name_ar": f"قصر المؤتمرات {number}",
        "name_en": f"Congress centre {number}",
        "address_fr": "Boulevard de la Marche",
        "address_ar": "شارع المسيرة",
        "address_en": "Boulevard de la Marche",
        "seats": 500,
        "confirmed": True,
    }
    defaults["region"] = fields.pop("region", None) or make_region()
    return Venue.objects.create(**defaults | fields)


def next_thursday(days: int = 28) -> date:
    """The first Thursday at least `days` ahead, in Morocco."""
    day = legal_time.today() + timedelta(days=days)
    return day + timedelta(days=(3 - day.weekday()) % 7)


def make_stop(
    *, published: bool = True, region: Region | str = "MA-12", meetings: bool = True, **fields: Any
) -> Stop:
    """A stop, published and taking registrations; a draft with published=False.

    `meetings=False` leaves a draft without any. A tour has one stop per region: give `region`.
    """
    place = region if isinstance(region, Region) else make_region(region)
    tour = fields.pop("tour", None) or make_tour()
    stop = Stop.objects.create(**_stop_fields(place, tour) | fields)
    if meetings:
        make_meeting(stop)
    if published:
        releases.publish(stop, by=None)
        stop.refresh_from_db()
    return stop


def make_held(**fields: Any) -> Stop:
    """A stop that took place, as staff noted it; `fields` as of `make_stop`."""
    stop = make_stop(**fields)
    with transaction.atomic(), gate.opened():
        Stop.objects.filter(pk=stop.pk).update(status=StopStatus.HELD)
    stop.refresh_from_db()
    return stop


def make_outcome(stop: Stop, **fields: Any) -> Outcome:
    """What came of a stop that was held, written but not released; English is missing."""
    defaults = {
        "summary_fr": "La région veut des vols directs.",
        "summary_ar": "تريد الجهة رحلات مباشرة.",
        "heard_fr": "Des vols directs.\nUne marque commune.",
        "heard_ar": "رحلات مباشرة.\nعلامة مشتركة.",
        "decided_fr": "Un groupe de travail sur l’aérien.",
        "decided_ar": "فريق عمل حول النقل الجوي.",
    }
    return Outcome.objects.create(stop=stop, **defaults | fields)


def make_handout(stop: Stop, *, read_by: str = "public", **fields: Any) -> Handout:
    """A document of a stop, not released; its title says for whom it is. English is missing."""
    titles = {"title_fr": f"Document ({read_by})", "title_ar": f"وثيقة ({read_by})"}
    return handouts.add(stop, make_pdf(), by=None, **titles | {"read_by": read_by} | fields)


def _stop_fields(region: Region, tour: Tour) -> dict[str, Any]:
    return {
        "tour": tour,
        "region": region,
        "slug": region.slug,
        "rank": tour.stops.count() + 1,
        **{f"city_{language}": getattr(region, f"capital_{language}") for language in ("fr", "ar", "en")},
        "date": next_thursday(),
        "starts": time(10),
        "ends": time(13, 30),
        "seats": 100,
        "intro_fr": "L’ONMT écoute les professionnels de la région.",
        "intro_ar": "المكتب يستمع إلى مهنيي الجهة.",
        "intro_en": "ONMT listens to the professionals of the region.",
        "contact_function_fr": "Secrétariat de la tournée",
        "contact_function_ar": "كتابة الجولة",
        "contact_function_en": "Tour secretariat",
        "contact_phone": "+212500000000",
        "contact_email": "secretariat@portal.example",
        "contact_hours_fr": "du lundi au vendredi, 9h00–16h00",
        "contact_hours_ar": "من الاثنين إلى الجمعة، 9:00–16:00",
        "contact_hours_en": "Monday to Friday, 9:00–16:00",
    }


def make_meeting(stop: Stop, *, points: int = 2, **fields: Any) -> Meeting:
    """A public plenary session over the whole stop, with `points` points that fit into it."""
    defaults: dict[str, Any] = {
        "kind": MeetingKind.PLENARY,
        "title_fr": "Séance plénière",
        "title_ar": "جلسة عامة",
        "title_en": "Plenary session",
        "starts": stop.starts,
        "ends": stop.ends,
        "room": "",
        "visibility": Visibility.PUBLIC,
    }
    meeting = Meeting.objects.create(stop=stop, **defaults | fields)
    starts, ends = meeting.starts, meeting.ends
    room = (ends.hour - starts.hour) * 60 + ends.minute - starts.minute
    for position in range(1, points + 1):
        AgendaItem.objects.create(
            meeting=meeting,
            position=position,
            minutes=min(30, room // points),
            title_fr=f"Point {position}",
            title_ar=f"نقطة {position}",
            title_en=f"Item {position}",
        )
    return meeting


def make_official(**fields: Any) -> Official:
    """Somebody of the region's CRT who may be written to, in French."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "body": Body.CRT,
        "function_fr": f"Membre du bureau {number}",
        "function_ar": f"عضو المكتب {number}",
        "email": f"responsable-{number}@crt.example",
        "source": "liste de démonstration",
        "legal_basis": "mission de service public",
    }
    if "region" not in fields:
        defaults["region"] = make_region()
    return Official.objects.create(**defaults | fields)


def make_message(**fields: Any) -> Message:
    """A mail that is due, to somebody who was not written to before."""
    number = next(_numbers)
    now = fields.pop("now", None) or clock.now()
    defaults = {
        "key": f"seat:registration:{number}:1",
        "subject": "stop:1",
        "purpose": "seat",
        "priority": Priority.ANSWER,
        "recipient": f"etablissement-{number}@hotel.example",
        "language": "fr",
        "headline": f"Votre place {number}",
        "text": f"Bonjour, votre place {number} est réservée.\n",
        "html": f"<p>Bonjour, votre place {number} est réservée.</p>",
        "message_id": new_message_id(),
        "written_at": now,
        "due_at": now,
    }
    defaults |= fields
    defaults.setdefault("recipient_hash", hash_of(defaults["recipient"]))
    return Message.objects.create(**defaults)


def make_guests(stop: Stop, name: str, *people: Recipient) -> None:
    """An audience of this name, for this stop alone, made of these people.

    Undone by the fixture `own_audiences` of the tests that use it.
    """
    audiences.register(
        Audience(
            name=name,
            label=name,
            members=lambda asked: list(people) if asked.pk == stop.pk else [],
            invitable=False,
        )
    )


def make_recipient(number: int, **fields: Any) -> Recipient:
    """Somebody who may be written to, in French."""
    defaults: dict[str, Any] = {
        "email": f"personne-{number}@hotel.example",
        "name": f"Personne {number}",
        "language": "fr",
        "key": f"registration:{number}",
        "links": {"registration": f"https://portal.example/fr/inscription/{number}/"},
    }
    return Recipient(**defaults | fields)


def make_category(code: str = "hotel", **fields: Any) -> LegalCategory:
    """The legal category of this code, made once."""
    defaults: dict[str, Any] = {
        "group": "hebergement",
        "group_name_fr": "Hébergement",
        "group_name_ar": "الإيواء",
        "group_name_en": "Accommodation",
        "name_fr": "Hôtel",
        "name_ar": "فندق",
        "name_en": "Hotel",
        "position": 1,
    }
    return LegalCategory.objects.get_or_create(code=code, defaults=defaults | fields)[0]


def make_organisation(**fields: Any) -> Organisation:
    """A hotel of MA-12, or of `region`."""
    name = fields.pop("name", None) or f"Hôtel du Littoral {next(_numbers)}"
    defaults: dict[str, Any] = {"name": name, "name_key": names.normalise(name)}
    if "region" not in fields:
        defaults["region"] = make_region()
    if "category" not in fields:
        defaults["category"] = make_category()
    return Organisation.objects.create(**defaults | fields)


def make_professional(**fields: Any) -> Professional:
    """Somebody who consented and may be written to, in French."""
    number = next(_numbers)
    name = fields.pop("name", None) or f"Directrice commerciale {number}"
    defaults: dict[str, Any] = {
        "name": name,
        "name_key": names.normalise(name),
        "email": f"direction-{number}@hotel.example",
        "phone": f"+2126{number:08d}",
        "language": "fr",
        "consent_version": "2026-12-1",
        "consent_text": "J’accepte.",
        "consented_at": clock.now(),
        "created_at": clock.now(),
    }
    if "organisation" not in fields:
        defaults["organisation"] = make_organisation()
    return Professional.objects.create(**defaults | fields)


def make_registration(stop: Stop, *, status: str = RegistrationStatus.SEATED, **fields: Any) -> Registration:
    """Somebody at a stop, as the row says, whatever its seats: `seats` is not asked, nobody is told."""
    now = clock.now()
    defaults: dict[str, Any] = {"asked_at": now, "confirmed_at": now}
    if status in ENDED:
        defaults["cancelled_at"] = now
    if status == RegistrationStatus.OFFERED:
        defaults["offer_ends_at"] = now + timedelta(hours=2)
    if "professional" not in fields:
        defaults["professional"] = make_professional()
    return Registration.objects.create(stop=stop, status=status, **defaults | fields)


def make_delegation(stop: Stop, *, places: int = 3, **fields: Any) -> Delegation:
    """Places an establishment has at a stop, as the row says: `seats` is not asked, nobody is told."""
    now = clock.now()
    contact = fields.pop("contact", None) or make_professional()
    defaults: dict[str, Any] = {
        "organisation": contact.organisation,
        "granted": places,
        "asked_at": now,
        "confirmed_at": now,
        "granted_at": now,
    }
    return Delegation.objects.create(stop=stop, contact=contact, places=places, **defaults | fields)


def make_door(stop: Stop, **fields: Any) -> User:
    """Somebody who stands at the door of this stop."""
    fields.setdefault("function", "Accueil")
    user = make_user(role=Role.DOOR, **fields)
    DoorAccess.objects.create(user=user, stop=stop)
    return user


def make_invitation(stop: Stop, *, answer: str = Answer.ACCEPTED, **fields: Any) -> Invitation:
    """An official asked to come, who accepted."""
    official = fields.pop("official", None) or make_official(region=stop.region)
    now = clock.now()
    defaults: dict[str, Any] = {
        "audience": official.body,
        "key": f"official:{official.pk}",
        "written_at": now,
        "answer": answer,
        "answered_at": None if answer == Answer.NONE else now,
    }
    return Invitation.objects.create(stop=stop, **defaults | fields)


def make_letter(invitation: Invitation, **fields: Any) -> Letter:
    """A letter to somebody invited by letter, made today by nobody in particular."""
    Invitation.objects.filter(pk=invitation.pk).update(channel=Channel.LETTER, recipient_hash="")
    made = correspondence.make(invitation.stop, dated=legal_time.today(), by=None).letters
    letter = next(one for one in made if one.invitation_id == invitation.pk)
    Letter.objects.filter(pk=letter.pk).update(**fields)
    letter.refresh_from_db()
    return letter


def make_pdf(**options: object) -> bytes:
    """A page whose program noted its author, and which runs a script."""
    document, written = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    document.docinfo["/Author"] = "Une personne"
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    document.save(written, **options)
    return written.getvalue()
