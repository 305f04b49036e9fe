"""The mail server away, slow, rude, and without the TLS it was to have; the clock; a stop that moves.

What it surely did not take is tried again, what it may have taken is in doubt, what it refuses for good is
shown as refused.
"""

from datetime import time, timedelta

import pytest

from meetings import lifecycle, reminders
from outbox import clock
from outbox.models import Message, MessageStatus, Priority
from regions import legal_time
from tests import databases
from tests.factories import make_official, make_stop, next_thursday
from tests.outbox.site import Site, let_be_due, let_lapse, prove, statuses, until, write

pytestmark = pytest.mark.faults


def test_each_refusal_and_each_lost_connection_is_what_it_was(site):
    messages = write(30)
    # More than the connection holds in one go: they hang up while we still speak.
    Message.objects.filter(pk=messages[4].pk).update(text="Bonjour.\n" * 700_000)
    told = {
        1: ("RCPT", "450 later"),
        2: ("RCPT", "550 nobody of that name"),
        3: ("RCPT", "421 closing"),
        4: ("BODY", ""),  # they hang up before the final dot has left
        5: ("END", None),  # and after it: nobody knows
        6: ("END", "451 later"),
        7: ("END", "554 no"),
        8: ("DATA", None),
        9: ("MAIL", "450 to some"),
    }
    for number, (stage, said) in told.items():
        site.sink.answers(stage, "" if stage == "MAIL" else messages[number].recipient, said)
    site.ready(connections=3)
    site.ring()
    until(lambda: Message.objects.filter(status=MessageStatus.QUEUED, attempts=0).count() == 0)
    site.settled()

    refused = {2: "failed", 7: "failed", 5: "in_doubt"}
    assert statuses(messages) == [refused.get(number, "sent") for number in range(30)]
    put_off = [messages[number].pk for number in (1, 6)]
    assert set(Message.objects.filter(pk__in=put_off).values_list("attempts", flat=True)) == {2}
    prove(site.sink.taken(), killed=1, refused=2)


def test_a_server_that_is_away_loses_nothing_and_says_so(site):
    messages = write(20)
    site.sink.down()
    site.ready()
    site.ring()
    until(lambda: Message.objects.filter(answer__startswith="ConnectionRefusedError").count() == 1)
    until(lambda: set(statuses(messages)) == {"queued"})
    prove(site.sink.taken())
    site.sink.up()
    site.settled()
    assert statuses(messages) == ["sent"] * 20
    prove(site.sink.taken())


def test_a_server_slow_beyond_our_patience_leaves_what_it_has_in_doubt(site):
    messages = write(6)
    site.sink.hold("END")  # what has come whole, and is taken in the end
    worker = site.worker(EMAIL_URL=site.sink.url.replace("timeout=20", "timeout=1"))
    site.ring()
    until(lambda: statuses(messages)[0] == MessageStatus.IN_DOUBT)
    worker.kill()
    site.sink.release()
    site.ready()
    let_lapse()
    site.settled()
    prove(site.sink.taken(), killed=2)


def test_without_the_tls_it_was_to_have_nothing_leaves_in_clear(site):
    messages = write(8)
    worker = site.worker(EMAIL_URL=site.sink.url.replace("smtp://", "smtp+tls://"))
    site.sink.starttls("454 not now")
    site.ring()
    until(lambda: Message.objects.filter(answer__startswith="454").exists())
    site.sink.starttls("")  # not even offered
    let_be_due()
    site.ring()
    until(lambda: Message.objects.filter(answer__startswith="SMTPNotSupportedError").exists())
    assert site.sink.taken() == []
    worker.kill()
    site.ready()
    site.settled()
    assert statuses(messages) == ["sent"] * 8
    prove(site.sink.taken())


def test_a_clock_past_its_hour_stops_what_makes_no_more_sense_and_writes_what_is_due_once(site, calendar):
    """Two workers and two beats, all three weeks ahead, where the invitations of a stop are due."""
    stop = make_stop(date=next_thursday(35))
    reminders.lay_down(stop.tour)
    for number in range(6):
        make_official(email=f"official-{number}@crt.example")
    late = write(
        10, name="seated_eve", priority=Priority.REMINDER, valid_until=clock.now() + timedelta(hours=1)
    )
    there = legal_time.instant(stop.date - timedelta(days=21), time(9)) + timedelta(minutes=5)
    offset = (there - clock.now()).total_seconds()
    for _ in range(2):
        site.worker(offset=offset)
        site.beat(offset=offset)
    sent = Message.objects.filter(purpose="invitation", status=MessageStatus.SENT)
    until(lambda: sent.count() == 6 and set(statuses(late)) == {"too_late"})

    assert {mail.to for mail in site.sink.taken()} == {
        f"official-{number}@crt.example" for number in range(6)
    }
    prove(site.sink.taken())


def test_a_stop_moved_while_its_reminders_leave_tells_nobody_the_old_hour(site, calendar):
    """Five hundred are queued, and workers have twenty and more of them in hand."""
    stop = make_stop()
    messages = write(500, name="seated_eve", subject=f"stop:{stop.pk}", priority=Priority.REMINDER)
    site.sink.hold("GREETING")
    site.worker(concurrency=3)
    for _ in range(3):
        site.ring()
    claimed = Message.objects.filter(status=MessageStatus.CLAIMED)
    until(lambda: claimed.count() >= 20)
    lifecycle.change(stop, changes={"date": stop.date + timedelta(days=7)}, by=None)
    site.sink.release()
    other = write(1, name="answer")
    site.settled()

    assert statuses(messages) == ["superseded"] * 500
    assert site.sink.count() == {other[0].message_id: 1}
    prove(site.sink.taken())


@pytest.fixture
def calendar(site: Site):
    """Stops and their people are made in this database, and none is left."""
    yield
    site.kill()
    databases.empty()
