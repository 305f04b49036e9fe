"""Volume data that look like life: skewed, in two scripts, every state.

For development and measuring. People are functions, numbered; their addresses end in `.invalid`.
Nothing here is written to anybody.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction

from accounts import links
from meetings.models import Answer, Invitation, Stop, StopStatus
from outbox import clock
from outbox.models import FINAL, Message, MessageStatus, Priority
from outbox.queue import hash_of
from professionals import names
from professionals.models import (
    Organisation,
    Professional,
    Registration,
    RegistrationStatus,
    SeatRequest,
)
from regions.models import LegalCategory

BATCH = 2000
FUNCTIONS = [
    ("Directrice commerciale", "fr"),
    ("Directeur général délégué au développement international", "fr"),
    ("Gérante de maison d’hôtes", "fr"),
    ("Guide des villes et des circuits touristiques", "fr"),
    ("Responsable de l’accueil et de l’hébergement", "fr"),
    ("Sales manager for inbound and business travel", "en"),
    ("مدير المبيعات والتسويق الدولي", "ar"),
    ("مسيرة دار الضيافة", "ar"),
    ("مرشد المدن والمدارات السياحية", "ar"),
    ("رئيس مصلحة الاستقبال والحجز بالمؤسسة الفندقية", "ar"),
]
HOUSES = [
    ("Maison d’hôtes", "fr"),
    ("Hôtel et résidence de tourisme du Littoral et des Oasis", "fr"),
    ("Agence de voyages", "fr"),
    ("دار الضيافة", "ar"),
    ("وكالة الأسفار والسياحة القروية والجبلية", "ar"),
]


@dataclass(frozen=True, slots=True)
class Seeded:
    professionals: int
    registrations: int
    invitations: int
    messages: int


@transaction.atomic
def seed(stops: list[Stop], *, people: int, draw: random.Random) -> Seeded:
    """Fill published `stops` with `people` professionals, half of them at the first stop.

    Raises ValueError when there is no published stop, or when the data were made before.
    """
    if not stops:
        raise ValueError("no published stop: load_tour --publish first")
    if Professional.objects.filter(email__endswith="@seed.invalid").exists():
        raise ValueError("these data were made before")
    now = clock.now()
    shares = list(_shares(stops, people))
    houses = _organisations(stops, count=max(12, people // 8), draw=draw)
    everybody = _professionals(houses, people=people, now=now, draw=draw)
    crowd = iter(everybody)
    registrations = [
        row
        for stop, share in shares
        for row in _registrations(stop, list(islice(crowd, share)), now=now, draw=draw)
    ]
    Registration.objects.bulk_create(registrations, batch_size=BATCH)
    SeatRequest.objects.bulk_create(_requests(stops[0], everybody[::20], now=now), batch_size=BATCH)
    invitations = Invitation.objects.bulk_create(
        _invitations(stops[0], everybody, now=now, draw=draw), batch_size=BATCH
    )
    messages = Message.objects.bulk_create(
        [_message(row, now=now, draw=draw) for row in registrations], batch_size=BATCH
    )
    return Seeded(len(everybody), len(registrations), len(invitations), len(messages))


def _shares(stops: list[Stop], people: int) -> Iterator[tuple[Stop, int]]:
    """Half for the first stop, the rest thinner and thinner."""
    left = people
    for stop in stops[:-1]:
        share = (left + 1) // 2
        yield stop, share
        left -= share
    yield stops[-1], left


def _organisations(stops: list[Stop], *, count: int, draw: random.Random) -> list[Organisation]:
    categories = list(LegalCategory.objects.all())
    rows = []
    for number in range(count):
        house, _ = draw.choice(HOUSES)
        name = f"{house} n° {number:05d}"
        rows.append(
            Organisation(
                name=name,
                name_key=names.normalise(name),
                region_id=stops[number % len(stops)].region_id,
                category=draw.choice(categories),
            )
        )
    return Organisation.objects.bulk_create(rows, batch_size=BATCH)


def _professionals(
    houses: list[Organisation], *, people: int, now: datetime, draw: random.Random
) -> list[Professional]:
    rows = []
    for number in range(people):
        function, language = draw.choice(FUNCTIONS)
        name = f"{function} {number:05d}"
        rows.append(
            Professional(
                name=name,
                name_key=names.normalise(name),
                # Some mailboxes serve several colleagues.
                email=f"boite-{number - number % 3 if number % 10 < 3 else number}@seed.invalid",
                phone=f"+2126{number:08d}",
                organisation=draw.choice(houses),
                language=language,
                consent_version="seed",
                consent_text="seed",
                consented_at=now,
                created_at=now,
            )
        )
    return Professional.objects.bulk_create(rows, batch_size=BATCH)


def _registrations(
    stop: Stop, crowd: list[Professional], *, now: datetime, draw: random.Random
) -> Iterator[Registration]:
    """Seated up to the seats, some offered, then waiting; some cancelled, refused or to approve."""
    free = stop.seats - stop.registrations.filter(status=RegistrationStatus.SEATED).count()
    for number, professional in enumerate(crowd):
        asked = now - timedelta(minutes=len(crowd) - number + 5)
        row = Registration(
            stop=stop, professional=professional, asked_at=asked, status="", nonce=links.new_nonce()
        )
        if number % 20 == 13:
            row.status, row.cancelled_at = RegistrationStatus.CANCELLED, asked
            row.confirmed_at, row.calendar_step = asked, 1
        elif number % 40 == 17:
            row.status, row.confirmed_at = RegistrationStatus.PENDING, asked
        elif number % 40 == 37:
            row.status, row.confirmed_at, row.cancelled_at = RegistrationStatus.REFUSED, asked, asked
        elif free > 0 and number % 50 == 9:
            free -= 1
            row.status, row.confirmed_at = RegistrationStatus.OFFERED, asked
            row.offer_ends_at = now + timedelta(days=1)
        elif free > 0:
            free -= 1
            row.status, row.confirmed_at = RegistrationStatus.SEATED, asked
        else:
            row.status, row.confirmed_at = RegistrationStatus.WAITING, asked
        yield row


def _requests(stop: Stop, crowd: list[Professional], *, now: datetime) -> Iterator[SeatRequest]:
    """Colleagues of some of them asked and did not confirm; every other one too late."""
    for number, one in enumerate(crowd):
        yield SeatRequest(
            stop=stop,
            name=f"{one.name}, adjoint",
            email=one.email,
            phone=one.phone,
            organisation=one.organisation.name,
            category=one.organisation.category,
            language=one.language,
            consent_version=one.consent_version,
            consent_text=one.consent_text,
            asked_at=now - timedelta(hours=50),
            expires_at=now + timedelta(hours=46 if number % 2 else -2),
            digest=f"seed-{one.pk}",
            nonce=links.new_nonce(),
        )


def _invitations(
    stop: Stop, crowd: list[Professional], *, now: datetime, draw: random.Random
) -> Iterator[Invitation]:
    answers = [Answer.NONE] * 6 + [Answer.ACCEPTED] * 2 + [Answer.DECLINED, Answer.REPLACED]
    for professional in crowd[::2]:
        answer = draw.choice(answers)
        yield Invitation(
            stop=stop,
            audience="professionals",
            key=f"professional:{professional.pk}",
            answer=answer,
            answered_at=None if answer == Answer.NONE else now,
            replacement_function="Adjoint" if answer == Answer.REPLACED else "",
            nonce=links.new_nonce(),
            written_at=now,
        )


def _message(row: Registration, *, now: datetime, draw: random.Random) -> Message:
    """Only final states: seeded mail must never leave."""
    status = draw.choice([MessageStatus.SENT] * 9 + list(FINAL) + [MessageStatus.IN_DOUBT])
    address = row.professional.email
    return Message(
        key=f"seat:registration:{row.pk}:seed",
        subject=f"stop:{row.stop_id}",
        purpose="seat",
        priority=Priority.ANSWER,
        recipient=address,
        recipient_hash=hash_of(address),
        language=row.professional.language,
        headline="Votre place à l’étape",
        text="Votre place est attribuée.",
        message_id=f"<seed-{row.pk}@seed.invalid>",
        status=status,
        written_at=now,
        due_at=now,
        attempts=1,
        final_at=now,
        answer="" if status == MessageStatus.SENT else "550 5.1.1 inconnu",
    )


def published_stops() -> list[Stop]:
    """The stops of the current tour that take registrations, in order."""
    return list(Stop.objects.filter(tour__is_current=True, status=StopStatus.PUBLISHED).order_by("rank"))
