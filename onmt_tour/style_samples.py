"""What the style guide shows: stops and tours made up in memory, in every state, marked as examples.

No row is read or written, so the guide looks the same on an empty portal and on a busy one.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from meetings import weeks
from meetings.agenda import PublicStop
from meetings.availability import Availability
from meetings.documents import NO_TEXT, Document, HandoutDocument, OutcomeDocument
from meetings.models import House, StopStatus
from meetings.press_contacts import PublicContact
from onmt_tour import course
from onmt_tour.news import Piece
from regions import legal_time
from regions.languages import Texts, current_language
from regions.models import Region

NOW = legal_time.instant(date(2026, 12, 16), time(9))
FIRST = date(2026, 12, 3)
OPEN, HELD = Availability.OPEN, StopStatus.HELD
VENUE = Texts(fr="Palais des congrès (exemple)", ar="قصر المؤتمرات (مثال)", en="Congress centre (example)")
# As long as names get, to see what breaks.
LONG_VENUE = Texts(
    fr="Centre international de conférences et d’expositions de la Chambre de commerce, d’industrie et de "
    "services (exemple)",
    ar="المركز الدولي للمؤتمرات والمعارض التابع لغرفة التجارة والصناعة والخدمات بجهة العيون-الساقية الحمراء "
    "(مثال)",
    en="International conference and exhibition centre of the Chamber of commerce, industry and services "
    "(example)",
)


def kingdom() -> list[Region]:
    """The 12 regions as the reference data name them, not saved."""
    path = Path(settings.BASE_DIR) / "regions" / "data" / "regions.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["regions"]
    names = [f"{field}_{language}" for field in ("name", "capital") for language in ("fr", "ar", "en")]
    return [Region(code=row["code"], slug=row["slug"], **{name: row[name] for name in names}) for row in rows]


def stop(
    rank: int,
    *,
    status: StopStatus = StopStatus.PUBLISHED,
    availability: Availability = OPEN,
    **changed: Any,
) -> PublicStop:
    """The example stop of this rank: its region, from the south up, a few days after the one before."""
    region = sorted(kingdom(), key=lambda one: one.code, reverse=True)[rank - 1]
    day = FIRST + timedelta(days=3 * (rank - 1))
    document = cast("Document", _document(region, rank=rank, day=day) | changed)
    return PublicStop(
        pk=rank,
        slug=region.slug,
        rank=rank,
        status=status,
        availability=availability,
        document=document,
        release_pk=rank,
        release_number=2,
        released_at=datetime(2026, 11, 20, 18, 5, tzinfo=UTC),
        revision=2,
    )


def _document(region: Region, *, rank: int, day: date) -> dict[str, Any]:
    name = Texts(fr=region.name_fr, ar=region.name_ar, en=region.name_en)
    return {
        "v": 1,
        "tour": {"slug": "tournee", "name": Texts(fr="Tournée", ar="الجولة", en="Tour")},
        "slug": region.slug,
        "rank": rank,
        "of": 12,
        "region": {"code": region.code, "slug": region.slug, "name": name},
        "city": Texts(fr=region.capital_fr, ar=region.capital_ar, en=region.capital_en),
        "date": day.isoformat(),
        "starts": "10:00",
        "ends": "13:30",
        "venue": {
            "name": VENUE,
            "address": NO_TEXT,
            "access": NO_TEXT,
            "latitude": None,
            "longitude": None,
            "confirmed": rank % 2 == 1,
        },
        "intro": NO_TEXT,
        "contact": {"function": NO_TEXT, "phone": "", "email": "", "hours": NO_TEXT},
        "registration": {
            "opens_on": None,
            "closes_on": (day - timedelta(days=1)).isoformat(),
        },
        "meetings": [_meeting(rank)],
        "calendar": {"uid": "", "sequence": 0},
        "reason": NO_TEXT,
    }


def _meeting(rank: int) -> dict[str, Any]:
    points = [
        ("10:00", Texts(fr="Mots d’ouverture", ar="كلمات افتتاحية", en="Opening words")),
        (
            "10:30",
            Texts(fr="Bilan touristique de la région", ar="حصيلة السياحة بالجهة", en="Regional review"),
        ),
        ("11:45", Texts(fr="Échanges", ar="نقاش", en="")),
    ]
    return {
        "id": rank,
        "kind": "plenary",
        "title": Texts(fr="Séance plénière", ar="جلسة عامة", en="Plenary session"),
        "starts": "10:00",
        "ends": "13:30",
        "room": "",
        "visibility": "public",
        "items": [{"starts": at, "minutes": 30, "title": title, "note": NO_TEXT} for at, title in points],
    }


def every_stop() -> list[PublicStop]:
    """One stop for each thing a card, a badge or a row of the agenda may have to say."""
    long_venue = _document(kingdom()[0], rank=2, day=FIRST)["venue"] | {"name": LONG_VENUE}
    return [
        stop(1),
        stop(2, venue=long_venue, availability=Availability.FEW),
        stop(3, availability=Availability.WAITING),
        stop(4, availability=Availability.FULL, venue=None),
        stop(5, availability=Availability.CLOSED),
        stop(6, availability=Availability.NOT_YET),
        stop(7, status=StopStatus.POSTPONED, availability=Availability.CLOSED),
        stop(8, status=StopStatus.CANCELLED, availability=Availability.CLOSED),
        stop(9, status=HELD, availability=Availability.CLOSED),
    ]


def december() -> dict[str, Any]:
    """The same stops as a month of the agenda."""
    rows = [weeks.Row(one, one.document["meetings"]) for one in every_stop()]
    first_day = FIRST.replace(day=1)
    return {"first_day": first_day, "rows": rows, "weeks": weeks.weeks(first_day, rows)}


@dataclass(frozen=True, slots=True)
class Standing:
    """A tour at one moment: before it begins, on the way with everything that can happen, at its end."""

    words: str | Promise
    steps: list[course.Step]


def standings() -> list[Standing]:
    on_the_way = [
        *(stop(rank, status=HELD) for rank in range(1, 6)),
        stop(6, status=StopStatus.POSTPONED),
        stop(7, availability=Availability.WAITING, date="2026-12-21"),
        stop(8, date="2026-12-22"),
        stop(9, date="2026-12-23"),
        stop(10, status=StopStatus.CANCELLED),
        stop(11),
    ]
    return [
        _standing(_("Avant le départ"), [stop(1, date="2026-12-17")]),
        _standing(_("En chemin"), on_the_way),
        _standing(_("À la fin"), [stop(rank, status=HELD) for rank in range(1, 13)]),
    ]


def _standing(words: str | Promise, stops: Iterable[PublicStop]) -> Standing:
    return Standing(words, course.steps(kingdom(), stops, at=NOW))


def news() -> list[Piece]:
    """Two pieces, in the language of the page."""
    region = stop(1).document["region"]["name"]
    words = {"fr": "Nouveaux horaires (exemple).", "ar": "توقيت جديد (مثال).", "en": "New hours (example)."}
    told = words[current_language()]
    return [
        Piece("dakhla-oued-ed-dahab", region, datetime(2026, 11, day, 18, 5, tzinfo=UTC), [told])
        for day in (20, 16)
    ]


def outcome() -> OutcomeDocument:
    """In brief, what was heard, what was decided; what was decided has no English."""
    return {
        "summary": Texts(
            fr="La région demande des liaisons toute l’année (exemple).",
            ar="تطلب الجهة رحلات على مدار السنة (مثال).",
            en="The region asks for connections all year round (example).",
        ),
        "heard": Texts(
            fr="Des vols directs\nUne marque commune",
            ar="رحلات مباشرة\nعلامة مشتركة",
            en="Direct flights\nA common brand",
        ),
        "decided": Texts(fr="Un groupe de travail (exemple)", ar="فريق عمل (مثال)", en=""),
    }


def handouts() -> list[HandoutDocument]:
    """One in each of two languages."""
    names = [
        Texts(fr="Dossier de la rencontre (exemple)", ar="ملف اللقاء (مثال)", en=""),
        Texts(fr="Présentation (exemple)", ar="عرض (مثال)", en="Presentation (example)"),
    ]
    return [
        HandoutDocument(
            id=number,
            title=title,
            language=language,
            read_by="public",
            version=1,
            size=640_000 * number,
            file="",
        )
        for number, (title, language) in enumerate(zip(names, ("fr", "ar"), strict=True), start=1)
    ]


def press_contacts() -> list[PublicContact]:
    """One that is known, one that is not yet."""
    function = Texts(fr="Service de presse", ar="مصلحة الصحافة", en="Press office")
    hours = Texts(fr="du lundi au vendredi", ar="من الاثنين إلى الجمعة", en="Monday to Friday")
    known = PublicContact(
        House.ONMT,
        known=True,
        function=function,
        hours=hours,
        phone="+212500000000",
        email="presse@portail.example",
    )
    return [known, PublicContact(House.AGENCY)]
