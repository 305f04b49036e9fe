"""Badges and place cards."""

import pytest

from meetings.models import Answer, Invitation
from professionals import badges, personal_links
from professionals.papers import cards
from tests.factories import make_official, make_organisation, make_professional, make_registration, make_stop
from tests.professionals.papers.test_people import invite

pytestmark = pytest.mark.django_db


def test_a_badge_carries_the_code_that_the_personal_page_shows() -> None:
    stop = make_stop()
    house = make_organisation(name="دار الضيافة")
    mine = make_registration(stop, professional=make_professional(name="Gérante", organisation=house))
    [badge] = cards.badges(stop, "fr")["badges"]
    assert badge["name"] == {"text": "Gérante", "lang": "fr"}
    assert badge["lines"] == [{"text": "دار الضيافة", "lang": "ar", "weak": False}]
    assert badge["code"] == cards.square(personal_links.badge_url(mine))
    assert badge["official"] is False


def test_an_officials_badge_says_the_institution_and_carries_the_code_of_the_invitation() -> None:
    stop = make_stop()
    wali = make_official(function_fr="Wali", function_ar="الوالي", body="wilaya")
    [badge] = cards.badges(stop, "fr")["badges"]
    assert (badge["code"], badge["short"]) == (None, "")  # on the list, and invited by nobody yet
    invite(stop, wali, Answer.ACCEPTED)
    [badge] = cards.badges(stop, "fr")["badges"]
    asked = Invitation.objects.get()
    assert badge["code"] == cards.square(personal_links.guest_badge_url(asked, "fr"))
    assert badge["short"] == badges.in_groups(badges.code(asked))
    assert (badge["band"], badge["official"]) == ("Wilaya et provinces", True)
    assert (badge["name"]["text"], badge["other"]["text"]) == ("Wali", "الوالي")


def test_place_cards_are_for_those_who_confirmed_or_for_all_still_awaited() -> None:
    stop = make_stop()
    comes = make_official(function_fr="Vient", protocol_rank=2)
    make_official(function_fr="Silencieux", protocol_rank=1)
    declined = make_official(function_fr="Décline", protocol_rank=3)
    invite(stop, comes, Answer.ACCEPTED)
    invite(stop, declined, Answer.DECLINED)

    def named(**options: bool) -> list[str]:
        return [card["name"]["text"] for card in cards.place_cards(stop, "fr", **options)["cards"]]

    assert named() == ["Vient"]
    assert named(everybody=True) == ["Silencieux", "Vient"]
