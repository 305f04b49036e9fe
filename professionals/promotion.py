"""Who moves up when there is room: the head of the queue first, people and delegations by rank.

Everything here happens under the stop's lock. From the eve's afternoon on nobody may be near their mail:
a seat is then offered to one person for a limited time, and goes on to the next (see `offers`).
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import partial
from heapq import merge

from django.db import transaction
from django.db.models import F

from meetings import gate
from meetings.attendance import Taken
from meetings.models import Stop, StopStatus
from outbox import clock
from professionals import entries, mails, room
from professionals.models import Delegation, DelegationStatus, Registration, RegistrationStatus
from regions import legal_time

EVE = time(16)  # from this hour in Morocco, the day before, seats are offered
NIGHT = time(21), time(8)  # nobody is asked to answer between these hours
NAMED_DAYS, NAMED_AT = 2, time(16)  # places of a delegation are kept unnamed until so many days before
BATCH = 25  # people moved up at once: the lock is held for a fraction of a second


@transaction.atomic
def promote(stop: Stop) -> int:
    """Give free seats to the queue, first come first; each is told once. Answers how many moved up."""
    stop = gate.lock(stop.pk)
    now = clock.now()
    with room.class_watched(stop, now):
        return move_up(stop, now)


def room_changed(stop: Stop, *, before: Taken | None = None) -> None:
    """The number of seats changed, or the stop is on again. The caller holds the stop's lock."""
    from professionals import workshop_queue

    now = clock.now()
    with room.class_watched(stop, now, before=before):
        move_up(stop, now)
    workshop_queue.move_up(stop, now)


def moves(stop: Stop, now: datetime) -> bool:
    """Whether free seats go to the queue by themselves now."""
    return stop.status == StopStatus.PUBLISHED and now < stop.starts_at and not stop.promotion_stopped


def move_up(stop: Stop, now: datetime) -> int:
    """Seat the head of the queue while there is room, some at a time. Under the stop's lock.

    A delegation that comes whole or not at all is passed over while there are too few seats for it, and
    keeps its rank. Each person is written to: three hundred at once would hold everybody else up. Those
    left keep their right to the free seats before any newcomer, and a worker goes on once this is committed.
    """
    if not moves(stop, now):
        return 0
    free = room.free(stop)
    if free <= 0:
        return 0
    people = list(stop.registrations.queue().select_related("professional")[: min(free, BATCH)])
    chosen: list[Registration] = []
    for row in _by_rank(people, waiting_delegations(stop)):
        row.stop = stop
        if free <= 0 or len(chosen) == BATCH:  # who ranks behind the batch waits for the next
            break
        if isinstance(row, Registration):
            chosen.append(row)
            free -= 1
        else:
            free -= grant(row, free)
    _seat(stop, chosen, now)
    if len(chosen) == BATCH:
        # robust: a broker that is down must not fail the change; the beat goes on.
        transaction.on_commit(partial(ring, stop.pk), robust=True)
    return len(chosen)


def waiting_delegations(stop: Stop) -> list[Delegation]:
    """Those that have not all the places they asked for, by rank."""
    found = stop.delegations.filter(status=DelegationStatus.ACTIVE, granted__lt=F("places"))
    return list(found.select_related("contact", "organisation").order_by("confirmed_at"))


def grant(delegation: Delegation, free: int) -> int:
    """Give a delegation what it may have of `free` seats, and tell it; answers how many."""
    wanted = delegation.places - delegation.granted
    given = wanted if wanted <= free else 0 if delegation.whole else max(free, 0)
    if given:
        delegation.granted += given
        delegation.granted_at = clock.now()
        delegation.save(update_fields=["granted", "granted_at"])
        tell(delegation, "given")
    return given


def tell(delegation: Delegation, state: str, *, name: str = "", number: int = 0) -> None:
    """Write to who asked for it what became of a delegation: of how many places, or of whose, it tells.
    Under the stop's lock, save for the link alone."""
    # Counted by the database: a link is asked for at any time, and each telling has a number of its own.
    Delegation.objects.filter(pk=delegation.pk).update(told_step=F("told_step") + 1)
    delegation.refresh_from_db(fields=["told_step"])
    free = delegation.granted - delegation.members.count()
    mails.delegation(delegation, state, free=free, name_by=name_by(delegation), name=name, number=number)


def place_freed(delegation: Delegation, now: datetime, *, by: str) -> None:
    """One of the named gave the place up: it is to be named again. Under the stop's lock."""
    delegation.granted_at = now
    delegation.save(update_fields=["granted_at"])
    tell(delegation, "place_free", name=by)


def name_by(delegation: Delegation) -> datetime:
    """Until when its places are kept unnamed: two days before, later where one came free since, and then
    as long as a seat offered to one person; at the latest the beginning."""
    stop = delegation.stop
    usual = legal_time.instant(stop.date - timedelta(days=NAMED_DAYS), NAMED_AT)
    if delegation.granted_at is None:
        return usual
    return min(max(usual, offer_ends(stop, delegation.granted_at)), stop.starts_at)


def by_offer(stop: Stop, now: datetime) -> bool:
    """Whether a seat that becomes free now is offered rather than given."""
    return now >= legal_time.instant(stop.date - timedelta(days=1), EVE)


def offer_ends(stop: Stop, now: datetime) -> datetime:
    """Until when a seat offered now is kept: some time, not ending at night, at the latest the beginning."""
    ends = now + timedelta(minutes=stop.offer_minutes)
    clock_face = legal_time.wall_clock(ends)
    if clock_face.time() >= NIGHT[0]:
        ends = legal_time.instant(clock_face.date() + timedelta(days=1), NIGHT[1])
    elif clock_face.time() < NIGHT[1]:
        ends = legal_time.instant(clock_face.date(), NIGHT[1])
    return min(ends, stop.starts_at)


def stops_with_room() -> list[Stop]:
    """Published stops ahead with free seats and people who wait for one."""
    now = clock.now()
    ahead = {stop.pk: stop for stop in Stop.objects.filter(status=StopStatus.PUBLISHED) if moves(stop, now)}
    return [
        ahead[pk]
        for pk, found in room.taken(ahead).items()
        if found.waiting and found.free(ahead[pk].seats) > 0
    ]


def ring(stop_id: int) -> None:
    from professionals import tasks

    tasks.move_up.delay(stop_id)


def _by_rank(
    people: list[Registration], delegations: list[Delegation]
) -> Iterator[Registration | Delegation]:
    return merge(people, delegations, key=lambda row: row.confirmed_at)


def _seat(stop: Stop, chosen: list[Registration], now: datetime) -> None:
    """Give, or from the eve on offer, a seat to each of them."""
    offered = by_offer(stop, now)
    mailboxes = entries.mailboxes(stop, [each.professional.known_by for each in chosen])
    for registration in chosen:
        registration.status = RegistrationStatus.OFFERED if offered else RegistrationStatus.SEATED
        registration.offer_ends_at = offer_ends(stop, now) if offered else None
        registration.told_step += 1
        registration.save(update_fields=["status", "offer_ends_at", "told_step"])
        if offered:
            mails.offered(registration)
            continue
        mailbox = mailboxes[registration.professional.known_by]
        if mailbox.people > 1:  # a colleague's entry may have been taken back a moment ago
            entries.move_on(registration, after=mailbox.last_step)
        mails.promoted(registration)
