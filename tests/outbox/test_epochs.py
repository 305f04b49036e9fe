"""outbox.epochs: after a restore nothing leaves twice, and nothing by surprise."""

import pytest

from outbox import delivery, epochs
from outbox.models import Epoch, Message, MessageStatus, Priority
from tests.factories import make_message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings")]


def restored() -> None:
    """The database that was copied here lived under another number."""
    epochs.look()
    Epoch.objects.update(database="another/1")
    assert epochs.look()


def test_the_first_life_keeps_nothing_and_goes_on():
    message = make_message()
    assert [epochs.look(), epochs.look()] == [False, False]
    assert Epoch.objects.count() == 1
    assert epochs.unreleased() is None
    assert [one.pk for one in delivery.claim()[0]] == [message.pk]


def test_in_a_copy_only_answers_to_new_acts_leave():
    make_message(), make_message(priority=Priority.REMINDER)
    restored()
    answer = make_message()
    make_message(priority=Priority.REMINDER)  # written again by a routine, for all anybody knows
    assert [one.pk for one in delivery.claim()[0]] == [answer.pk]
    assert not delivery.sweep()
    assert epochs.waiting().count() == 3


def test_a_life_begins_once_and_each_restore_begins_one():
    restored()
    assert not epochs.look()
    epochs.begin()  # restored in its own place: the number is the same
    assert Epoch.objects.filter(released_at=None).count() == 2


@pytest.mark.parametrize(("leave", "status"), [(True, "queued"), (False, "superseded")])
def test_a_person_decides_what_becomes_of_it(leave, status):
    copied = make_message(priority=Priority.REMINDER)
    done = make_message(status=MessageStatus.SENT)
    restored()
    newer = make_message(priority=Priority.REMINDER)
    assert epochs.release(leave=leave) == 1
    assert epochs.release(leave=leave) is None
    found = dict(Message.objects.values_list("pk", "status"))
    assert found == {copied.pk: status, done.pk: "sent", newer.pk: "queued"}
    assert epochs.unreleased() is None
    leaving = [copied.pk, newer.pk] if leave else [newer.pk]
    assert [one.pk for one in delivery.claim()[0]] == leaving
