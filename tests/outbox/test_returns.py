"""What came back: each notice counts once, three refusals or one complaint end campaigns to an address."""

import contextlib
import threading

import pytest

from outbox import returns, suppressions
from outbox.models import Kind, Message, Partstat, Returned, ReturnKind, Suppression
from tests.factories import make_message
from tests.outbox.test_races import at_once

ADDRESS = "direction@hotel.example"


def refused(message: Message, *, notice: str = "", code: str = "5.1.1") -> Returned | None:
    return returns.record(
        message, kind=ReturnKind.PERMANENT, code=code, notice=notice or f"notice {message.pk}"
    )


def mails(count: int) -> list[Message]:
    return [make_message(recipient=ADDRESS) for _ in range(count)]


def reasons() -> list[str]:
    """Why nothing that can be refused is written to the address; each once, for whichever kinds."""
    return sorted(set(Suppression.objects.values_list("reason", flat=True)))


@pytest.mark.django_db
def test_the_third_mail_refused_for_good_ends_campaigns_those_that_wait_included():
    first, second, third = mails(3)
    waiting = make_message(recipient=ADDRESS, kind=Kind.INVITATIONS)

    for message in (first, second):
        refused(message)
    assert reasons() == []
    refused(third)

    assert reasons() == ["bounces"]
    waiting.refresh_from_db()
    assert waiting.status == "superseded"


@pytest.mark.django_db
def test_only_refusals_of_different_mails_for_the_addresss_sake_count():
    first, second, third = mails(3)
    assert refused(first, notice="a") is not None
    assert refused(first, notice="a") is None  # the same notice
    refused(first, notice="b")  # the same mail
    refused(second, notice="c", code="5.7.1")  # our fault
    returns.record(third, kind=ReturnKind.TRANSIENT, code="4.4.7", notice="d")
    refused(make_message(recipient="reservation@hotel.example"), notice="e")  # somebody else
    refused(third, notice="f")

    assert reasons() == []
    assert Returned.objects.count() == 6


@pytest.mark.django_db
def test_one_complaint_ends_campaigns_at_once():
    (message,) = mails(1)

    returns.record(message, kind=ReturnKind.COMPLAINT, notice="a")

    assert reasons() == ["complaint"]


@pytest.mark.django_db
def test_once_lifted_the_count_begins_anew():
    before = mails(3)
    for message in before:
        refused(message)

    suppressions.lift(before[0].recipient_hash)
    after = mails(3)
    for message in after[:2]:
        refused(message)
    assert reasons() == []

    refused(after[2])
    assert reasons() == ["bounces"]


@pytest.mark.django_db
def test_pages_count_what_came_back_in_one_query(django_assert_num_queries):
    first, second, third = mails(3)
    refused(first, notice="a")
    refused(first, notice="b")
    returns.record(second, kind=ReturnKind.REPLY, partstat="accepted", notice="c")
    returns.record(second, kind=ReturnKind.REPLY, partstat="declined", notice="d")
    returns.record(third, kind=ReturnKind.COMPLAINT, notice="e")
    everything = Message.objects.values("pk")

    with django_assert_num_queries(3):
        assert returns.bounced(everything) == {first.pk}
        assert returns.answered([first.pk, second.pk]) == {second.pk: Partstat.DECLINED}
        assert returns.count(everything) == returns.Counted(bounced=1, complained=1, answered=1)


def last_two_at_once(monkeypatch) -> list[str]:
    """The second and the third refusal are read at once; each counts before the other is committed."""
    first, second, third = mails(3)
    refused(first)
    both_counted = threading.Barrier(2)
    plain = returns._refused

    def wait_for_each_other(recipient_hash):
        found = plain(recipient_hash)
        with contextlib.suppress(threading.BrokenBarrierError):  # the other one waits for us
            both_counted.wait(0.3)
        return found

    monkeypatch.setattr(returns, "_refused", wait_for_each_other)
    at_once(lambda: refused(second), lambda: refused(third))
    return reasons()


@pytest.mark.django_db(transaction=True)
def test_two_readers_at_once_do_not_miss_the_third_refusal(monkeypatch):
    assert last_two_at_once(monkeypatch) == ["bounces"]


@pytest.mark.django_db(transaction=True)
def test_the_race_above_is_real(monkeypatch):
    monkeypatch.setattr(returns, "_alone_with", lambda recipient_hash: None)
    assert last_two_at_once(monkeypatch) == []
