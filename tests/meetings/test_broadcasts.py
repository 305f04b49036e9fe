"""What the team tells in its own words: to whom, once, and ahead of all other mails."""

import contextlib
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import AuditEntry
from meetings import broadcasts, unsubscribing
from meetings.models import Addressee, Answer, Broadcast, Invitation, Stop
from outbox import clock, delivery, suppressions
from outbox.models import Kind, Message, MessageStatus, Priority
from outbox.queue import hash_of
from regions import legal_time
from regions.models import Official
from tests.factories import (
    make_message,
    make_official,
    make_professional,
    make_registration,
    make_staff,
    make_stop,
)

pytestmark = pytest.mark.django_db
WORDS = {"text_fr": "La salle change.", "text_ar": "تغيرت القاعة.", "text_en": ""}


def tell(stop: Stop, *audiences: str, urgent: bool = True, form: str = "f", **more: Any) -> Broadcast:
    if urgent:
        end = legal_time.wall_clock(clock.now() + timedelta(hours=5))
        more = {"until_day": end.date(), "until_hour": end.time().replace(tzinfo=None)} | more
    else:
        more = {"headline_fr": "La salle", "headline_ar": "القاعة"} | more
    return broadcasts.order(
        stop, urgent=urgent, audiences=audiences, form=form, by=make_staff(), **WORDS | more
    )


def invite(stop: Stop, official: Any, answer: str = Answer.NONE) -> Invitation:
    now = clock.now()
    return Invitation.objects.create(
        stop=stop, audience=official.body, key=f"official:{official.pk}",
        recipient_hash=hash_of(official.email),
        answer=answer, answered_at=None if answer == Answer.NONE else now, written_at=now,
    )  # fmt: skip


def write(broadcast: Broadcast) -> int:
    return broadcasts.write(broadcast.pk, limit=1000)


def test_each_is_told_once_in_their_language_however_often_it_is_pressed_and_worked() -> None:
    stop = make_stop()
    make_registration(stop, professional=make_professional(language="fr", email="un@hotel.example"))
    make_registration(stop, professional=make_professional(language="ar", email="deux@hotel.example"))
    one, again = tell(stop, "seated"), tell(stop, "seated")
    assert one == again
    assert (write(one), write(one)) == (2, 0)
    mails = Message.objects.filter(purpose="urgent").order_by("recipient")
    assert [(mail.recipient, mail.language) for mail in mails] == [
        ("deux@hotel.example", "ar"),
        ("un@hotel.example", "fr"),
    ]
    assert ["La salle change." in mail.text for mail in mails] == [False, True]
    assert ["تغيرت القاعة." in mail.text for mail in mails] == [True, False]
    assert {mail.reply_to for mail in mails} == {stop.contact_email}
    assert AuditEntry.objects.filter(verb="alerted").count() == 1


def test_what_is_urgent_leaves_before_everything_that_waits() -> None:
    stop = make_stop()
    make_message(priority=Priority.ANSWER, due_at=clock.now() - timedelta(hours=1))
    make_registration(stop)
    write(tell(stop, "seated"))
    due = Message.objects.filter(status=MessageStatus.QUEUED).order_by("priority", "due_at", "pk")
    assert [mail.purpose for mail in due] == ["urgent", "seat"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_takes_the_urgent_first() -> None:
    stop = make_stop()
    make_message(priority=Priority.ANSWER)
    make_registration(stop)
    write(tell(stop, "seated"))
    batch, _token = delivery.claim()
    assert next(iter(batch)).purpose == "urgent"


def test_an_unsubscription_stops_what_goes_to_the_invited_and_not_what_goes_to_the_seated() -> None:
    stop = make_stop()
    silent = make_official(email="silencieux@crt.example")
    heard = make_official(email="invite@crt.example")
    comes = make_official(email="vient@crt.example")
    for official, answer in ((silent, Answer.NONE), (heard, Answer.NONE), (comes, Answer.ACCEPTED)):
        invite(stop, official, answer)
    make_registration(stop, professional=make_professional(email="inscrit@hotel.example"))
    for address in ("silencieux@crt.example", "vient@crt.example", "inscrit@hotel.example"):
        suppressions.suppress(hash_of(address))
    write(tell(stop, "crt", "accepted", "seated"))
    told = {mail.recipient: "List-Unsubscribe" in mail.headers for mail in Message.objects.all()}
    assert told == {"invite@crt.example": True, "vient@crt.example": False, "inscrit@hotel.example": False}
    assert Addressee.objects.filter(by_mail=False).get().key == f"official:{silent.pk}"


def test_who_was_never_invited_or_declined_is_left_in_peace() -> None:
    stop = make_stop()
    make_official()
    invite(stop, make_official(), Answer.DECLINED)
    with pytest.raises(broadcasts.Nobody):
        tell(stop, "crt", urgent=False)


def test_somebody_in_two_audiences_is_told_once_as_the_one_who_comes() -> None:
    stop = make_stop()
    official = make_official()
    invite(stop, official, Answer.ACCEPTED)
    [told] = broadcasts.people(stop, ["crt", "accepted"])
    assert (told.audience, told.invitation) == ("accepted", None)


def test_who_has_no_mail_is_there_to_be_called() -> None:
    stop = make_stop()
    make_registration(stop, professional=make_professional(email="", phone="+212612345678"))
    broadcast = tell(stop, "seated")
    assert (write(broadcast), Message.objects.count()) == (0, 0)
    assert [(row.by_mail, row.written_at) for row in broadcast.addressees.all()] == [(False, None)]


def test_who_gave_up_the_seat_since_is_not_written_to() -> None:
    stop = make_stop()
    mine = make_registration(stop)
    broadcast = tell(stop, "seated")
    type(mine).objects.filter(pk=mine.pk).update(status="cancelled", cancelled_at=clock.now())
    assert write(broadcast) == 1
    assert Message.objects.count() == 0
    assert list(broadcasts.to_be_written()) == []


def test_a_withdrawn_alert_writes_no_more_and_what_has_not_left_does_not_leave() -> None:
    stop = make_stop()
    make_registration(stop)
    broadcast = tell(stop, "seated")
    write(broadcast)
    other = tell(stop, "seated", form="autre")
    assert (broadcasts.withdraw(broadcast, by=None), broadcasts.withdraw(broadcast, by=None)) == (True, False)
    broadcasts.withdraw(other, by=None)
    assert write(other) == 0
    assert [mail.status for mail in Message.objects.all()] == [MessageStatus.SUPERSEDED]
    assert AuditEntry.objects.filter(verb="alert_withdrawn").count() == 2


def test_one_who_cannot_be_written_to_does_not_hold_the_others_back(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = make_stop()
    first, second = make_registration(stop), make_registration(stop)
    written = broadcasts._enqueue

    def refusing(broadcast: Broadcast, at: Stop, told: broadcasts.Told, official: Official | None) -> bool:
        if told.person.key == f"registration:{first.pk}":
            raise ValueError("nobody can be written to like this")
        return written(broadcast, at, told, official)

    monkeypatch.setattr(broadcasts, "_enqueue", refusing)
    broadcast = tell(stop, "seated")
    assert write(broadcast) == 1
    waiting = Addressee.objects.filter(written_at=None)
    assert [row.key for row in waiting] == [f"registration:{first.pk}"]
    assert second.pk != first.pk


def test_a_message_to_those_who_come_is_no_campaign_and_one_to_the_invited_is() -> None:
    stop = make_stop()
    make_registration(stop)
    invite(stop, make_official())
    write(tell(stop, "seated", "crt", urgent=False))
    assert sorted(Message.objects.values_list("purpose", "priority")) == [
        ("message", Priority.CHANGE),
        ("message", Priority.CAMPAIGN),
    ]
    assert set(Message.objects.values_list("headline", flat=True)) == {"La salle"}


def race_of_two_workers(broadcast: Broadcast) -> int:
    """Both read the same people before either has written; answers how many went through their hands."""
    both = threading.Barrier(2, timeout=0.5)
    counted: list[int] = []
    read = broadcasts.people

    def slow(*args: Any, **options: Any) -> Any:
        found = read(*args, **options)
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait()
        return found

    def work() -> None:
        with transaction.atomic():
            counted.append(broadcasts.write_batch(broadcast.pk, failed=set()))
        connection.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(broadcasts, "people", slow)
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return sum(counted)


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_an_order_and_never_do_it_twice() -> None:
    stop = make_stop()
    make_registration(stop)
    assert race_of_two_workers(tell(stop, "seated")) == 1
    assert Message.objects.filter(purpose="urgent").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_race_above_is_real(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the lock both go through the same person: if this fails, the test above proves nothing."""
    monkeypatch.setattr(broadcasts, "lock", lambda pk: Broadcast.objects.get(pk=pk))
    stop = make_stop()
    make_registration(stop)
    assert race_of_two_workers(tell(stop, "seated")) == 2


def test_who_was_only_invited_refuses_the_teams_messages_and_no_invitation() -> None:
    stop = make_stop()
    invite(stop, make_official(email="invite@crt.example"))
    write(tell(stop, "crt"))
    link = unsubscribing.address("invite@crt.example", Kind.NEWS, "fr")
    message = Message.objects.get()
    assert (message.kind, message.headers["List-Unsubscribe"]) == (Kind.NEWS, f"<{link}>")
    suppressions.suppress(hash_of("invite@crt.example"), kinds=[Kind.INVITATIONS])
    assert [told.by_mail for told in broadcasts.people(stop, ["crt"])] == [True]
    suppressions.suppress(hash_of("invite@crt.example"), kinds=[Kind.NEWS])
    assert [told.by_mail for told in broadcasts.people(stop, ["crt"])] == [False]
