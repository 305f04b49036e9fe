"""Several workers, and changes of the facts, at the same moment. Real transactions, real threads."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet

from outbox import answers, clock, delivery, turns
from outbox.courier import Answer, Courier, Verdict
from outbox.delivery import _outcome, claim, run
from outbox.models import Message, MessageStatus
from outbox.queue import supersede
from outbox.smtp import Server, SmtpCourier
from tests.factories import make_message
from tests.meeting_points import wait_for_a_blocked_query
from tests.outbox.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    def closing(call: Callable[[], Any]) -> Any:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return [future.result(20) for future in [threads.submit(closing, call) for call in calls]]


def hands_for(sink: Sink, *, connections: int = 1) -> list[Courier]:
    return [SmtpCourier(Server.from_url(sink.url)) for _ in range(connections)]


def test_three_workers_at_once_deliver_each_mail_once(sink):
    messages = [make_message() for _ in range(90)]

    at_once(*[lambda: run(hands_for(sink))] * 3)

    assert sink.count() == Counter({message.message_id: 1 for message in messages})
    assert set(Message.objects.values_list("status", flat=True)) == {MessageStatus.SENT}
    assert sink.connections > 1  # they did share the work


def claim_at_once(monkeypatch) -> list[list[int]]:
    """Two workers read what is due before either has claimed it, where nothing hinders them."""
    both_read = threading.Barrier(2)
    plain = QuerySet.update

    def after_both_have_read(rows, **changes):
        if changes.get("status") == MessageStatus.CLAIMED:
            both_read.wait(5)
        return plain(rows, **changes)

    monkeypatch.setattr(QuerySet, "update", after_both_have_read)
    batches = at_once(claim, claim)
    return [[message.pk for message in batch] for batch, _token in batches]


def test_two_workers_never_claim_the_same_message(monkeypatch):
    messages = [make_message() for _ in range(delivery.BATCH * 2)]

    first, second = claim_at_once(monkeypatch)

    assert sorted(first + second) == [message.pk for message in messages]


def test_the_claim_above_is_a_race(monkeypatch):
    """Without skipping what is locked both claim the same: if this fails, the test above is empty."""
    for _ in range(delivery.BATCH * 2):
        make_message()
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)

    first, second = claim_at_once(monkeypatch)

    assert first == second


def change_while_a_worker_takes(commit: bool) -> tuple[bool, str]:
    """A stop is being moved, not yet committed, when a worker comes to its reminder."""
    message = make_message(purpose="seated_eve")
    (claimed,), token = claim()
    changed = threading.Event()

    def move() -> None:
        with transaction.atomic():
            supersede(subject="stop:1", purposes=["seated_eve"])
            changed.set()
            wait_for_a_blocked_query()
            transaction.set_rollback(not commit)

    def work() -> bool:
        changed.wait(5)
        return bool(answers.begin([claimed.pk], token))

    _, taken = at_once(move, work)
    message.refresh_from_db()
    return bool(taken), message.status


def test_a_reminder_waits_for_the_change_under_way_and_does_not_leave():
    assert change_while_a_worker_takes(commit=True) == (False, MessageStatus.SUPERSEDED)


def test_a_change_that_comes_to_nothing_stops_nothing():
    assert change_while_a_worker_takes(commit=False) == (True, MessageStatus.SENDING)


def test_what_has_begun_to_leave_is_on_its_way(sink):
    message = make_message(purpose="seated_eve")
    hold = sink.hold("END")

    def change() -> int:
        hold.reached.wait(5)
        stopped = supersede(subject="stop:1", purposes=["seated_eve"])
        sink.release()
        return stopped

    _, stopped = at_once(lambda: run(hands_for(sink)), change)
    message.refresh_from_db()

    assert (stopped, message.status) == (0, MessageStatus.SENT)
    assert sink.count() == {message.message_id: 1}


def test_a_claim_is_committed_before_the_network_is_touched():
    """Inside somebody's transaction it would not be: a rollback would forget what was sent."""
    make_message()
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        claim()


def test_no_transaction_is_open_while_the_server_dawdles(sink):
    make_message()
    hold = sink.hold("END")

    def look() -> int:
        hold.reached.wait(5)
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from pg_stat_activity where state like 'idle in transaction%'"
                " and datname = current_database()"
            )
            (open_ones,) = cursor.fetchone()
        sink.release()
        return int(open_ones)

    _, open_ones = at_once(lambda: run(hands_for(sink)), look)

    assert open_ones == 0


def test_an_answer_outlives_the_connection_to_the_database(sink):
    """The server says 250 while the database drops us: the answer is written on a new connection."""
    message = make_message()
    hold = sink.hold("END")

    def drop() -> None:
        hold.reached.wait(5)
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
                " and query like '%outbox_message%sending%'"
            )
            assert cursor.fetchall() == [(True,)]
        sink.release()

    at_once(lambda: run(hands_for(sink)), drop)
    message.refresh_from_db()

    assert message.status == MessageStatus.SENT
    assert sink.count() == {message.message_id: 1}


def refuse_while_the_stop_moves(sink) -> Message:
    """The mail with the old hour is on its way when the stop moves; then the server refuses it for now."""
    message = make_message(purpose="seated_eve")
    sink.answers["RCPT"] = ["451 come back later"]
    hold = sink.hold("RCPT")

    def move() -> None:
        hold.reached.wait(5)
        supersede(subject="stop:1", purposes=["seated_eve"])
        sink.release()

    at_once(lambda: run(hands_for(sink)), move)
    message.refresh_from_db()
    return message


def test_what_is_refused_after_the_stop_moved_is_not_tried_again(sink, at):
    message = refuse_while_the_stop_moves(sink)
    assert (message.status, message.answer) == (MessageStatus.SUPERSEDED, "451 come back later")
    assert (message.claim, message.lease_until) == ("", None)
    assert message.final_at is not None
    at(600)
    run(hands_for(sink))
    assert sink.accepted == []


def test_without_the_mark_the_old_hour_above_would_leave(sink, at, monkeypatch):
    monkeypatch.setattr(delivery, "_unless_overtaken", lambda value, otherwise, field: value)
    assert refuse_while_the_stop_moves(sink).status == MessageStatus.QUEUED
    at(600)
    run(hands_for(sink))
    assert len(sink.accepted) == 1


def move_while_a_worker_puts_back() -> str:
    """A worker is writing « queued again » and has not committed when the stop moves."""
    message = make_message(purpose="seated_eve")
    (claimed,), token = claim()
    answers.begin([claimed.pk], token)
    written = threading.Event()

    def put_back() -> None:
        with transaction.atomic():
            answers.keep(_outcome(claimed, token, Answer(Verdict.LATER, "451")))
            answers.write_kept()
            written.set()
            wait_for_a_blocked_query()

    def move() -> None:
        written.wait(5)
        supersede(subject="stop:1", purposes=["seated_eve"])

    at_once(put_back, move)
    message.refresh_from_db()
    return message.status


def test_what_goes_back_into_the_queue_while_the_stop_moves_is_superseded():
    assert move_while_a_worker_puts_back() == MessageStatus.SUPERSEDED


def test_without_the_lock_it_would_stay_in_the_queue(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)
    assert move_while_a_worker_puts_back() == MessageStatus.QUEUED


def turn_while_a_stop_moves(monkeypatch) -> list[Any]:
    """A worker writes that one mail was sent and takes another, written before it, while both move."""
    older, newer = make_message(), make_message()
    (_, token) = claim()
    answers.begin([newer.pk], token)
    sent = turns.Sent(newer.pk, token, clock.now(), "250 OK")
    moved = threading.Event()

    def quickly() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET deadlock_timeout = '20ms'")

    def move() -> None:
        quickly()
        with transaction.atomic():
            Message.objects.select_for_update(no_key=True).get(pk=older.pk)
            moved.set()
            wait_for_a_blocked_query()
            Message.objects.select_for_update(no_key=True).get(pk=newer.pk)

    def work() -> Any:
        quickly()
        moved.wait(5)
        return turns.turn([sent], [older.pk], token=token)

    return [at_once(move, work)[1], older.pk, newer.pk]


def test_a_worker_and_a_change_of_the_stop_never_wait_crosswise(monkeypatch):
    (written, begun), older, newer = turn_while_a_stop_moves(monkeypatch)

    assert (written, begun) == ({newer}, {older})


def test_without_the_order_of_locks_they_would(monkeypatch):
    monkeypatch.setattr(turns, "STATEMENT", turns.STATEMENT.replace("ORDER BY id FOR NO KEY UPDATE", ""))

    with pytest.raises(OperationalError, match="deadlock"):
        turn_while_a_stop_moves(monkeypatch)


def test_what_a_stop_overtakes_while_a_worker_takes_several_does_not_leave_with_them(sink):
    """Of three in one round, one is being superseded: the two others leave."""
    messages = [make_message(), make_message(purpose="seated_eve"), make_message()]
    (claimed, token) = claim()
    changed = threading.Event()

    def move() -> None:
        with transaction.atomic():
            supersede(subject="stop:1", purposes=["seated_eve"])
            changed.set()
            wait_for_a_blocked_query()

    def work() -> None:
        changed.wait(5)
        delivery.deliver(claimed, token, hands_for(sink, connections=3))
        answers.write_kept()

    at_once(move, work)

    statuses = dict(Message.objects.values_list("pk", "status"))
    assert [statuses[message.pk] for message in messages] == ["sent", "superseded", "sent"]
    assert sink.count() == {messages[0].message_id: 1, messages[2].message_id: 1}
