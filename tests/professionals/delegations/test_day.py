"""A delegation beyond its page: at the door, when its link is lost, when an address or the stop changes."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.links import BadToken
from meetings import lifecycle
from meetings.models import Stop
from outbox.models import Message, MessageStatus
from professionals import lost_links, personal_links, presence, readdressing
from professionals.day import expected, figures
from professionals.delegations import keeping, naming
from professionals.models import Delegation, Professional
from tests.factories import make_door, make_organisation, make_professional, make_staff, make_stop
from tests.professionals.conftest import Clock
from tests.professionals.delegations.asked import ask_for
from tests.telling import tell

pytestmark = pytest.mark.django_db


def contact(**fields: str) -> Professional:
    """Who asks, of an establishment one can look for."""
    house = make_organisation(name="Oasis du Sud", name_key="oasis du sud")
    return make_professional(
        **{"name": "Directrice", "email": "direction@oasis.example", "organisation": house, **fields}
    )


def named(stop: Stop, asks: Professional) -> Delegation:
    """Three places: one for somebody with a mailbox, one for somebody without, one for nobody yet."""
    delegation = ask_for(stop, 3, contact=asks)
    naming.name(delegation, name="Commerciale", email="ventes@oasis.example")
    naming.name(delegation, name="Chauffeur", phone="+212661000077")
    return delegation


def written(stop: Stop, *, status: str = MessageStatus.QUEUED) -> list[tuple[str, str]]:
    found = Message.objects.filter(subject=f"stop:{stop.pk}", status=status).order_by("purpose", "recipient")
    return list(found.values_list("purpose", "recipient"))


def test_the_door_finds_who_is_named_by_their_house_marks_them_and_knows_of_the_chair_nobody_has(
    client: Client, at_the_door: Clock
) -> None:
    stop = make_stop()
    named(stop, contact())
    at_the_door(stop)
    door = make_door(stop)
    client.force_login(door)
    found = expected.search(expected.people(stop, "fr"), "oasis")
    assert [(one.name, one.status) for one in found] == [("Chauffeur", "seated"), ("Commerciale", "seated")]
    for one in found:
        presence.mark(stop, key=one.key, by=door)
    count = figures.of(stop, "fr").total
    assert (count.present, count.expected) == (2, 2)
    page = client.get(f"/pilotage/etapes/{stop.slug}/jour/direct/").content.decode()
    assert "Délégation Oasis du Sud\u202f: 1 place non nommée" in page


def test_who_asked_and_lost_the_link_gets_it_again_and_what_was_written_before_still_leaves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lost_links, "ring", lambda: None)
    asks = contact()
    standing, over = (
        ask_for(make_stop(), 3, contact=asks),
        ask_for(make_stop(region="MA-11"), 2, contact=asks),
    )
    keeping.cancel(over)
    Message.objects.filter(subject=f"stop:{over.stop_id}").delete()
    lost_links.ask(asks.email)
    assert lost_links.answer() == 1
    assert written(standing.stop) == [("delegation", asks.email)] * 2
    link = Message.objects.latest("pk")
    assert personal_links.delegation_url(standing) in link.text.split()
    assert written(over.stop) == []


def test_a_link_asked_for_while_the_delegation_is_told_something_has_a_number_of_its_own() -> None:
    """Whoever read the row before the telling does not write over its number."""
    delegation = ask_for(make_stop(), 3, contact=contact())
    stale = Delegation.objects.select_related("contact", "stop").get(pk=delegation.pk)
    keeping.reduce(delegation, places=2)
    lost_links.promotion.tell(stale, "link")
    delegation.refresh_from_db()
    assert (delegation.told_step, stale.told_step) == (3, 3)
    assert sorted(key.rpartition(":")[2] for key in Message.objects.values_list("key", flat=True)) == [
        *("1", "2", "3")
    ]


def test_a_corrected_address_kills_the_link_of_the_delegation_and_gets_a_new_one() -> None:
    asks, stop = contact(email="faute@oasis.example"), make_stop()
    delegation = ask_for(stop, 3, contact=asks)
    old = personal_links.delegation_token(delegation)
    readdressing.correct(asks, email="vraie@oasis.example", by=make_staff())
    with pytest.raises(BadToken):
        personal_links.delegation_for(old)
    assert written(stop, status=MessageStatus.SUPERSEDED) == [("delegation", "faute@oasis.example")]
    assert written(stop) == [("delegation", "vraie@oasis.example")]
    delegation.refresh_from_db()
    assert personal_links.delegation_url(delegation) in Message.objects.latest("pk").text.split()


@pytest.mark.parametrize("purpose", ["moved", "postponed", "cancelled"])
def test_who_asked_and_who_is_named_hear_of_a_change_each_with_their_own_link(
    client: Client, purpose: str
) -> None:
    stop, asks = make_stop(), contact()
    delegation = named(stop, asks)
    Message.objects.update(status=MessageStatus.SENT)
    if purpose == "moved":
        lifecycle.change(stop, changes={"date": stop.date + timedelta(days=7)}, by=None)
    else:
        {"postponed": lifecycle.postpone, "cancelled": lifecycle.cancel}[purpose](stop, by=None)
    tell()
    assert written(stop) == [(purpose, "direction@oasis.example"), (purpose, "ventes@oasis.example")]
    theirs = Message.objects.get(purpose=purpose, recipient=asks.email)
    if purpose != "cancelled":
        assert personal_links.delegation_url(delegation) in theirs.text.split()
    assert theirs.calendar == ""  # who only asked has no entry
    assert Message.objects.get(purpose=purpose, recipient="ventes@oasis.example").calendar != ""
    page = client.get(personal_links.delegation_url(delegation))
    assert page.status_code == 200
    answer = client.post(
        personal_links.delegation_url(delegation), {"act": "name", "name": "Guide", "phone": "0661000078"}
    )
    assert answer.status_code == (409 if purpose == "cancelled" else 302)


def test_who_asked_and_comes_hears_of_a_change_once() -> None:
    stop, asks = make_stop(), contact()
    naming.name(ask_for(stop, 3, contact=asks), name=asks.name, email=asks.email)
    Message.objects.update(status=MessageStatus.SENT)
    lifecycle.change(stop, changes={"date": stop.date + timedelta(days=7)}, by=None)
    tell()
    assert written(stop) == [("moved", asks.email)]


def test_what_a_delegation_gave_up_is_told_even_where_the_stop_changes_before_it_leaves(later: Clock) -> None:
    """Nobody named in time: it is over, and no later notice would say so."""
    stop, asks = make_stop(), contact()
    delegation = ask_for(stop, 3, contact=asks)
    assert keeping.release(delegation, by=None) == 3
    lifecycle.change(stop, changes={"date": stop.date + timedelta(days=7)}, by=None)
    tell()
    assert written(stop) == [("delegation_over", asks.email)]
    over = Message.objects.get(purpose="delegation_over").text
    assert "Vous pouvez en demander de nouveau" in over
    assert "Gardez ce message" not in over
