"""outbox.holds: which mails stay, which leave."""

from itertools import product

import pytest

from outbox import backlog, clock, delivery, holds, suppressions, turns
from outbox.models import Hold, Kind, Message, MessageStatus, Priority
from tests.factories import make_message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings")]


def reminder(**fields: object) -> Message:
    defaults = {"purpose": "seated_eve", "priority": Priority.REMINDER, "audience": "seated"}
    return make_message(**{**defaults, **fields})


LINE: holds.Line = {"subject": "stop:1", "purpose": "seated_eve", "audience": "seated", "language": "fr"}


@pytest.mark.parametrize(
    "other", [{"subject": "stop:2"}, {"purpose": "thanks"}, {"audience": "officials"}, {"language": "ar"}]
)
def test_a_line_holds_what_agrees_in_every_mark_and_nothing_else(other):
    held, free = reminder(), reminder(**other)
    assert holds.hold(LINE)
    assert list(Message.objects.filter(holds.not_held())) == [free]
    assert list(Message.objects.exclude(holds.not_held())) == [held]


def test_marks_left_out_are_any():
    held = [reminder(), reminder(audience="officials", language="ar")]
    free = reminder(purpose="thanks")
    holds.hold({"subject": "stop:1", "purpose": "seated_eve"})
    assert list(Message.objects.filter(holds.not_held())) == [free]
    assert len(held) == Message.objects.exclude(holds.not_held()).count()


def test_all_is_suspended_but_answers():
    reminder()
    reminder(priority=Priority.URGENT)
    answer = make_message(priority=Priority.ANSWER)
    assert holds.hold(holds.EVERYTHING)
    assert holds.suspended()
    assert list(Message.objects.filter(holds.not_held())) == [answer]


def test_holding_twice_is_holding_once_and_so_is_letting_go():
    assert [holds.hold(LINE), holds.hold(LINE)] == [True, False]
    assert [holds.let_go(LINE), holds.let_go(LINE)] == [True, False]
    assert Hold.objects.filter(ended_at=None).count() == 0
    assert holds.hold(LINE)
    assert [row.subject for row in holds.standing()] == ["stop:1"]


def test_what_is_let_go_rings(rings, django_capture_on_commit_callbacks):
    holds.hold(LINE)
    with django_capture_on_commit_callbacks(execute=True):
        holds.let_go(LINE)
    assert rings == ["ring"]


def test_what_is_held_is_no_backlog():
    reminder()
    holds.hold(LINE)
    assert backlog.look().due == 0
    holds.let_go(LINE)
    assert backlog.look().due == 1


def test_what_is_held_is_not_claimed_and_leaves_once_it_is_let_go():
    held, free = reminder(), reminder(language="ar")
    holds.hold(LINE)
    assert [message.pk for message in delivery.claim()[0]] == [free.pk]
    assert not delivery.sweep()
    holds.let_go(LINE)
    assert [message.pk for message in delivery.claim()[0]] == [held.pk]
    assert Message.objects.get(pk=held.pk).status == MessageStatus.CLAIMED


@pytest.mark.parametrize("other", [{}, {"audience": "officials"}])
def test_what_is_held_while_a_worker_has_it_stays_and_is_free_again(other):
    message = reminder(**other)
    batch, token = delivery.claim()
    holds.hold(LINE)
    _written, begun = turns.turn([], [message.pk], token=token)
    assert bool(begun) == bool(other)
    if not begun:
        delivery._leave(batch[0], token)
        message.refresh_from_db()
        assert (message.status, message.claim) == (MessageStatus.QUEUED, "")


def test_an_answer_in_hand_leaves_while_all_is_suspended():
    message = make_message(priority=Priority.ANSWER)
    _batch, token = delivery.claim()
    holds.hold(holds.EVERYTHING)
    assert turns.turn([], [message.pk], token=token)[1] == {message.pk}


def every_kind_of_message() -> list[Message]:
    """Each combination of what a hold can ask of a message, with what a wish can, claimed under "t"."""
    marks = product(["stop:1", "stop:2"], ["seated_eve", "thanks"], ["seated", "officials"], ["fr", "ar"])
    rest = [
        *((Priority.ANSWER, "", "b"), (Priority.REMINDER, "", "b"), (Priority.REMINDER, Kind.NEWS, "b")),
        *((Priority.CAMPAIGN, Kind.NEWS, "a"), (Priority.CAMPAIGN, Kind.PRESS, "b")),
    ]
    rows = [
        Message(
            **dict(zip(holds.FIELDS, said, strict=True)),
            priority=priority,
            kind=kind,
            recipient_hash=address,
            key=number,
            message_id=number,
            written_at=clock.now(),
            due_at=clock.now(),
            status=MessageStatus.CLAIMED,
            claim="t",
            lease_until=clock.now(),
        )
        for number, (said, (priority, kind, address)) in enumerate(product(marks, rest))
    ]
    return Message.objects.bulk_create(rows)


def may_leave(message: Message, line: tuple[str, ...]) -> bool:
    """The rule in words: not held unless an answer, and no news for who wants none ("b")."""
    held = all(said in ("", getattr(message, name)) for name, said in zip(holds.FIELDS, line, strict=True))
    unwanted = message.kind == Kind.NEWS and message.recipient_hash == "b"
    return not unwanted and not (held and message.priority != Priority.ANSWER)


def test_what_is_claimed_and_what_begins_to_leave_follow_one_rule():
    messages = every_kind_of_message()
    suppressions.suppress("b", kinds=[Kind.NEWS])
    free = Message.objects.filter(holds.not_held(), suppressions.wanted())
    for line in product(*[["", value] for value in LINE.values()]):
        holds.hold(dict(zip(holds.FIELDS, line, strict=True)))
        expected = {message.pk for message in messages if may_leave(message, line)}
        assert 0 < len(expected) < len(messages)
        assert set(free.values_list("pk", flat=True)) == expected
        assert turns.turn([], [message.pk for message in messages], token="t")[1] == expected
        Hold.objects.all().delete()
