"""Orders to invite: how far they are is counted, and halting one loses and doubles nobody."""

import pytest

from accounts.models import AuditEntry
from meetings import campaigns, invitations, tasks
from meetings.campaigns import Progress
from meetings.models import Campaign, Invitation
from outbox.models import Message
from tests.factories import make_official, make_staff, make_stop

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


def test_how_far_an_order_is_is_counted_in_what_was_written(order, stop):
    first, second = Message.objects.order_by("pk")
    Message.objects.filter(pk=first.pk).update(status="sent")
    Message.objects.create(
        **{
            name: getattr(second, name)
            for name in ("subject", "purpose", "priority", "recipient", "language")
        },
        key="invitation:professional:99:1:x",
        message_id="<x>",
        written_at=second.written_at,
        due_at=second.due_at,
    )  # of another order

    assert campaigns.progress(order) == Progress(
        people=5, by_mail=2, by_letter=0, waiting=1, sent=1, stuck=0, dropped=0
    )
    Message.objects.filter(pk=second.pk).update(status="in_doubt")
    assert campaigns.progress(order).stuck == 1
    assert (campaigns.progress(order).written, campaigns.progress(order).whole) == (2, 5)


def test_letters_count_as_written(stop):
    make_official(email="")
    order = invitations.invite(stop, audiences=["crt"], by=None)
    assert campaigns.progress(order).people is None
    invitations.write(order, limit=10)
    order.refresh_from_db()

    found = campaigns.progress(order)
    assert (found.people, found.by_letter, found.by_mail, found.written) == (1, 1, 0, 1)


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
