"""Tests of outbox.kinds and outbox.suppressions."""

import pytest

from outbox import kinds, purposes, suppressions
from outbox.models import Kind, Message, MessageStatus
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
    assert suppressions.refused_by(PERSON) == {Kind.NEWS, Kind.FOLLOW_UPS, Kind.PRESS}
    suppressions.lift(PERSON)
    assert suppressions.refused_by(PERSON) == set()
