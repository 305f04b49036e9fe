"""Everything at once for too few seats: real threads, real transactions, then every rule is looked at.

A thousand people and thirty delegations ask for five hundred seats, some of which are held back; they give
up, come back, hand over, name, take back and cancel, while the team releases and the beat promotes. On the
eve seats are offered, taken, given up and left to lapse in the same way.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from meetings import gate, held_seats
from meetings.models import HeldFor, HeldSeats, Stop
from outbox import clock
from outbox.models import Message
from professionals import handovers, offers, promotion, room, seats
from professionals.delegations import keeping, naming
from professionals.models import Delegation, Professional, Registration
from regions import legal_time
from tests.factories import make_organisation, make_professional, make_stop
from tests.meeting_points import MeetingPoint
from tests.professionals.conftest import Clock
from tests.professionals.delegations.asked import ask_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]  # real threads for many seconds
THREADS = 12
# What somebody is told who came too late, or asks for what cannot be.
REFUSALS = (
    *(handovers.CannotTake, handovers.NothingToGive, naming.NothingFree, naming.NotOfTheDelegation),
    *(keeping.TooFew, offers.OfferOver),
)
LAST_WORDS = {
    "seated": {"seat", "promoted"},
    "offered": {"offered"},
    "waiting": {"waiting"},
    "cancelled": {"withdrawn", "handed_over", "unnamed", "lapsed"},
}
# Of a delegation; one that named nobody in time is over, too.
LAST_WORDS_OF_SEVERAL = {"active": {"delegation"}, "cancelled": {"delegation_over"}}
Act = Callable[[], object]


def one_person(stop: Stop, person: Professional, kind: float) -> None:
    """Who asks for a seat; some give it up, hand it on, or come back."""
    mine = seats.register(stop, professional=person)
    if kind < 0.2:
        seats.withdraw(mine)
    if kind < 0.06:
        seats.come_back(mine)
    if kind > 0.93:
        heir = {"name": f"Héritier {person.pk}", "email": f"heir-{person.pk}@hotel.example"}
        handovers.hand_over(mine, **heir, phone=f"+2127{person.pk:08d}")


def one_delegation(stop: Stop, contact: Professional, draw: random.Random, wanted_all: set[int]) -> None:
    """Several places; people are named, taken back and replaced, places given up. Who asks for all or none
    is noted."""
    places = draw.randint(2, 8)
    delegation = ask_for(stop, places, whole=draw.random() < 0.4, contact=contact)
    if delegation.whole:
        wanted_all.add(delegation.pk)
    named = []
    for number in range(draw.randint(0, places)):
        with suppress(naming.NothingFree):
            email = f"named-{delegation.pk}-{number}@hotel.example"
            named.append(naming.name(delegation, name=f"Nommé {number}", email=email))
    kind = draw.random()
    if named and kind < 0.5:
        naming.remove(delegation, named[0].pk)
    if len(named) > 1 and kind < 0.4:
        naming.replace(delegation, named[1].pk, name="Relève", email=f"new-{delegation.pk}@hotel.example")
    if kind < 0.2:
        keeping.cancel(delegation)
    elif kind < 0.6:
        keeping.reduce(delegation, places=max(places - 2, 1))
    elif kind < 0.8:
        keeping.take_part(delegation)
    else:
        keeping.release(delegation, by=None)


def one_offer(stop: Stop, kind: float) -> None:
    """Whoever has an offer now takes it, gives it up, or lets it pass."""
    mine = stop.registrations.offered().order_by("?").first()
    if mine and kind < 0.6:
        offers.take(mine)
    elif mine and kind < 0.8:
        seats.withdraw(mine)


def storm(
    stop: Stop, *, people: int, delegations: int, draw: random.Random, wanted_all: set[int]
) -> list[BaseException]:
    """Everybody in one shuffled crowd; answers what went wrong that no rule foresees."""
    house = make_organisation()
    for audience, share in ((HeldFor.CRT, 20), (HeldFor.PRESS, 25), (HeldFor.ONMT, 50)):
        held_seats.hold(stop, audience, max(stop.seats // share, 1), by=None)
    made = [make_professional(organisation=house) for _ in range(people + delegations)]
    acts: list[Act] = [partial(one_person, stop, one, draw.random()) for one in made[:people]]
    for one in made[people:]:
        acts.append(partial(one_delegation, stop, one, random.Random(draw.random()), wanted_all))
    acts += [partial(promotion.promote, stop)] * 10
    draw.shuffle(acts)
    # In the middle of it the team gives back what was held for the councils and the press.
    for row, at in zip(HeldSeats.objects.exclude(audience=HeldFor.ONMT), (0.5, 0.7), strict=True):
        acts.insert(int(len(acts) * at), partial(held_seats.release, row, by=None))
    return let_loose(acts)


def storm_of_the_eve(stop: Stop, later: Clock, *, leavers: int, draw: random.Random) -> list[BaseException]:
    """Seats are given up and offered on; two hours pass in the middle, and nobody's offer lasts as long."""
    rows = list(stop.registrations.seated().order_by("?")[:leavers])
    acts: list[Act] = [partial(seats.withdraw, one) for one in rows]
    acts += [partial(one_offer, stop, draw.random()) for _ in range(2 * leavers)]
    draw.shuffle(acts)

    def time_passes() -> None:
        later(timedelta(minutes=stop.offer_minutes))
        offers.lapse_due(clock.now())

    acts.insert(len(acts) // 2, time_passes)
    return let_loose(acts)


def let_loose(acts: list[Act]) -> list[BaseException]:
    with ThreadPoolExecutor(THREADS) as threads:
        found = [future.result(170) for future in [threads.submit(_run, act) for act in acts]]
    return [error for error in found if error is not None]


def _run(act: Act) -> BaseException | None:
    try:
        with suppress(*REFUSALS):
            act()
    except Exception as error:
        return error
    finally:
        connection.close()
    return None


def wrongs(stop: Stop, wanted_all: set[int]) -> list[str]:
    """Every rule that does not hold once the beat has gone on until there is nothing left to do."""
    while promotion.promote(stop):
        pass
    people = list(stop.registrations.select_related("professional"))
    groups = list(stop.delegations.all())
    named: dict[int, int] = defaultdict(int)
    for one in people:
        named[one.delegation_id or 0] += 1
    return [
        *_oversold(stop, people, groups, named),
        *_out_of_order(people, groups, wanted_all),
        *_told_otherwise(people, groups),
    ]


def _oversold(
    stop: Stop, people: list[Registration], groups: list[Delegation], named: dict[int, int]
) -> Iterator[str]:
    seated = sum(one.status == "seated" for one in people)
    kept = sum(one.status == "offered" for one in people)
    kept += sum(one.granted - named[one.pk] for one in groups)
    kept += sum(HeldSeats.objects.filter(stop=stop, released_at=None).values_list("seats", flat=True))
    if seated + kept > stop.seats:
        yield f"oversold: {seated} + {kept} > {stop.seats}"
    counted = room.taken_at(stop)
    if (counted.seated, counted.held) != (seated, kept):
        yield f"counted otherwise: {counted}"
    yield from (f"{one}: more named than given" for one in groups if named[one.pk] > one.granted)
    if counted.waiting and counted.free(stop.seats) > 0:
        yield f"{counted.waiting} wait beside {counted.free(stop.seats)} free seats"


def _out_of_order(
    people: list[Registration], groups: list[Delegation], wanted_all: set[int]
) -> Iterator[str]:
    """Nobody has a seat by their own right who ranks behind somebody that waits.

    Those that want all or none are passed rightly, and keep their rank when they take a part (decision
    0018): of them only those count that asked for a part from the beginning.
    """
    stamps = [*(one.confirmed_at for one in people), *(one.confirmed_at for one in groups)]
    if len(set(stamps)) != len(stamps):
        yield "two of one rank"
    own = [one.confirmed_at for one in people if one.status in ("seated", "offered") and _by_own_right(one)]
    waiting = [one.confirmed_at for one in people if one.status == "waiting"]
    waiting += [
        one.confirmed_at
        for one in groups
        if one.status == "active" and one.granted < one.places and one.pk not in wanted_all
    ]
    if waiting and (ahead := sum(rank > min(waiting) for rank in own)):
        yield f"{ahead} overtook the queue"


def _by_own_right(one: Registration) -> bool:
    return one.delegation_id is None and one.professional.email.startswith("direction-")


def _told_otherwise(people: list[Registration], groups: list[Delegation]) -> Iterator[str]:
    """One mail for each telling, and the last one says what is so."""
    said: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for key, purpose in Message.objects.values_list("key", "purpose"):
        _purpose, kind, number, step = key.split(":")
        said[f"{kind}:{number}"].append((int(step), purpose))
    rows: list[tuple[str, Registration | Delegation, set[str]]] = [
        *(("registration", one, LAST_WORDS[one.status]) for one in people),
        *(("delegation", one, LAST_WORDS_OF_SEVERAL[one.status]) for one in groups),
    ]
    for kind, row, last_words in rows:
        told = sorted(said[f"{kind}:{row.pk}"])
        if [step for step, _purpose in told] != list(range(1, row.told_step + 1)):
            yield f"{row}: told {told} of {row.told_step}"
        elif told[-1][1] not in last_words:
            yield f"{row}: {row.status}, told {told[-1][1]}"


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "PATIENCE", "60s")  # a loaded machine is not what is tested


@pytest.mark.soak
@pytest.mark.usefixtures("patience")
def test_a_thousand_people_for_five_hundred_seats_in_one_storm(later: Clock) -> None:
    stop, draw, wanted_all = make_stop(seats=500), random.Random(12), set[int]()
    assert storm(stop, people=1000, delegations=30, draw=draw, wanted_all=wanted_all) == []
    assert wrongs(stop, wanted_all) == []
    assert room.free(stop) == 0
    assert stop.registrations.queue().count() > 0

    later(legal_time.instant(stop.date - timedelta(days=1), promotion.EVE) - clock.now())
    assert storm_of_the_eve(stop, later, leavers=60, draw=draw) == []
    assert wrongs(stop, wanted_all) == []
    assert stop.registrations.offered().count() > 0
    assert Message.objects.filter(purpose="lapsed").count() > 0


def small_storm(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Fewer people, of whom the first twelve meet where seats were counted, before any has taken one."""
    stop = make_stop(seats=5)  # of which three are held back
    MeetingPoint(THREADS).after(monkeypatch, room, "standing")
    storm(stop, people=60, delegations=0, draw=random.Random(12), wanted_all=set())
    return [wrong for wrong in wrongs(stop, set()) if wrong.startswith("oversold")]


@pytest.mark.usefixtures("patience")
def test_who_meets_at_the_count_in_a_storm_takes_no_seat_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    assert small_storm(monkeypatch) == []


@pytest.mark.usefixtures("patience", "without_the_lock")
def test_the_storm_is_real(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the lock more sit than there are seats: if this fails, the tests above prove nothing."""
    assert small_storm(monkeypatch) != []
