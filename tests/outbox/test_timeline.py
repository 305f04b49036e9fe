"""A person's mails in the order in which they were written, each with its state and what came back."""

from datetime import timedelta

import pytest

from outbox import clock, returns, timeline
from outbox.models import Message, MessageStatus, Returned, ReturnKind
from tests.factories import make_message

pytestmark = pytest.mark.django_db


def make(key: str, **fields) -> Message:
    return make_message(**{"key": key, "subject": "stop:4", "status": MessageStatus.SENT, **fields})


@pytest.mark.parametrize("mails", [1, 3])
def test_the_mails_of_one_person_about_one_stop_take_two_queries(mails, django_assert_num_queries):
    for number in range(mails):
        returns.record(
            make(f"seat:registration:7:{number}"), kind=ReturnKind.COMPLAINT, notice=f"notice {number}"
        )
    invitation = make("invitation:professional:70:4:1")
    for other in ("seat:registration:77:1", "seat:professional:7:1", "message:official:7:4"):
        make(other)
    make("seat:registration:7:9", subject="stop:5")

    with django_assert_num_queries(2):
        lines = timeline.of(subject="stop:4", people=["registration:7", "professional:70"])
        assert [line.message.key for line in lines] == [
            *(f"seat:registration:7:{number}" for number in range(mails)),
            invitation.key,
        ]
        assert [len(line.returned) for line in lines] == [1] * mails + [0]


def test_a_mail_is_offered_to_be_sent_again_where_it_may_be():
    past = clock.now() - timedelta(minutes=1)
    fine = make("seat:registration:7:1")
    make("seat:registration:7:2", status=MessageStatus.QUEUED)
    make("seat:registration:7:3", text="")
    make("seat:registration:7:4", overtaken=True)
    make("seat:registration:7:5", valid_until=past)
    again = make("seat:registration:7:6")
    make("seat:registration:7:6~1", status=MessageStatus.QUEUED, resend_of=again)

    lines = timeline.of(subject="stop:4", people=["registration:7"])
    assert [line.message.pk for line in lines if line.resendable] == [fine.pk]


@pytest.mark.parametrize(
    ("came", "words"),
    [
        ({"kind": "permanent", "code": "5.1.1"}, "refusé pour de bon (5.1.1 : adresse inconnue)"),
        ({"kind": "permanent", "code": "5.2.3"}, "refusé pour de bon (5.2.3 : message trop lourd)"),
        ({"kind": "transient", "code": "4.0.0"}, "retardé ou abandonné (4.0.0)"),
        ({"kind": "complaint"}, "signalé comme indésirable"),
        ({"kind": "reply", "partstat": "declined"}, "dans son agenda : décliné"),
    ],
)
def test_what_came_back_is_said_in_words(came, words):
    assert timeline.in_words(Returned(**came)).replace("\N{NARROW NO-BREAK SPACE}", " ") == words


def test_the_last_word_of_a_calendar_counts():
    first, second = make("seat:registration:7:1"), make("moved:registration:7:2")
    returns.record(second, kind=ReturnKind.REPLY, partstat="accepted", notice="a")
    last = returns.record(first, kind=ReturnKind.REPLY, partstat="declined", notice="b")
    returns.record(second, kind=ReturnKind.COMPLAINT, notice="c")
    assert timeline.last_reply(timeline.of(subject="stop:4", people=["registration:7"])) == last
    assert timeline.last_reply([]) is None
