"""Tests of outbox.kinds and outbox.suppressions."""

from importlib import import_module

import pytest
from django.db import connection

from outbox import clock, kinds, purposes, suppressions
from outbox.models import Kind, Message, MessageStatus, Priority, Suppression
from outbox.queue import hash_of
from press.links import AUDIENCE
from professionals import mails
from tests.factories import make_message

PERSON = hash_of("direction@hotel.example")


def test_each_purpose_that_can_be_refused_exists_and_none_tells_of_ones_own_registration():
    known = {code for code, _words in purposes.every()}
    assert kinds.OF_PURPOSE.keys() <= known
    own = {*mails.PURPOSES, "accepted", "declined", "seated_week", "seated_eve", "account", "accredited"}
    assert kinds.OF_PURPOSE.keys() & own == set()
    for purpose in own:
        with pytest.raises(kinds.NotRefusable):
            kinds.of(purpose)


def test_what_goes_to_the_press_is_of_one_kind_and_each_kind_says_what_it_means():
    assert (kinds.of("invitation", AUDIENCE), kinds.of("message", AUDIENCE)) == (Kind.PRESS, Kind.PRESS)
    assert (kinds.of("invitation", "crt"), kinds.of("thanks", "attended")) == (
        Kind.INVITATIONS,
        Kind.FOLLOW_UPS,
    )
    assert set(kinds.MEANING) == set(Kind)


@pytest.mark.django_db
def test_refusing_a_kind_takes_its_mails_out_of_the_queue_and_no_others():
    for kind in ("", Kind.INVITATIONS, Kind.NEWS):
        make_message(recipient="direction@hotel.example", kind=kind)
    make_message(recipient="autre@hotel.example", kind=Kind.NEWS)
    assert suppressions.suppress(PERSON, kinds=[Kind.NEWS]) is True
    assert suppressions.suppress(PERSON, kinds=[Kind.NEWS]) is False
    found = Message.objects.filter(status=MessageStatus.SUPERSEDED)
    assert list(found.values_list("recipient", "kind")) == [("direction@hotel.example", Kind.NEWS)]
    assert suppressions.refused_by(PERSON) == {Kind.NEWS}
    both = ["direction@hotel.example", "autre@hotel.example"]
    assert suppressions.refusing(both, Kind.NEWS) == {"direction@hotel.example"}
    assert suppressions.refusing(both, Kind.INVITATIONS) == set()


@pytest.mark.django_db
def test_an_address_can_be_silent_for_every_kind_and_want_one_again():
    suppressions.suppress(PERSON)
    suppressions.lift(PERSON, kinds=[Kind.INVITATIONS])
    assert suppressions.refused_by(PERSON) == set(Kind) - {Kind.INVITATIONS}
    suppressions.lift(PERSON)
    assert suppressions.refused_by(PERSON) == set()


@pytest.mark.django_db
def test_who_had_unsubscribed_before_there_were_kinds_is_taken_at_their_word():
    migration = import_module("outbox.migrations.0008_refusals_so_far")
    Suppression.objects.create(recipient_hash=PERSON, kind="campaign", reason="link", at=clock.now())
    asked = {"headers": {"List-Unsubscribe": "<https://x>"}}
    make_message(key="urgent:official:1:2", purpose="urgent", **asked)
    make_message(key="invitation:official:1:2", purpose="invitation", priority=Priority.CAMPAIGN)
    make_message(key="no_answer:journalist:1:2", purpose="no_answer", **asked)
    make_message(key="seat:registration:1:2")
    with connection.cursor() as cursor:
        for statement in (migration.MESSAGES, migration.REFUSALS, migration.SAID):
            cursor.execute(statement)
    assert suppressions.refused_by(PERSON) == {Kind.INVITATIONS, Kind.NEWS, Kind.PRESS}
    assert list(Message.objects.order_by("pk").values_list("kind", flat=True)) == [
        Kind.NEWS,
        Kind.INVITATIONS,
        Kind.PRESS,
        "",
    ]
