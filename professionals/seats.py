"""Seats at a stop: who gets one, who waits, who moves up.

One rule keeps the count true: whoever changes who is seated holds the stop's row. Seats are
counted, never stored, so there is no counter to drift. The lock is taken first; what is decided
is decided on what is read after it.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction
from django.db.models import Count, F, Max, Q

from accounts import links
from meetings import availability, gate
from meetings.attendance import Taken
from meetings.models import Invitation, Stop, StopStatus
from outbox import clock
from professionals import entries, mails
from professionals.models import Professional, Registration, RegistrationStatus

SEATED = Q(status=RegistrationStatus.SEATED)
WAITING = Q(status=RegistrationStatus.WAITING)
# Every public page asks this; composed by the ORM it would cost four times as much.
TAKEN = """
    SELECT stop_id, count(*) FILTER (WHERE status = 'seated'), count(*) FILTER (WHERE status = 'waiting')
    FROM professionals_registration WHERE stop_id = ANY (%s) AND status <> 'cancelled' GROUP BY stop_id
"""
BATCH = 25  # people moved up at once: the lock is held for a fraction of a second


class RegistrationClosed(Exception):
    """The stop takes nobody now."""


class CannotWithdraw(Exception):
    """The stop has begun, is over or off, or the person is there already."""


@transaction.atomic
def register(stop: Stop, *, professional: Professional, invitation: Invitation | None = None) -> Registration:
    """Give a known person a seat at `stop`, or a place in its queue: confirmed at once.

    For personal invitation links. Asking twice is asking once; who gave the seat up returns to the
    end of the queue. Raises RegistrationClosed, gate.Busy.
    """
    return admit(gate.lock(stop.pk), professional=professional, invitation=invitation, asked_at=clock.now())


@transaction.atomic
def come_back(registration: Registration) -> Registration:
    """Take part again after giving the seat up, behind whoever waits.

    Raises RegistrationClosed, gate.Busy.
    """
    stop = gate.lock(registration.stop_id)
    return admit(stop, professional=registration.professional, asked_at=clock.now())


@transaction.atomic
def withdraw(registration: Registration) -> Registration:
    """Give the seat or the place in the queue up; a freed seat goes to the queue. Twice is once.

    Raises CannotWithdraw once the stop has begun, gate.Busy.
    """
    stop = gate.lock(registration.stop_id)
    registration = reread(registration, stop)
    if registration.status == RegistrationStatus.CANCELLED:
        return registration
    now = clock.now()
    if registration.checked_in_at or not may_withdraw(stop, at=now):
        raise CannotWithdraw
    had_a_seat = registration.status == RegistrationStatus.SEATED
    with _class_watched(stop, now):
        registration.workshop_seats.all().delete()
        registration.status = RegistrationStatus.CANCELLED
        registration.cancelled_at = now
        registration.told_step += 1
        registration.save(update_fields=["status", "cancelled_at", "told_step"])
        mailbox = entries.mailbox(registration, stop)
        entries.move_on(registration, after=mailbox.last_step)
        mails.withdrawn(registration, had_a_seat=had_a_seat, entry_stays=mailbox.seated > 0)
        _move_up(stop, now)
    return registration


@transaction.atomic
def promote(stop: Stop) -> int:
    """Give free seats to the queue, first come first; each is told once. Answers how many moved up."""
    stop = gate.lock(stop.pk)
    now = clock.now()
    with _class_watched(stop, now):
        return _move_up(stop, now)


@transaction.atomic
def renew_link(registration: Registration) -> None:
    """Revoke every link given out for this registration and mail a new one."""
    registration = reread(registration, gate.lock(registration.stop_id))
    registration.nonce = links.new_nonce()
    registration.save(update_fields=["nonce"])
    mails.link_again(registration, occasion=f"renewed:{registration.nonce}")


def admit(
    stop: Stop,
    *,
    professional: Professional,
    asked_at: datetime,
    invitation: Invitation | None = None,
    channel: str = "",
) -> Registration:
    """Seat a person or put them in the queue, and tell them. The caller holds the stop's lock.

    Raises RegistrationClosed when the stop takes nobody now.
    """
    now = clock.now()
    standing = _standing(stop, of=professional)
    registration = _known(standing, stop, professional)
    if registration.status in (RegistrationStatus.SEATED, RegistrationStatus.WAITING):
        return registration
    if not stop.takes_registrations(at=now):
        raise RegistrationClosed

    before = availability.of(stop, standing.taken, now)
    # An empty seat belongs to the queue first, even when nobody moved up yet.
    if standing.taken.waiting and standing.taken.seated < stop.seats:
        _move_up(stop, now)
        standing = _standing(stop, of=professional)
    seated = standing.taken.seated < stop.seats and not standing.taken.waiting
    registration.asked_at = asked_at
    registration.status = RegistrationStatus.SEATED if seated else RegistrationStatus.WAITING
    registration.confirmed_at = standing.next_stamp(now)
    registration.cancelled_at = None
    registration.invitation = invitation or registration.invitation
    registration.channel = channel or registration.channel
    registration.told_step += 1
    _write(registration)
    if standing.last_step is not None:  # they return, or a colleague was here: their calendar must believe it
        entries.move_on(registration, after=standing.last_step)
    if seated:
        mails.seat(registration)
    else:
        mails.waiting(registration, position=standing.taken.waiting + 1)
    _note_class(stop, before, availability.of(stop, standing.taken_with(seated=seated), now))
    return registration


def may_withdraw(stop: Stop, *, at: datetime) -> bool:
    """Until it begins; while its new date is not known, at any time."""
    return stop.status == StopStatus.POSTPONED or (
        stop.status == StopStatus.PUBLISHED and at < stop.starts_at
    )


def position(registration: Registration) -> int:
    """The place in the queue: 1 is next."""
    ahead = Registration.objects.filter(stop_id=registration.stop_id).queue()
    return ahead.filter(confirmed_at__lt=registration.confirmed_at).count() + 1


def taken(stop_ids: Iterable[int]) -> Mapping[int, Taken]:
    """Seats taken and people waiting, by stop; one query for all."""
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, [list(stop_ids)])
        return {stop: Taken(seated=seated, waiting=waiting) for stop, seated, waiting in cursor}


def room_changed(stop: Stop) -> None:
    """The number of seats changed, or the stop is on again. The caller holds the stop's lock."""
    now = clock.now()
    with _class_watched(stop, now):
        _move_up(stop, now)


@dataclass(frozen=True, slots=True)
class _Standing:
    """Who has what at a stop, as read under its lock."""

    taken: Taken
    last_stamp: datetime | None
    mine: int | None  # the registration of the person asked for
    last_step: int | None  # of the entry in their mailbox; None where the mailbox never had one

    def next_stamp(self, now: datetime) -> datetime:
        """Later than every stamp before, even when two machines' clocks disagree."""
        if self.last_stamp is None or now > self.last_stamp:
            return now
        return self.last_stamp + timedelta(microseconds=1)

    def taken_with(self, *, seated: bool) -> Taken:
        return Taken(seated=self.taken.seated + seated, waiting=self.taken.waiting + (not seated))


def _standing(stop: Stop, *, of: Professional | None = None) -> _Standing:
    found = stop.registrations.aggregate(
        seated=Count("pk", filter=SEATED),
        waiting=Count("pk", filter=WAITING),
        last=Max("confirmed_at"),
        mine=Max("pk", filter=Q(professional=of.pk if of else None)),
        step=Max("calendar_step", filter=Q(professional__known_by=of.known_by if of else None)),
    )
    taken = Taken(seated=found["seated"], waiting=found["waiting"])
    return _Standing(taken, found["last"], found["mine"], found["step"])


def _known(standing: _Standing, stop: Stop, professional: Professional) -> Registration:
    """The registration this person has had at the stop, or a new one, not yet written."""
    if standing.mine is None:
        return Registration(stop=stop, professional=professional)
    found = Registration.objects.get(pk=standing.mine)
    found.stop, found.professional = stop, professional
    return found


def _move_up(stop: Stop, now: datetime) -> int:
    """Seat the head of the queue while there is room, some at a time. Under the stop's lock.

    Each of them is written to: three hundred at once would hold everybody else up. Those left keep
    their right to the free seats before any newcomer, and a worker goes on as soon as this is committed.
    """
    if stop.status != StopStatus.PUBLISHED or now >= stop.starts_at:
        return 0
    free = stop.seats - stop.registrations.seated().count()
    if free <= 0:
        return 0
    promoted = list(stop.registrations.queue().select_related("professional")[: min(free, BATCH)])
    mailboxes = entries.mailboxes(stop, [each.professional.known_by for each in promoted])
    for registration in promoted:
        registration.stop = stop
        registration.status = RegistrationStatus.SEATED
        registration.told_step += 1
        registration.save(update_fields=["status", "told_step"])
        mailbox = mailboxes[registration.professional.known_by]
        if mailbox.people > 1:  # a colleague's entry may have been taken back a moment ago
            entries.move_on(registration, after=mailbox.last_step)
        mails.promoted(registration)
    if len(promoted) == BATCH:
        # robust: a broker that is down must not fail the change; the beat goes on.
        transaction.on_commit(partial(ring, stop.pk), robust=True)
    return len(promoted)


def ring(stop_id: int) -> None:
    from professionals import tasks

    tasks.move_up.delay(stop_id)


def stops_with_room() -> list[Stop]:
    """Published stops ahead with free seats and people who wait for one."""
    ahead = {stop.pk: stop for stop in Stop.objects.filter(status=StopStatus.PUBLISHED)}
    now = clock.now()
    return [
        ahead[pk]
        for pk, found in taken(ahead).items()
        if found.waiting and found.seated < ahead[pk].seats and now < ahead[pk].starts_at
    ]


def reread(registration: Registration, stop: Stop) -> Registration:
    """The row as it is now that the stop is held."""
    fresh = Registration.objects.select_related("professional").get(pk=registration.pk)
    fresh.stop = stop
    return fresh


def _write(registration: Registration) -> None:
    if registration.pk is None:
        registration.save(force_insert=True)
    else:
        registration.save(
            update_fields=[
                "status", "asked_at", "confirmed_at", "cancelled_at",
                "invitation", "channel", "told_step",
            ]
        )  # fmt: skip


@contextmanager
def _class_watched(stop: Stop, now: datetime) -> Iterator[None]:
    before = availability.of(stop, _standing(stop).taken, now)
    yield
    _note_class(stop, before, availability.of(stop, _standing(stop).taken, now))


def _note_class(stop: Stop, before: str, after: str) -> None:
    """Public pages show a class, not a number: only a change of class makes them new."""
    if before != after:
        Stop.objects.filter(pk=stop.pk).update(revision=F("revision") + 1)
