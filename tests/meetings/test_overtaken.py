"""Tests of meetings.overtaken: invitations that never left because the stop moved."""

from datetime import timedelta
from functools import partial

import pytest

from meetings import invitations, lifecycle, overtaken, reminders
from outbox.models import Message, MessageStatus
from tests.factories import make_region, make_stop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings")]


def move_before_they_left(stop):
    invitations.write_to(stop, ["professionals"], limit=1000)
    lifecycle.change(stop, changes={"date": stop.date + timedelta(days=7)}, by=None)


def queued():
    found = Message.objects.filter(purpose="invitation", status=MessageStatus.QUEUED)
    return sorted(found.values_list("recipient", flat=True))


def test_one_run_of_the_beat_invites_everybody_anew(professionals, monkeypatch):
    monkeypatch.setattr(overtaken, "rewrite", partial(overtaken.rewrite, size=2))
    stop = make_stop()
    people = [professionals.add() for _number in range(7)]
    move_before_they_left(stop)
    assert queued() == []
    assert reminders.write_due() == 7
    assert queued() == sorted(person.email for person in people)
    assert reminders.write_due() == 0


def test_who_can_be_reached_no_more_keeps_nobody_waiting(professionals):
    stop = make_stop()
    gone = [professionals.add() for _number in range(3)]
    stays = professionals.add()
    move_before_they_left(stop)
    del professionals[: len(gone)]
    assert overtaken.rewrite(stop.pk, size=2) == 1
    assert queued() == [stays.email]


def test_a_stop_that_fails_keeps_nobody_waiting(professionals, monkeypatch):
    first, second = make_stop(), make_stop(region=make_region("MA-11"))
    professionals.add()
    for stop in (first, second):
        move_before_they_left(stop)
    real = overtaken.rewrite

    def failing(stop_id, **options):
        if stop_id == first.pk:
            raise ValueError("broken")
        return real(stop_id, **options)

    monkeypatch.setattr(overtaken, "rewrite", failing)
    with pytest.raises(ExceptionGroup):
        reminders.write_due()
    subjects = Message.objects.filter(status=MessageStatus.QUEUED).values_list("subject", flat=True)
    assert set(subjects) == {f"stop:{second.pk}"}
