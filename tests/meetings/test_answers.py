"""Tests of meetings.answers."""

import pytest
from django.db import IntegrityError, transaction

from meetings import answers, gate, invitations, releases
from meetings.models import Answer, Invitation, Stop, StopStatus, Visibility
from outbox import clock
from outbox.models import Message, Priority
from regions.models import Body
from tests.factories import make_meeting, make_message, make_official, make_stop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings")]


def make_invitation(stop=None, **fields):
    """An official of the CRT, invited."""
    stop = stop or make_stop()
    official = make_official(**{"email": "president@crt.example", **fields})
    invitations.write_to(stop, [official.body], limit=10)
    return Invitation.objects.get(key=f"official:{official.pk}")


def mails():
    """What was written since the invitation: purpose, to whom, calendar method and sequence."""
    return [
        (
            message.purpose,
            message.recipient.partition("@")[0],
            message.calendar_method,
            int(message.calendar.partition("SEQUENCE:")[2].partition("\r\n")[0]),
        )
        for message in Message.objects.exclude(purpose="invitation").order_by("pk")
    ]


def test_who_accepts_gets_the_stop_into_their_calendar():
    invitation = make_invitation()
    answers.accept(invitation)
    invitation.refresh_from_db()
    assert (invitation.answer, invitation.answered_at is not None) == (Answer.ACCEPTED, True)
    assert mails() == [("accepted", "president", "REQUEST", 0)]
    message = Message.objects.get(purpose="accepted")
    assert f"UID:{invitation.stop.calendar_uid}\r\n" in message.calendar
    assert (message.subject, message.priority) == (f"stop:{invitation.stop_id}", Priority.ANSWER)
    assert message.headers == {}
    assert message.valid_until == invitation.stop.starts_at


def test_the_same_answer_again_is_nothing():
    invitation = make_invitation()
    first = answers.accept(invitation)
    assert answers.accept(invitation).answered_at == first.answered_at
    assert len(mails()) == 1


def test_who_declines_is_told_nothing_and_asked_nothing():
    invitation = make_invitation()
    answers.decline(invitation)
    invitation.refresh_from_db()
    assert (invitation.answer, mails()) == (Answer.DECLINED, [])


def test_entries_follow_each_other_as_the_mind_changes():
    invitation = make_invitation()
    answers.accept(invitation)
    answers.decline(invitation)
    answers.accept(invitation)
    answers.replace(invitation, function="Directeur", email="directeur@crt.example")
    answers.replace(invitation, function="Directrice", email="directrice@crt.example")
    answers.replace(invitation, function="La directrice", email="directrice@crt.example")
    answers.accept(invitation)
    answers.decline(invitation)
    assert mails() == [
        ("accepted", "president", "REQUEST", 0),
        ("declined", "president", "CANCEL", 1),
        ("accepted", "president", "REQUEST", 2),
        ("accepted", "directeur", "REQUEST", 3),
        ("declined", "president", "CANCEL", 3),
        ("declined", "directeur", "CANCEL", 4),
        ("accepted", "directrice", "REQUEST", 4),
        ("declined", "directrice", "CANCEL", 6),
        ("accepted", "president", "REQUEST", 6),
        ("declined", "president", "CANCEL", 7),
    ]
    invitation.refresh_from_db()
    assert (invitation.replacement_function, invitation.replacement_email) == ("", "")


def test_a_replacement_without_an_address_is_noted_and_written_to_by_nobody():
    invitation = make_invitation()
    answers.replace(invitation, name="Direction générale")
    invitation.refresh_from_db()
    assert (invitation.answer, invitation.replacement_name) == (Answer.REPLACED, "Direction générale")
    assert mails() == []


def test_a_replacement_is_named():
    invitation = make_invitation()
    with pytest.raises(ValueError, match="function or a name"):
        answers.replace(invitation, function=" ", email="directeur@crt.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.update(answer=Answer.REPLACED, answered_at=clock.now())


def test_the_replacement_learns_whom_they_stand_for_and_gets_no_link_to_the_answer():
    invitation = make_invitation(function_fr="Président du CRT")
    answers.replace(invitation, function="Directeur", email="directeur@crt.example")
    message = Message.objects.get(purpose="accepted")
    assert "Président du CRT" in message.text
    assert "/invitation/" not in message.text + message.html + message.calendar


def test_an_official_without_an_address_may_answer_by_other_ways():
    invitation = make_invitation(email="")
    answers.accept(invitation)
    answers.replace(invitation, function="Directeur", email="directeur@crt.example")
    assert mails() == [("accepted", "directeur", "REQUEST", 1)]


def test_the_entry_of_an_official_names_the_meetings_they_may_read_of():
    stop = make_stop(published=False)
    make_meeting(stop, title_fr="Échange à huis clos", visibility=Visibility.INVITED)
    releases.publish(stop, by=None)
    stop.refresh_from_db()
    answers.accept(make_invitation(stop))
    entry = Message.objects.get(purpose="accepted").calendar.replace("\r\n ", "")
    assert "Échange à huis clos" in entry


@pytest.mark.parametrize("status", [StopStatus.POSTPONED, StopStatus.CANCELLED, StopStatus.HELD])
def test_no_answer_is_taken_for_a_stop_that_is_off(status):
    invitation = make_invitation()
    with gate.opened():
        Stop.objects.update(status=status)
    for answer in (answers.accept, answers.decline):
        with pytest.raises(answers.TooLate):
            answer(invitation)
    invitation.refresh_from_db()
    assert invitation.answer == Answer.NONE


def test_an_answer_may_be_changed_until_the_stop_begins(set_clock):
    invitation = make_invitation()
    set_clock(invitation.stop.starts_at.replace(minute=0) - invitation.stop.starts_at.resolution)
    answers.accept(invitation)
    set_clock(invitation.stop.starts_at)
    with pytest.raises(answers.TooLate):
        answers.decline(invitation)


def test_professionals_are_answered_by_their_own_app(professionals):
    stop = make_stop()
    professionals.add()
    invitations.write_to(stop, ["professionals"], limit=10)
    answers.accept(Invitation.objects.get())
    assert Invitation.objects.get().answer == Answer.ACCEPTED
    assert mails() == []


def test_officials_of_every_institution_answer_alike():
    stop = make_stop()
    for body in Body:
        make_official(body=body, email=f"{body.value.replace('_', '-')}@institution.example")
    invitations.write_to(stop, Body.values, limit=20)
    for invitation in Invitation.objects.all():
        answers.accept(invitation)
    assert [purpose for purpose, *_ in mails()] == ["accepted"] * len(Body)


def states(*purposes):
    found = Message.objects.filter(purpose__in=purposes).order_by("pk")
    return [(message.purpose, message.recipient.partition("@")[0], message.status) for message in found]


def test_an_answer_taken_back_does_not_leave_after_the_next_one():
    invitation = make_invitation()
    make_message(
        key=f"no_answer:{invitation.key}:{invitation.stop_id}:20261203.1",
        purpose="no_answer",
        subject=f"stop:{invitation.stop_id}",
        recipient="president@crt.example",
    )
    answers.accept(invitation)
    answers.decline(invitation)
    assert states("accepted", "declined", "no_answer") == [
        ("no_answer", "president", "superseded"),
        ("accepted", "president", "superseded"),
        ("declined", "president", "queued"),
    ]
    answers.accept(invitation)
    assert states("accepted", "declined")[1:] == [
        ("declined", "president", "superseded"),
        ("accepted", "president", "queued"),
    ]


def test_whoever_is_replaced_in_turn_hears_of_it_and_so_does_who_comes():
    invitation = make_invitation()
    answers.replace(invitation, name="Une adjointe", email="adjointe@crt.example")
    answers.replace(invitation, name="Un adjoint", email="adjoint@crt.example")
    assert states("accepted", "declined") == [
        ("accepted", "adjointe", "superseded"),
        ("declined", "adjointe", "queued"),
        ("accepted", "adjoint", "queued"),
    ]
