"""People without a mail address: nobody writes to them, and they hold nobody else's mail up."""

from datetime import datetime, timedelta

import pytest

from meetings import announcements, audiences, invitations, lifecycle, notices, reminders
from meetings.models import Announcement, Invitation, Stop
from outbox import clock
from outbox.models import Message
from professionals import entries, promotion, seats
from professionals.models import Registration
from tests.factories import make_professional, make_registration, make_stop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "ring", lambda announcement_id: None)
    monkeypatch.setattr(invitations, "ring", lambda campaign_id: None)
    monkeypatch.setattr(promotion, "ring", lambda stop_id: None)


def come(stop: Stop, *, email: str = "", phone: str = "+212661000001", name: str = "Gérante") -> Registration:
    return seats.register(stop, professional=make_professional(email=email, phone=phone, name=name))


def written() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("pk").values_list("purpose", "recipient"))


def test_a_seat_a_queue_a_promotion_and_a_withdrawal_are_no_mail() -> None:
    stop = make_stop(seats=1)
    first = come(stop)
    second = come(stop, phone="+212661000002")
    seats.withdraw(first)
    seats.renew_link(second)
    assert written() == []
    assert [(one.status, one.told_step) for one in Registration.objects.order_by("pk")] == [
        ("cancelled", 2),
        ("seated", 2),
    ]


def test_colleagues_with_a_mailbox_are_told_all_the_same() -> None:
    stop = make_stop(seats=2)
    come(stop)
    come(stop, email="ventes@hotel.example", name="Responsable des ventes")
    assert written() == [("seat", "ventes@hotel.example")]


def test_two_people_without_mail_do_not_share_a_calendar_entry() -> None:
    stop = make_stop(seats=3)
    first, second = come(stop), come(stop, phone="+212661000002", name="Gérant")
    seats.withdraw(first)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.calendar_step, second.calendar_step) == (1, 0)
    assert entries.mailbox(second, stop) == entries.Mailbox(people=1, seated=1, last_step=0)


def test_nobody_without_an_address_is_invited_by_a_campaign() -> None:
    stop = make_stop()
    make_professional(email="")
    reached = make_professional(email="ventes@hotel.example")
    invitations.invite(stop, audiences=["professionals"], by=None)
    assert invitations.write_to(stop, ["professionals"], limit=10) == 1
    assert written() == [("invitation", "ventes@hotel.example")]
    assert [row.key for row in Invitation.objects.all()] == [f"professional:{reached.pk}"]


def test_a_reminder_passes_over_who_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = make_stop()
    reminders.lay_down(stop.tour)
    make_registration(stop, professional=make_professional(email=""))
    make_registration(stop, professional=make_professional(email="ventes@hotel.example"))
    eve = datetime.combine(stop.date - timedelta(days=1), datetime.min.time(), clock.now().tzinfo)
    monkeypatch.setattr(clock, "now", lambda: eve + timedelta(hours=17))
    assert reminders.write_due() == 1
    assert written() == [("seated_eve", "ventes@hotel.example")]


def test_a_move_is_told_to_the_others_and_staff_are_told_whom_to_call() -> None:
    stop = make_stop()
    come(stop)
    come(stop, email="ventes@hotel.example", name="Responsable des ventes")
    assert len(list(audiences.get("seated").members(stop))) == 2
    assert notices.by_hand(stop) == ["1 personne sans adresse électronique est à prévenir par téléphone."]
    Message.objects.all().delete()
    lifecycle.cancel(stop, by=None)
    assert announcements.write(Announcement.objects.get().pk, limit=10) == 1
    assert written() == [("cancelled", "ventes@hotel.example")]
