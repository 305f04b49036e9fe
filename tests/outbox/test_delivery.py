"""Delivering what is due: once each, in order, and nothing that no longer makes sense."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from outbox import answers, clock, delivery, mime, stopping, turns
from outbox.courier import Answer, Mail, Talk, Verdict
from outbox.delivery import DELAYS, LEASE, claim, deliver, run, send, sweep
from outbox.models import Kind, Message, MessageStatus, Priority, Suppression
from outbox.queue import hash_of, supersede
from outbox.smtp import Server, SmtpCourier
from outbox.tasks import deliver_due
from outbox.tasks import sweep as sweep_task
from tests.factories import make_message

pytestmark = pytest.mark.django_db


def state(message: Message) -> str:
    message.refresh_from_db()
    return message.status


def recipients(sink) -> list[str]:
    return [mail["To"] for mail in sink.accepted]


def test_what_is_due_is_sent_and_said_to_be(hands, sink):
    message = make_message()

    assert run(hands) is None
    assert state(message) == MessageStatus.SENT
    assert (message.answer, message.attempts) == ("250 OK", 1)
    assert (message.claim, message.lease_until) == ("", None)
    assert message.final_at is not None
    assert sink.count() == {message.message_id: 1}
    assert sink.accepted[0]["Subject"] == message.headline


def test_the_pressing_leave_before_the_old_and_nothing_before_its_time(hands, sink):
    hour = timedelta(hours=1)
    make_message(priority=Priority.CAMPAIGN, due_at=clock.now() - 3 * hour, recipient="4@x.example")
    make_message(priority=Priority.CHANGE, due_at=clock.now() - hour, recipient="3@x.example")
    make_message(priority=Priority.CHANGE, due_at=clock.now() - 2 * hour, recipient="2@x.example")
    make_message(priority=Priority.ANSWER, recipient="1@x.example")
    later = make_message(due_at=clock.now() + hour)

    run(hands)

    assert recipients(sink) == ["1@x.example", "2@x.example", "3@x.example", "4@x.example"]
    assert state(later) == MessageStatus.QUEUED


def test_a_worker_told_to_stop_ends_after_the_mail_under_way_and_charges_the_others_with_no_try(
    hands, sink, monkeypatch
):
    messages = [make_message() for _ in range(3)]
    monkeypatch.setattr(stopping, "told", lambda: bool(sink.accepted))

    assert run(hands) is None
    assert [state(message) for message in messages] == ["sent", "queued", "queued"]
    assert [message.attempts for message in messages] == [1, 0, 0]
    monkeypatch.setattr(stopping, "told", lambda: False)
    run(hands)
    assert {state(message) for message in messages} == {"sent"}


def test_running_twice_sends_once(hands, sink):
    message = make_message()

    run(hands)
    run(hands)

    assert sink.count() == {message.message_id: 1}


@pytest.mark.parametrize(("mails", "connections", "queries"), [(1, 4, 4), (10, 1, 15), (40, 4, 17)])
def test_a_round_of_mails_costs_one_query_and_a_batch_two_more(
    hands, mails, connections, queries, monkeypatch
):
    monkeypatch.setattr(delivery, "HOLD_SECONDS", 3600.0)  # however slow the machine, batches grow
    hands = [SmtpCourier(hands[0].server) for _ in range(connections)]
    for _ in range(mails):
        make_message()

    with CaptureQueriesContext(connection) as asked:
        run(hands)

    assert len([query for query in asked if "SAVEPOINT" not in query["sql"]]) == queries


@pytest.mark.parametrize(
    ("answers_at", "status", "answer"),
    [
        ({"RCPT": ["450 greylisted"]}, MessageStatus.QUEUED, "450 greylisted"),
        ({"MAIL": ["421 closing"]}, MessageStatus.QUEUED, "421 closing"),
        ({"END": ["451 busy"]}, MessageStatus.QUEUED, "451 busy"),
        ({"RCPT": ["550 no such user"]}, MessageStatus.FAILED, "550 no such user"),
        ({"END": ["554 refused"]}, MessageStatus.FAILED, "554 refused"),
        (
            {"RCPT": [None]},
            MessageStatus.QUEUED,
            "SMTPServerDisconnected: Connection unexpectedly closed",
        ),
        (
            {"END": [None]},
            MessageStatus.IN_DOUBT,
            "SMTPServerDisconnected: Connection unexpectedly closed",
        ),
    ],
)
def test_what_the_server_says_decides_and_is_kept(hands, sink, answers_at, status, answer):
    sink.answers = answers_at
    message, other = make_message(), make_message()

    run(hands)

    assert state(message) == status
    assert message.answer.startswith(answer)
    assert (message.claim, message.lease_until, message.attempts) == ("", None, 1)
    assert (message.final_at is not None) is (status == MessageStatus.FAILED)
    assert state(other) == MessageStatus.SENT  # one refusal does not stop the others
    assert message.due_at > clock.now() or status != MessageStatus.QUEUED


def test_each_further_try_waits_longer_and_at_last_it_has_failed(hands, sink, at):
    message = make_message()
    sink.refuses = {message.recipient: "451 not now"}
    waits = []
    for _ in DELAYS:
        asked = clock.now()
        run(hands)
        message.refresh_from_db()
        waits.append(round((message.due_at - asked).total_seconds() / 60))
        Message.objects.update(due_at=clock.now())
    run(hands)

    assert waits == DELAYS == sorted(DELAYS)
    assert sum(DELAYS) > 48 * 60
    assert state(message) == MessageStatus.FAILED
    assert message.attempts == len(DELAYS) + 1


def test_a_server_that_is_away_costs_one_mail_one_try_and_the_others_none():
    first, second = make_message(), make_message()
    hands = [SmtpCourier(Server.from_url("smtp://127.0.0.1:1")) for _ in range(3)]

    assert run(hands) is None

    assert (state(first), first.attempts, first.claim) == (MessageStatus.QUEUED, 1, "")
    assert first.due_at > clock.now()
    assert (state(second), second.attempts, second.claim) == (MessageStatus.QUEUED, 0, "")
    assert second.due_at <= clock.now()


def test_what_is_too_late_does_not_leave(hands, sink, at):
    message = make_message(valid_until=clock.now() + timedelta(seconds=30))
    batch, token = claim()
    at(60)
    deliver(batch, token, hands)

    assert state(message) == MessageStatus.TOO_LATE
    assert message.final_at is not None and message.claim == ""
    assert sink.accepted == []


def test_what_became_too_late_in_the_queue_is_said_to_be(at):
    message = make_message(
        due_at=clock.now() + timedelta(days=1), valid_until=clock.now() + timedelta(seconds=30)
    )
    assert sweep() is False
    assert state(message) == MessageStatus.QUEUED
    at(60)
    sweep()

    assert state(message) == MessageStatus.TOO_LATE


def test_what_was_superseded_in_the_queue_does_not_leave(hands, sink):
    make_message(purpose="seated_eve")
    supersede(subject="stop:1", purposes=["seated_eve"])
    run(hands)

    assert sink.accepted == []


def test_what_was_superseded_in_a_workers_hands_does_not_leave(hands, sink):
    message, other = make_message(purpose="seated_eve"), make_message(purpose="seat")
    batch, token = claim()
    supersede(subject="stop:1", purposes=["seated_eve"])
    deliver(batch, token, hands)

    assert state(message) == MessageStatus.SUPERSEDED
    assert recipients(sink) == [other.recipient]


@pytest.mark.parametrize("kind", ["", *Kind])
def test_a_refusal_stops_the_mails_of_its_kind_and_no_others(hands, sink, kind):
    message = make_message(recipient="direction@hotel.example", kind=kind)
    batch, token = claim()
    refuse("direction@hotel.example", Kind.NEWS)
    refuse("autre@hotel.example", Kind.PRESS)
    make_message(recipient="autre@hotel.example", kind=Kind.NEWS)
    deliver(batch, token, hands)
    run(hands)

    leaves = kind != Kind.NEWS
    assert state(message) == (MessageStatus.SENT if leaves else MessageStatus.SUPERSEDED)
    assert (message.answer == delivery.UNSUBSCRIBED) is not leaves
    assert recipients(sink)[-1] == "autre@hotel.example"
    assert len(sink.accepted) == 1 + leaves


def test_a_refusal_still_stops_mails_when_the_key_of_the_links_is_replaced(hands, sink, settings):
    refuse("direction@hotel.example", Kind.INVITATIONS)
    settings.LINK_KEY_FALLBACKS = []
    settings.LINK_KEY = "another-key-" * 4
    make_message(recipient="direction@hotel.example", kind=Kind.INVITATIONS)
    run(hands)

    assert sink.accepted == []


def refuse(address, kind):
    """As a person does whose mail a worker has in hand: it is not taken out of the queue."""
    Suppression.objects.create(recipient_hash=hash_of(address), kind=kind, reason="link", at=clock.now())


def lose_the_lease_to_another_worker(hands, at) -> None:
    """A first worker claims and dawdles; its lease runs out, a second one delivers; the first wakes."""
    batch, token = claim()
    at(LEASE.total_seconds() + 1)
    sweep()
    run(hands)
    deliver(batch, token, hands)


def test_whoever_loses_the_lease_has_lost_the_message(hands, sink, at):
    message = make_message()
    lose_the_lease_to_another_worker(hands, at)

    assert sink.count() == {message.message_id: 1}
    assert state(message) == MessageStatus.SENT


def test_the_loss_above_is_real(hands, sink, at, monkeypatch):
    """Without the token both send: if this fails, the test above proves nothing."""
    monkeypatch.setattr(answers, "begin", lambda pks, token: set(pks))
    message = make_message()
    lose_the_lease_to_another_worker(hands, at)

    assert sink.count() == {message.message_id: 2}


def test_a_claim_is_free_again_when_its_lease_ran_out_and_not_before(at):
    message = make_message()
    claim()
    at(LEASE.total_seconds() - 5)
    assert (sweep(), state(message)) == (False, MessageStatus.CLAIMED)

    at(LEASE.total_seconds() + 5)
    assert (sweep(), state(message)) == (True, MessageStatus.QUEUED)
    assert (message.claim, message.lease_until, message.attempts) == ("", None, 0)


def test_a_sending_is_in_doubt_only_after_lease_and_server_patience(at, settings):
    settings.EMAIL_URL = "smtp://mail.example/?timeout=30"
    message = make_message()
    _batch, token = claim()
    assert answers.begin([message.pk], token) == {message.pk}

    at(LEASE.total_seconds() + 25)
    sweep()
    assert state(message) == MessageStatus.SENDING

    at(LEASE.total_seconds() + 35)
    sweep()
    assert state(message) == MessageStatus.IN_DOUBT
    assert message.final_at is None


def test_the_worker_of_a_message_in_doubt_may_still_resolve_it(hands, sink, at):
    message = make_message()
    batch, token = claim()

    class Slow:
        def open(self) -> None:
            return hands[0].open()

        def talk(self, mail: Mail) -> Talk:
            answer = yield from hands[0].talk(mail)
            at(LEASE.total_seconds() + 60)
            sweep()
            assert state(message) == MessageStatus.IN_DOUBT
            return answer

        def close(self) -> None:
            hands[0].close()

    deliver(batch, token, [Slow()])
    answers.write_kept()

    assert state(message) == MessageStatus.SENT
    assert sink.count() == {message.message_id: 1}


def test_what_a_person_decided_is_not_changed_by_a_worker_that_comes_back(hands):
    message = make_message()
    batch, token = claim()
    answers.begin([message.pk], token)
    Message.objects.update(status=MessageStatus.SUPERSEDED, claim="", lease_until=None, final_at=clock.now())
    for verdict in Verdict:
        answers.keep(delivery._outcome(batch[0], token, Answer(verdict, "answered")))
    assert answers.write_kept()

    assert (state(message), message.answer) == (MessageStatus.SUPERSEDED, "")


def test_an_answer_is_kept_while_the_database_is_away_and_written_later(hands, sink, monkeypatch):
    """The 250 is told once: losing it would leave a doubt, or send twice."""
    message, other = make_message(), make_message()
    write, failures = turns.turn, []

    def away(sent, begin=(), **token):
        if not sent:
            return write(sent, begin, **token)
        failures.append(sent)
        raise OperationalError("the server closed the connection unexpectedly")

    monkeypatch.setattr(answers, "PATIENCE", 0.0)
    monkeypatch.setattr(answers, "PAUSE", 0.0)
    monkeypatch.setattr(turns, "turn", away)
    monkeypatch.setattr(connection, "close", lambda: None)  # the test's own transaction stays
    assert run(hands) is None
    assert state(message) == MessageStatus.SENDING
    assert state(other) == MessageStatus.CLAIMED  # nothing further is begun without a database
    assert run(hands) is None
    assert len(sink.accepted) == 1

    monkeypatch.setattr(turns, "turn", write)
    run(hands)

    assert failures
    assert (state(message), message.answer) == (MessageStatus.SENT, "250 OK")
    assert sink.count() == {message.message_id: 1}


def test_a_mail_that_cannot_be_built_has_failed_and_holds_nobody_up(hands, sink):
    bad, good = make_message(headline="Place\r\nBcc: autre@hotel.example"), make_message()
    run(hands)

    assert (state(bad), bad.answer) == (MessageStatus.FAILED, "ValueError")
    assert recipients(sink) == [good.recipient]


def test_a_round_is_bounded_and_rings_for_the_rest(hands, sink, rings, monkeypatch, settings):
    settings.EMAIL_URL = sink.url
    monkeypatch.setattr(delivery, "BATCH", 2)
    monkeypatch.setattr(delivery, "RUN_SECONDS", 0.0)
    for _ in range(3):
        make_message()

    deliver_due()
    assert (len(sink.accepted), rings) == (2, ["ring"])

    deliver_due()
    assert (len(sink.accepted), rings) == (3, ["ring"])


def test_the_sweep_rings_when_something_is_due_and_only_then(rings):
    sweep_task()
    assert rings == []

    make_message()
    sweep_task()
    assert rings == ["ring"]


def test_each_try_carries_the_same_message_id_and_the_same_words(hands, sink):
    message = make_message()
    sink.answers["END"] = ["451 busy"]
    run(hands)
    Message.objects.update(due_at=clock.now())
    run(hands)

    first, second = sink.arrived
    assert first["Message-ID"] == second["Message-ID"] == message.message_id
    assert [part.get_content() for part in first.iter_parts()] == [
        part.get_content() for part in second.iter_parts()
    ]


def test_one_mail_names_one_recipient(hands, sink):
    messages = [make_message(), make_message()]
    run(hands)

    assert recipients(sink) == [message.recipient for message in messages]
    assert {mail["From"] for mail in sink.accepted} == {
        f"Office National Marocain du Tourisme <{mime.sender()[1]}>"
    }


def test_sending_says_no_when_the_token_is_not_the_one_on_the_row(hands, sink):
    message = make_message()
    batch, token = claim()

    assert send(batch, "another token", hands) is True  # nothing is wrong, it is just not ours
    assert (state(message), message.claim) == (MessageStatus.CLAIMED, token)
    assert sink.accepted == []


def test_several_connections_carry_one_mail_each_at_the_same_time(hands, sink):
    messages = [make_message() for _ in range(5)]
    run([SmtpCourier(hands[0].server) for _ in range(3)])

    assert sink.connections == 3
    assert recipients(sink) == [message.recipient for message in messages]
    assert {state(message) for message in messages} == {MessageStatus.SENT}


@pytest.mark.parametrize("answer", ["450 greylisted", "550 no such user", None])
def test_what_happens_to_a_mail_is_told_of_that_mail_alone(hands, sink, answer):
    messages = [make_message() for _ in range(3)]
    sink.answers["END"] = ["250 OK", answer, "250 OK"]
    run([SmtpCourier(hands[0].server) for _ in range(3)])

    told = {"450 greylisted": "queued", "550 no such user": "failed", None: "in_doubt"}[answer]
    assert [state(message) for message in messages] == ["sent", told, "sent"]


def test_a_server_that_takes_fewer_connections_is_given_fewer(hands, sink):
    messages = [make_message() for _ in range(4)]
    nobody_there = SmtpCourier(Server.from_url("smtp://127.0.0.1:1"))
    crowd = [*hands, nobody_there, SmtpCourier(hands[0].server)]
    run(crowd)

    assert crowd == hands
    assert [(state(message), message.attempts) for message in messages] == [("sent", 1)] * 4


def test_what_is_more_pressing_waits_for_half_a_second_of_others_at_most():
    """A batch grows while the server is quick, and shrinks when it is slow: without a wall clock."""
    sizes = [delivery.FIRST_BATCH]
    for seconds in (0.1, 0.2, 0.3, 0.4, 0.1, 2.0, 2.0, 9.0, 9.0, 9.0, 9.0):
        sizes.append(delivery._next_size(sizes[-1], seconds=seconds))

    assert sizes == [8, 16, 32, 32, 32, 40, 20, 10, 5, 2, 1, 1]


def test_a_confirmation_asked_for_while_a_campaign_leaves_passes_before_the_rest_of_it(hands, sink):
    """As soon as the batch in hand is through: eight mails here, of thirty that were there before."""
    for number in range(30):
        make_message(priority=Priority.CAMPAIGN, recipient=f"{number}@campaign.example")
    campaign = type(hands[0]).talk

    class Registering(SmtpCourier):
        def talk(self, mail: Mail) -> Talk:
            if mail.recipient == "3@campaign.example":
                make_message(priority=Priority.ANSWER, recipient="me@hotel.example")
            return campaign(self, mail)

    run([Registering(hands[0].server)])

    assert recipients(sink)[delivery.FIRST_BATCH] == "me@hotel.example"
    assert len(sink.accepted) == 31


def test_servers_say_what_they_could_not_deliver_where_it_is_read(settings):
    message = make_message()

    def sender() -> str:
        return delivery._built([message], "token")[message.pk].sender

    assert sender() == "tournee@portal.example"
    settings.REPLIES_ADDRESS = "reponses+*@portal.example"
    assert sender() == "reponses@portal.example"
    settings.RETURN_PATH = "retours@portal.example"
    assert sender() == "retours@portal.example"
