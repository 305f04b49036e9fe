"""Orders to invite: their moment is kept to, and halting one loses and doubles nobody."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry
from meetings import campaigns, invitations, mail_texts, tasks
from meetings.models import Campaign, Invitation
from outbox import clock
from outbox.models import Message
from tests.factories import make_staff, make_stop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings")]


@pytest.fixture
def stop():
    return make_stop()


@pytest.fixture
def order(stop, professionals):
    """Five professionals, two of whom were written to; one by one, so that a halt has a middle."""
    for _ in range(5):
        professionals.add()
    made = invitations.invite(stop, audiences=["professionals"], by=None)
    invitations.write(made, limit=2)
    made.refresh_from_db()
    return made


def written() -> int:
    return Message.objects.count()


def test_an_order_that_was_halted_writes_to_nobody_until_it_is_resumed(
    order, rings, monkeypatch, django_capture_on_commit_callbacks
):
    staff, again = make_staff(), rings
    again.clear()
    monkeypatch.setattr(tasks.write_invitations, "delay", again.append)
    assert [campaigns.halt(order, by=staff) for _ in range(2)] == [True, False]
    assert invitations.write(order, limit=10) == 0
    tasks.write_invitations(order.pk)
    tasks.take_up_orders()
    assert (written(), again) == (2, [])
    order.refresh_from_db()
    assert (order.done_at, order.halted_by) == (None, staff)

    with django_capture_on_commit_callbacks(execute=True):
        assert [campaigns.resume(order, by=staff) for _ in range(2)] == [True, False]
    tasks.take_up_orders()
    assert again == [order.pk] * 2
    while invitations.write(order, limit=2):
        pass
    order.refresh_from_db()
    assert (written(), order.done_at is not None) == (5, True)
    assert Message.objects.values("recipient").distinct().count() == 5
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))[-2:] == [
        "campaign_halted",
        "campaign_resumed",
    ]


def test_an_order_resumed_in_other_words_uses_them_once_they_are_validated_and_writes_to_nobody_twice(
    order, stop
):
    staff = make_staff()
    first = mail_texts.newest(stop.tour_id).get(kind="invitation_professional", language="fr")
    campaigns.halt(order, by=staff)
    words = {"subject": "Un autre objet : {ville}", "title": first.title, "body": first.body}
    second = mail_texts.write(stop.tour, first.kind, "fr", over=first.version, by=staff, **words)
    campaigns.resume(order, by=staff)
    invitations.write(order, limit=1)  # nobody stands for the new words yet
    mail_texts.validate(second, by=staff)
    while invitations.write(order, limit=2):
        pass
    ends = [key.rpartition("#")[2] for key in Message.objects.order_by("pk").values_list("key", flat=True)]
    assert ends == [str(first.pk)] * 3 + [str(second.pk)] * 2
    assert Message.objects.values("recipient").distinct().count() == 5


def test_an_order_halted_while_a_worker_writes_ends_with_the_batch_under_way(order, stop, monkeypatch):
    """The worker looked before the halt; each batch looks again."""
    monkeypatch.setattr(invitations, "BATCH", 1)
    write_batch = invitations.write_batch

    def halted_after_the_first(*batch, **options):
        found = write_batch(*batch, **options)
        campaigns.halt(order, by=make_staff())
        return found

    monkeypatch.setattr(invitations, "write_batch", halted_after_the_first)

    assert invitations.write(order, limit=10) == 1
    assert written() == 3


def test_a_second_click_on_an_order_that_was_halted_is_the_same_order(order, stop):
    campaigns.halt(order, by=make_staff())

    assert invitations.invite(stop, audiences=["professionals"], by=None) == order
    assert Campaign.objects.count() == 1


def test_what_an_order_wrote_is_known_for_its_own(order):
    assert set(Invitation.objects.values_list("campaign", flat=True)) == {order.pk}


def test_an_order_that_is_done_is_neither_halted_nor_resumed(order):
    while invitations.write(order, limit=10):
        pass

    assert campaigns.halt(order, by=make_staff()) is False
    assert campaigns.resume(order, by=make_staff()) is False


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def test_an_order_for_later_writes_to_nobody_before_its_moment_and_the_beat_opens_it_then(
    stop, professionals, rings, monkeypatch, set_clock
):
    professionals.add()
    opened: list[int] = []
    monkeypatch.setattr(invitations, "ring", opened.append)
    at = clock.now() + timedelta(hours=3)
    order = invitations.invite(stop, audiences=["professionals"], by=None, starts_at=at)
    tasks.take_up_orders()
    tasks.write_invitations(order.pk)
    assert (campaigns.write(order, limit=10), written(), opened) == (0, 0, [])
    assert invitations.write_batch(stop.pk, "professionals", list(professionals), campaign=order) == 0

    set_clock(at)
    tasks.take_up_orders()
    assert opened == [order.pk]
    assert (campaigns.write(order, limit=10), written()) == (1, 1)


def test_before_its_moment_an_order_is_moved_and_withdrawn_and_not_afterwards(stop, professionals, rings):
    professionals.add()
    staff, now = make_staff(), clock.now()
    order = invitations.invite(
        stop, audiences=["professionals"], by=staff, starts_at=now + timedelta(hours=3)
    )
    for wrong in (now - timedelta(minutes=1), stop.starts_at):
        with pytest.raises(campaigns.WrongMoment):
            campaigns.move(order, to=wrong, by=staff)
    assert campaigns.move(order, to=now + timedelta(hours=5), by=staff) is True
    order.refresh_from_db()
    assert (order.starts_at, order.is_planned) == (now + timedelta(hours=5), True)
    assert [campaigns.withdraw(order, by=staff) for _ in range(2)] == [True, False]
    order.refresh_from_db()
    assert (order.is_planned, order.withdrawn_by) == (False, staff)

    other = invitations.invite(
        stop, audiences=["professionals"], by=staff, starts_at=now + timedelta(hours=3)
    )
    assert other != order
    assert campaigns.move(other, to=None, by=staff) is True
    assert campaigns.move(other, to=now + timedelta(hours=5), by=staff) is False
    assert campaigns.withdraw(other, by=staff) is False
    assert (campaigns.write(order, limit=10), campaigns.write(other, limit=10)) == (0, 1)
    assert verbs()[-4:] == ["campaign_moved", "campaign_withdrawn", "invite", "campaign_moved"]
