"""meetings.reach: whom an order reached, each person counted once, true to the database."""

from collections import Counter
from datetime import time, timedelta
from importlib import import_module

import pytest
from django.db import connection

from meetings import again, audiences, campaign_files, campaigns, correspondence, invitations, reach
from meetings.models import Answer, Invitation
from meetings.reach import Reach
from outbox import clock, decisions, returns, suppressions
from outbox.models import Message, ReturnKind
from outbox.queue import hash_of
from regions import legal_time
from tests.factories import (
    make_message,
    make_official,
    make_organisation,
    make_professional,
    make_staff,
    make_stop,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings")]

STATES = ["sent", "sent", "queued", "failed", "in_doubt", "too_late", "superseded"]


@pytest.fixture
def stop():
    return make_stop()


@pytest.fixture
def order(stop, professionals):
    """Seven professionals, the mail of each in a state of its own; the second came back."""
    for number, _state in enumerate(STATES):
        professionals.add(language="ar" if number == 2 else "fr")
    made = invitations.invite(stop, audiences=["professionals"], by=None)
    while campaigns.write(made, limit=100):
        pass
    for message, status in zip(Message.objects.order_by("pk"), STATES, strict=True):
        Message.objects.filter(pk=message.pk).update(status=status)
    returns.record(Message.objects.order_by("pk")[1], kind=ReturnKind.PERMANENT, notice="a")
    made.refresh_from_db()
    return made


def write(order):
    order.refresh_from_db()
    while campaigns.write(order, limit=100):
        pass
    order.refresh_from_db()


def test_each_person_counts_once_by_what_became_of_their_invitation(order, django_assert_num_queries):
    Invitation.objects.filter(key="professional:1").update(answer=Answer.ACCEPTED, answered_at=clock.now())
    assert order.stop
    with django_assert_num_queries(3):
        found = reach.figures(order)
    assert found.reached == Counter(
        [
            *(Reach.DELIVERED, Reach.BOUNCED, Reach.WAITING, Reach.FAILED),
            *(Reach.IN_DOUBT, Reach.TOO_LATE, Reach.DROPPED),
        ]
    )
    assert (found.people, found.written, found.whole, found.waiting) == (7, 7, 7, 1)
    assert found.answered == Counter([Answer.ACCEPTED])
    assert found.languages == Counter({("professionals", "fr"): 6, ("professionals", "ar"): 1})


def test_a_letter_reaches_whom_it_was_handed_to_and_before_an_order_is_written_nobody_is_known(stop):
    for _ in range(4):
        make_official(email="")
    order = invitations.invite(stop, audiences=["crt"], by=None)
    assert reach.figures(order).people is None
    write(order)
    first, _second, _third, fourth = order.invitations.order_by("pk")
    day, staff = legal_time.today(), make_staff()
    letter = correspondence.make(stop, dated=day, by=staff).letters[0]
    correspondence.hand_over([letter.pk], stop=stop, on=day, carrier="Coursier", by=staff)
    correspondence.make(stop, dated=day, by=staff, again=[first.pk])  # a newer one that nobody handed over
    Invitation.objects.filter(pk=fourth.pk).update(answer=Answer.ACCEPTED, answered_at=clock.now())
    found = reach.figures(order)
    assert (found.people, found.written, found.to_hand) == (4, 4, 2)
    assert found.reached == Counter({Reach.LETTER: 1, Reach.TO_HAND: 3})
    assert reach.people(order)[0].at == legal_time.instant(day, time())


def test_who_has_no_address_and_gets_no_letters_is_to_be_called(stop, professionals):
    professionals.append(audiences.Recipient("", "Direction", "fr", "professional:9"))
    write(order := invitations.invite(stop, audiences=["professionals"], by=None))
    found = reach.figures(order)
    assert (found.reached, found.to_call, found.to_hand) == (Counter([Reach.TO_CALL]), 1, 0)
    assert [line[4:6] for line in campaign_files.lines(order)] == [["téléphone", "à joindre par téléphone"]]


def test_who_was_turned_over_to_letters_waits_for_theirs_unless_a_mail_had_arrived(stop):
    people = [make_official(email=f"{n}@crt.example") for n in range(2)]
    write(order := invitations.invite(stop, audiences=["crt"], by=None))
    Message.objects.filter(key__contains=f"official:{people[0].pk}:").update(status="sent")
    for row in order.invitations.all():
        correspondence.write_letters_to(row, by=make_staff())
    assert reach.figures(order).reached == Counter([Reach.DELIVERED, Reach.TO_HAND])


def test_who_registered_after_being_invited_is_counted_and_who_gave_it_up_is_not(stop):
    from professionals import seats

    people = [make_professional(organisation=make_organisation(region=stop.region)) for _ in range(3)]
    order = invitations.invite(stop, audiences=["professionals"], by=None)
    write(order)
    for person in people[:2]:
        registration = seats.register(stop, professional=person)
    assert reach.figures(order).registered == 2
    seats.withdraw(registration)
    assert reach.figures(order).registered == 1
    assert audiences.get("professionals").registered is not None


def test_not_reached_are_those_who_can_be_written_to_now_and_nobody_else(order, professionals):
    assert [(audience, one.key) for _pk, audience, one in again.missed(order).people] == [
        ("professionals", "professional:6"),
        ("professionals", "professional:7"),
    ]
    assert again.missed(order).same_address == 2  # came back, and failed
    moved = professionals[3]
    professionals[3] = type(moved)("nouvelle@hotel.example", moved.name, moved.language, moved.key)
    suppressions.suppress(hash_of(professionals[6].email))
    Invitation.objects.filter(key="professional:6").update(answer=Answer.DECLINED, answered_at=clock.now())
    found = again.missed(order)
    assert [one.key for _pk, _audience, one in found.people] == ["professional:4"]
    assert (found.same_address, found.refusing) == (1, 1)


def test_an_order_to_those_not_reached_writes_to_each_once_and_its_figures_are_its_own(order, professionals):
    staff = make_staff()
    further = again.order(order, by=staff)
    assert again.order(order, by=staff) == further
    assert again.order(further, by=staff) == further
    write(further)
    write(further)
    assert further.done_at is not None
    new = Message.objects.order_by("pk")[7:]
    assert [message.recipient for message in new] == [professionals[5].email, professionals[6].email]
    assert {message.key.split(":", 3)[3].partition("#")[0].partition(".")[2] for message in new} == {
        f"1.o{further.pk}"
    }
    assert reach.figures(further).reached == Counter({Reach.WAITING: 2})
    assert reach.figures(order).reached[Reach.WAITING] == 3
    assert again.missed(order).people == []
    # What a change overtakes now can be asked for once more.
    Message.objects.filter(origin=further.origin).update(status="superseded")
    third = again.order(order, by=staff)
    assert third != further
    write(third)
    assert Message.objects.count() == 11
    assert Invitation.objects.count() == 7


def test_mails_say_which_order_they_are_of_also_those_written_before_they_did(order, professionals):
    write(further := again.order(order, by=make_staff()))
    decisions.resend(Message.objects.order_by("pk")[3].pk, by=make_staff())
    said = list(Message.objects.order_by("pk").values_list("origin", flat=True))
    assert said == [order.origin] * 7 + [further.origin] * 2 + [order.origin]
    make_message(purpose="invitation", subject=f"stop:{order.stop_id}", key="invitation:official:9:1:1#1.1")
    Message.objects.update(origin="")
    migration = import_module("meetings.migrations.0029_mails_of_orders_say_so")
    with connection.cursor() as cursor:
        for statement in (migration.FURTHER, migration.FIRST):
            cursor.execute(statement)
    assert list(Message.objects.order_by("pk").values_list("origin", flat=True)) == [*said, ""]


def test_an_order_again_stops_where_it_is_halted_and_ends_with_its_stop(order, set_clock):
    further = again.order(order, by=make_staff())
    campaigns.halt(further, by=make_staff())
    assert campaigns.write(further, limit=10) == 0
    campaigns.resume(further, by=make_staff())
    set_clock(order.stop.starts_at + timedelta(hours=1))
    write(further)
    assert (further.done_at is not None, Message.objects.count()) == (True, 7)
    with pytest.raises(invitations.NotInvitable):
        again.order(order, by=make_staff())
