"""How officials are written to: by mail, or by letters alone."""

import pytest

from meetings import answers, broadcasts, calls, letters, lifecycle, notices
from meetings.models import Answer, Broadcast, Channel, Invitation
from outbox.models import Message
from tests import official_mails
from tests.factories import make_invitation, make_official, make_stop
from tests.meetings.test_broadcasts import tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings")]
# Whatever is written about a stop, but for the trial of a text, which goes to the team.
PURPOSES = sorted(set(letters.PURPOSES) - {"trial"})


def make_pair():
    """One who is written mails, and one who wants letters alone although their address is known."""
    fields = {"region": None, "body": official_mails.BODY}
    by_mail = make_official(**fields, email="federation@cnt.example", function_fr="Présidente de la CNT")
    return by_mail, make_official(**fields, email="wali@wilaya.example", by_letter=True)


def test_of_all_that_is_written_by_itself_nothing_goes_to_who_is_written_letters(set_clock):
    by_mail, by_letter = make_pair()
    stop = official_mails.walk([by_mail, by_letter], set_clock)
    written = Message.objects.filter(recipient=by_mail.email)
    assert sorted(set(written.values_list("purpose", flat=True))) == PURPOSES
    assert set(Message.objects.values_list("recipient", flat=True)) == {by_mail.email}
    asked = Invitation.objects.filter(key=f"official:{by_letter.pk}")
    assert set(asked.values_list("channel", "recipient_hash")) == {(Channel.LETTER, "")}
    # They are called instead, for what is urgent and for a change.
    urgent = Broadcast.objects.get(urgent=True)
    told = [(call.row.key, call.row.by_mail) for call in calls.of(urgent)]
    assert told == [(f"official:{by_mail.pk}", True), (f"official:{by_letter.pk}", False)]
    assert [told.person.key for told in notices.unreached(stop)] == [f"official:{by_letter.pk}"]


def test_whoever_answers_an_invitation_by_letter_is_called_when_the_stop_changes():
    stop, official = make_stop(), make_official(by_letter=True, phone="+212600000001")
    invitation = make_invitation(stop, official=official, answer=Answer.NONE, channel=Channel.LETTER)
    answers.accept(invitation, companions=2)
    [told] = notices.unreached(stop)
    assert (told.person.email, told.person.phone, told.by_letter) == ("", "+212600000001", True)
    assert lifecycle.preview_calling_off(stop).warnings == [
        "1 personne invitée par courrier est à prévenir autrement."
    ]
    assert [call.phone for call in calls.of(tell(stop, "accepted"))] == ["+212600000001"]
    answers.decline(invitation)
    assert notices.unreached(stop) == []
    assert broadcasts.people(stop, ["accepted"]) == []
    assert not Message.objects.exists()


def test_who_stands_in_for_them_is_written_to_where_staff_noted_an_address():
    stop, official = make_stop(), make_official(by_letter=True)
    invitation = make_invitation(stop, official=official, answer=Answer.NONE, channel=Channel.LETTER)
    answers.replace(invitation, function="Secrétaire général", email="sg@wilaya.example")
    assert [row.recipient for row in Message.objects.all()] == ["sg@wilaya.example"]
    assert [told.person.key for told in notices.unreached(stop)] == [f"official:{official.pk}"]
