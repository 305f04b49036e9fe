"""Seats offered for a limited time, from the eve's afternoon on: taken by a button, or gone to the next."""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import User
from meetings import gate
from meetings.models import Stop
from outbox import clock
from professionals import entries, mails, promotion, room, seats
from professionals.models import Registration, RegistrationStatus


class OfferOver(Exception):
    """Nothing is offered to this person, or no longer."""


@transaction.atomic
def take(registration: Registration) -> Registration:
    """« Je prends la place ». Twice is once. Raises OfferOver, gate.Busy."""
    stop = gate.lock(registration.stop_id)
    registration = seats.reread(registration, stop)
    if registration.status == RegistrationStatus.SEATED:
        return registration
    now = clock.now()
    ends = registration.offer_ends_at
    if registration.status != RegistrationStatus.OFFERED or ends is None or now >= ends:
        raise OfferOver
    registration.status, registration.offer_ends_at = RegistrationStatus.SEATED, None
    registration.told_step += 1
    registration.save(update_fields=["status", "offer_ends_at", "told_step"])
    mailbox = entries.mailbox(registration, stop)
    if mailbox.people > 1:  # a colleague's entry may have been taken back a moment ago
        entries.move_on(registration, after=mailbox.last_step)
    mails.seat(registration)
    return registration


def lapse_due(now: datetime) -> int:
    """End the offers whose limit has passed; their seats go to the next. Answers how many ended."""
    late = Registration.objects.offered().filter(offer_ends_at__lte=now)
    stops = late.order_by("stop_id").values_list("stop_id", flat=True).distinct()
    return sum(_lapse(stop_id) for stop_id in stops)


@transaction.atomic
def stop_promotion(stop: Stop, *, by: User | None) -> None:
    """Leave freed seats empty until `resume_promotion`; what is offered stays offered. Raises gate.Busy."""
    _write(gate.lock(stop.pk), stopped=True, by=by)


@transaction.atomic
def resume_promotion(stop: Stop, *, by: User | None) -> None:
    """Let the queue move up again, at once. Raises gate.Busy."""
    stop = gate.lock(stop.pk)
    _write(stop, stopped=False, by=by)
    promotion.room_changed(stop)


@transaction.atomic
def _lapse(stop_id: int) -> int:
    stop = gate.lock(stop_id)
    now = clock.now()
    late = list(
        stop.registrations.offered()
        .filter(offer_ends_at__lte=now)
        .select_related("professional__organisation", "delegation__contact")
        .order_by("confirmed_at")
    )
    with room.class_watched(stop, now):
        for registration in late:
            registration.stop = stop
            seats.end(registration, now, told="lapsed")
        promotion.move_up(stop, now)
    return len(late)


def _write(stop: Stop, *, stopped: bool, by: User | None) -> None:
    if stop.promotion_stopped == stopped:
        return
    stop.promotion_stopped = stopped
    stop.save(update_fields=["promotion_stopped"])
    audit.record(by, "stop_promotion" if stopped else "resume_promotion", f"stop:{stop.pk}")
