"""The personal page asks for the rest: each field by itself, none required."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from professionals import consent, personal_links
from professionals.models import Professional, Registration
from regions.models import Province, ProvinceKind
from tests.factories import make_professional, make_region, make_registration, make_stop
from tests.test_html import errors

pytestmark = pytest.mark.django_db
RIGHT_ICE = "001525713000097"  # made up; its key is right


def make_province(code: str, region: str = "MA-12") -> Province:
    return Province.objects.create(
        region=make_region(region), code_hcp=code, name_fr=f"P {code}", name_ar="إقليم",
        kind=ProvinceKind.PROVINCE, population_2024=1,
    )  # fmt: skip


def address(mine: Registration) -> str:
    return reverse("professionals:registration", args=[personal_links.registration_token(mine)])


def send(client: Client, mine: Registration, field: str, value: str = "", **more: str) -> Any:
    return client.post(address(mine), {"field": field, f"{field}-value": value, **more})


def person() -> Professional:
    return Professional.objects.get()


def test_each_field_is_saved_by_itself(client: Client) -> None:
    mine, province = make_registration(make_stop()), make_province("391")
    said = {
        "function": "Directrice",
        "name_ar": "مديرة الفندق",
        "function_ar": "مديرة",
        "province": str(province.pk),
    }
    for field, value in said.items():
        answer = send(client, mine, field, value)
        assert (answer.status_code, answer["Location"].rpartition("#")[2]) == (302, field)
    now = person()
    assert (now.function, now.name_ar, now.function_ar, now.province) == (
        *("Directrice", "مديرة الفندق", "مديرة"),
        province,
    )
    assert now.name_ar_key == "مديره الفندق"
    send(client, mine, "province", act="clear")
    assert (person().province, person().function) == (None, "Directrice")


def test_the_page_says_that_it_was_filled_in_and_not_what_with(client: Client) -> None:
    mine = make_registration(make_stop(), professional=make_professional(function="Fonction-secrete"))
    send(client, mine, "expectation", "Attente-secrete")
    page = client.get(reverse("professionals:registration", args=[personal_links.registration_token(mine)]))
    assert errors(page.content.decode()) == []
    filled = {part.name: part.filled for part in page.context["parts"]}
    assert (filled["function"], filled["ice"]) == (True, False)
    assert page.content.decode().count("secrete") == 0


def test_an_ice_needs_15_digits_and_its_key_is_only_asked_about(client: Client) -> None:
    mine = make_registration(make_stop())
    assert int(RIGHT_ICE) % 97 == 0
    assert send(client, mine, "ice", "12345").status_code == 422
    wrong_key = "001525713000098"
    answer = send(client, mine, "ice", wrong_key)
    part = next(one for one in answer.context["parts"] if one.name == "ice")
    assert (answer.status_code, part.question, person().ice) == (422, wrong_key, "")
    assert errors(answer.content.decode()) == []
    assert send(client, mine, "ice", wrong_key, sure=wrong_key).status_code == 302
    assert person().ice == wrong_key
    assert send(client, mine, "ice", "001 525 713 0000 97").status_code == 302
    assert person().ice == RIGHT_ICE


def test_a_province_of_another_region_is_not_on_the_list(client: Client) -> None:
    mine = make_registration(make_stop())
    other = make_province("541", region="MA-11")
    assert send(client, mine, "province", str(other.pk)).status_code == 422
    assert person().province is None


def test_news_are_a_consent_of_their_own_and_end_with_a_button(client: Client) -> None:
    mine = make_registration(make_stop())
    page = client.get(reverse("professionals:registration", args=[personal_links.registration_token(mine)]))
    news = next(part for part in page.context["parts"] if part.name == "news")
    assert news.field.value() is None
    assert send(client, mine, "news").status_code == 422
    assert person().news_at is None
    assert send(client, mine, "news", "on").status_code == 302
    assert person().news_text == consent.WORDINGS[consent.NEWS]["fr"]
    send(client, mine, "news", act="clear")
    assert (person().news_at, person().news_text, person().news_version) == (None, "", "")


def test_who_has_no_mail_is_not_asked_about_news(client: Client) -> None:
    mine = make_registration(make_stop(), professional=make_professional(email=""))
    assert send(client, mine, "news", "on").status_code == 404


def test_a_cancelled_registration_and_a_get_save_nothing(client: Client) -> None:
    mine = make_registration(make_stop(), status="cancelled")
    assert send(client, mine, "function", "Directrice").status_code == 404
    client.get(address(mine), {"field": "function", "function-value": "Directrice"})
    assert person().function == ""
