"""The public form, the confirmation, and what they answer to whom."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from meetings import gate, lifecycle
from outbox.models import Message
from professionals import consent, fill_time, rate_limit
from professionals.models import Professional, Registration, SeatRequest
from tests.factories import make_category, make_professional, make_registration, make_stop
from tests.professionals.conftest import Clock
from tests.professionals.filling import address_of, ask, last_message, link_in, send, typed

pytestmark = pytest.mark.django_db


def confirmation_link(**changes: str) -> str:
    ask(make_stop(), **changes)
    return link_in(last_message())


# The way of somebody new


def test_a_newcomer_registers_in_one_screen_one_mail_and_one_button(client: Client) -> None:
    stop = make_stop()
    assert client.get(address_of(stop)).status_code == 200
    sent = send(client, stop, name="Responsable de l’accueil", email="Accueil@Riad.example")
    assert (sent.status_code, sent["Location"]) == (302, f"/fr/etapes/{stop.slug}/inscription/demandee/")
    assert client.get(sent["Location"]).status_code == 200
    assert (Registration.objects.count(), last_message().purpose) == (0, "confirm_address")

    link = link_in(last_message())
    assert client.get(link).status_code == 200
    assert Registration.objects.count() == 0
    confirmed = client.post(link)
    registration = Registration.objects.get()
    assert confirmed.status_code == 302
    assert registration.status == "seated"
    assert last_message().purpose == "seat"
    assert client.get(confirmed["Location"]).status_code == 200
    assert link_in(last_message()) == confirmed["Location"]


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_language_of_the_page_is_the_language_of_the_person(client: Client, language: str) -> None:
    stop = make_stop()
    sent = send(client, stop, language=language)
    assert sent["Location"].startswith(f"/{language}/")
    message = last_message()
    assert message.language == language
    assert link_in(message).startswith(f"/{language}/inscription/confirmer/")
    asked = SeatRequest.objects.get()
    assert (asked.language, asked.consent_text) == (
        language,
        dict(consent.WORDINGS[consent.CURRENT])[language],
    )


def test_the_form_shows_the_wording_it_records(client: Client) -> None:
    stop = make_stop()
    for language in ("fr", "ar", "en"):
        page = client.get(address_of(stop, language)).content.decode()
        assert consent.wording(language) in page
        assert f'name="consent_version" value="{consent.CURRENT}"' in page


@pytest.mark.parametrize(
    ("language", "city"), [("fr", "Dakhla"), ("ar", "الداخلة"), ("en", "Dakhla")], ids=["fr", "ar", "en"]
)
def test_the_form_says_in_searches_where_one_registers(client: Client, language: str, city: str) -> None:
    page = client.get(address_of(make_stop(), language)).content.decode()
    (told,) = re.findall(r'<meta name="description" content="([^"]+)">', page)
    assert city in told


def test_the_categories_stand_in_their_families_in_the_language_of_the_page(client: Client) -> None:
    make_category()
    make_category("guide", group="guides", group_name_ar="الإرشاد", name_ar="مرشد سياحي", position=2)
    page = client.get(address_of(make_stop(), "ar")).content.decode()
    families = re.findall(r'<optgroup label="([^"]+)">\s*<option value="\d+">([^<]+)', page)
    assert families == [("الإيواء", "فندق"), ("الإرشاد", "مرشد سياحي")]


# What was typed wrong


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", ""),
        ("name", "-"),
        ("organisation", "  "),
        ("category", ""),
        ("category", "999999"),
        ("phone", "12"),
        ("phone", "0612345"),
        ("email", "ventes@"),
        ("email", "a@hotel.example\nBcc: b@hotel.example"),
        ("email", "root@localhost"),
        ("email", "root@[127.0.0.1]"),
        ("email", f"{'a' * 65}@hotel.example"),
        ("email", "İbrahim@hotel.example"),  # two signs once in small letters
        ("email", "ſales@hotel.example"),  # an old s: a letter to regular expressions, not to mail servers
        # As long as allowed when typed, three times as long once composed as they are kept.
        ("name", "\ufb2c" * 120),
        ("organisation", "\ufb2c" * 160),
        ("consent", None),
    ],
)
def test_a_wrong_answer_is_told_beside_its_field_and_the_others_are_kept(
    client: Client, field: str, wrong: str | None
) -> None:
    page = send(client, make_stop(), **{field: wrong})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    content = page.content.decode()
    assert f'href="#id_{field}"' in content
    assert re.search(rf'id="id_{field}"[^>]*aria-invalid="true"', content) or re.search(
        rf'aria-invalid="true"[^>]*id="id_{field}"', content
    )
    if field != "organisation":
        assert 'value="Hôtel de la Lagune"' in content
    assert (SeatRequest.objects.count(), Message.objects.count()) == (0, 0)


def test_errors_are_told_in_the_language_of_the_reader(client: Client) -> None:
    stop = make_stop()
    told = {}
    for language in ("fr", "ar", "en"):
        page = send(client, stop, language=language, phone="")
        told[language] = page.context["form"].errors["phone"][0]
        with translation.override(language):
            assert told[language] == str(page.context["form"].fields["phone"].error_messages["required"])
    assert told["fr"] == "Saisissez votre numéro de mobile."


def test_no_number_of_the_hint_breaks_at_the_end_of_a_line(client: Client) -> None:
    html = client.get(address_of(make_stop())).content.decode()
    assert "exemple 06\xa012\xa034\xa056\xa078 ou +33\xa06\xa012\xa034\xa056\xa078." in html


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0612345678", "+212612345678"),
        ("06 12 34 56 78", "+212612345678"),
        ("06.12.34.56.78", "+212612345678"),
        ("+212 6 12-34-56-78", "+212612345678"),
        ("00212612345678", "+212612345678"),
        ("00 212 7 12 34 56 78", "+212712345678"),
        ("٠٦١٢٣٤٥٦٧٨", "+212612345678"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("0033 6 12 34 56 78", "+33612345678"),
        ("+34 612 345 678", "+34612345678"),
        ("06\u202f12\u202f34\u202f56\u202f78", "+212612345678"),
        ("\u202a+212 6 12 34 56 78\u202c", "+212612345678"),
    ],
)
def test_a_mobile_is_understood_as_people_write_it(client: Client, written: str, kept: str) -> None:
    assert send(client, make_stop(), phone=written).status_code == 302
    assert str(SeatRequest.objects.get().phone) == kept


@pytest.mark.parametrize(
    "written", ["Ventes@Hotel.example", "\u200eventes@hotel.example\u200f", "\u00a0ventes@hotel.example "]
)
def test_an_address_is_understood_as_people_copy_it(client: Client, written: str) -> None:
    assert send(client, make_stop(), email=written).status_code == 302
    assert SeatRequest.objects.get().email == "ventes@hotel.example"


def test_an_establishment_may_have_a_single_letter_and_a_person_may_not(client: Client) -> None:
    stop = make_stop()
    assert send(client, stop, organisation="W").status_code == 302
    assert list(send(client, stop, name="W").context["form"].errors) == ["name"]


def test_a_wording_that_has_changed_meanwhile_is_to_be_read_and_ticked_again(client: Client) -> None:
    page = send(client, make_stop(), consent_version="2020-1")
    assert page.status_code == 422
    content = page.content.decode()
    assert f'name="consent_version" value="{consent.CURRENT}"' in content
    assert not re.search(r'<input[^>]*name="consent"[^>]*checked', content)
    assert SeatRequest.objects.count() == 0


# Machines


def test_a_machine_that_fills_everything_is_told_the_same_and_writes_nothing(client: Client) -> None:
    stop = make_stop()
    answer, people = send(client, stop, website="https://spam.example"), send(client, stop)
    assert (answer.status_code, answer["Location"]) == (people.status_code, people["Location"])
    assert (SeatRequest.objects.count(), Message.objects.count()) == (1, 1)


def test_a_machine_that_sends_at_once_is_stopped_and_a_hasty_person_sends_again(
    client: Client, later: Clock
) -> None:
    stop, stamp = make_stop(), fill_time.stamp()
    assert send(client, stop, form_stamp=stamp).status_code == 422
    assert SeatRequest.objects.count() == 0
    later(timedelta(seconds=3))
    assert send(client, stop, form_stamp=stamp).status_code == 302


def test_a_form_that_stood_open_too_long_comes_back_filled_and_fresh(client: Client, later: Clock) -> None:
    stop, stamp = make_stop(), fill_time.stamp()
    later(timedelta(hours=13))
    page = send(client, stop, form_stamp=stamp)
    assert page.status_code == 422
    assert 'value="ventes@hotel.example"' in page.content.decode()
    fresh = re.search(r'name="form_stamp" value="([^"]+)"', page.content.decode())
    assert fresh
    later(timedelta(seconds=10))
    assert send(client, stop, form_stamp=fresh[1]).status_code == 302


@pytest.mark.parametrize("stamp", [None, "", "1.made:up"])
def test_a_form_without_our_seal_is_not_ours(client: Client, stamp: str | None) -> None:
    assert send(client, make_stop(), form_stamp=stamp).status_code == 422
    assert SeatRequest.objects.count() == 0


def test_too_many_forms_from_one_sender_wait_and_keep_their_answers(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limit, "FORM_PER_SENDER", rate_limit.Limit("form", 2, 1, 600))
    stop = make_stop()
    for number in range(2):
        assert send(client, stop, name=f"Personne {number}").status_code == 302
    page = send(client, stop, name="Personne trois")
    assert page.status_code == 429
    assert 0 < int(page["Retry-After"]) <= 600
    assert 'value="Personne trois"' in page.content.decode()
    assert SeatRequest.objects.count() == 2
    assert client.get(address_of(stop)).status_code == 200
    assert send(Client(REMOTE_ADDR="203.0.113.9"), stop, name="Ailleurs").status_code == 302


# Closed


@pytest.mark.parametrize(
    ("closing", "told"),
    [
        ("paused", "Les inscriptions sont suspendues pour le moment."),
        ("cancelled", "Cette étape est annulée"),
        ("postponed", "Cette étape est reportée"),
    ],
)
def test_a_closed_stop_says_so_and_takes_nobody(client: Client, closing: str, told: str) -> None:
    stop = make_stop()
    operations: dict[str, Callable[..., Any]] = {
        "paused": lifecycle.pause_registration,
        "cancelled": lifecycle.cancel,
        "postponed": lifecycle.postpone,
    }
    operations[closing](stop, by=None)
    page = client.get(address_of(stop))
    assert page.status_code == 200
    assert f'<div class="notice warn"><p>{told}' in page.content.decode()
    assert b"<form" not in page.content
    assert send(client, stop).status_code == 409
    assert SeatRequest.objects.count() == 0


def test_a_full_stop_offers_the_waiting_list(client: Client) -> None:
    stop = make_stop(seats=1)
    make_registration(stop)
    assert "Rejoindre la liste d’attente" in client.get(address_of(stop)).content.decode()
    send(client, stop)
    client.post(link_in(last_message()))
    assert last_message().purpose == "waiting"


@pytest.mark.parametrize("path", ["inscription/", "inscription/demandee/"])
def test_a_draft_has_no_form(client: Client, path: str) -> None:
    stop = make_stop(published=False)
    assert client.get(f"/fr/etapes/{stop.slug}/{path}").status_code == 404
    assert send(client, stop).status_code == 404


# Nobody learns who is registered


def test_known_or_not_the_answer_is_the_same_byte_for_byte(client: Client) -> None:
    stop = make_stop()
    for state, address in (("seated", "placee"), ("waiting", "attend"), ("cancelled", "partie")):
        person = make_professional(name="Responsable des ventes", email=f"{address}@hotel.example")
        make_registration(stop, status=state, professional=person)
    seen = set()
    for address in ("placee", "attend", "partie", "inconnue"):
        visitor = Client()
        sent = send(visitor, stop, email=f"{address}@hotel.example")
        page = visitor.get(sent["Location"])
        headers = {name: value for name, value in sent.headers.items() if name != "Set-Cookie"}
        seen.add((sent.status_code, str(headers), sent.content, page.status_code, page.content))
    assert len(seen) == 1
    assert Message.objects.count() == 4


def test_known_or_not_the_form_asks_the_database_as_often(client: Client) -> None:
    stop = make_stop()
    known = make_professional(name="Responsable des ventes", email="connue@hotel.example")
    make_registration(stop, professional=known)
    asked = []
    for address in ("connue", "inconnue"):
        filled = typed(email=f"{address}@hotel.example")
        with CaptureQueriesContext(connection) as queries:
            client.post(address_of(stop), filled)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_too_many_mails_to_one_address_answer_as_if_one_had_left(client: Client) -> None:
    stop = make_stop()
    answers = {send(client, stop)["Location"] for _ in range(5)}
    assert len(answers) == 1
    assert Message.objects.count() == 3


# Confirming


def test_mail_scanners_that_open_every_link_confirm_nothing(client: Client) -> None:
    link = confirmation_link()
    for method in (client.get, client.head, client.options):
        method(link)
    assert (Registration.objects.count(), Professional.objects.count()) == (0, 0)


def test_the_confirmation_shows_first_name_and_establishment_only(client: Client) -> None:
    page = client.get(confirmation_link(name="Meryem El Alaoui")).content.decode()
    assert "Meryem, pour Hôtel de la Lagune" in page
    for secret in ("Alaoui", "ventes@hotel.example", "612345678"):
        assert secret not in page


def test_an_expired_link_says_so_and_how_to_ask_again(client: Client, later: Clock) -> None:
    link = confirmation_link()
    later(timedelta(hours=49))
    for page in (client.get(link), client.post(link)):
        assert page.status_code == 410
        assert f'href="{address_of(SeatRequest.objects.get().stop)}"' in page.content.decode()
    assert Registration.objects.count() == 0


def test_a_link_used_before_leads_to_the_registration(client: Client) -> None:
    link = confirmation_link()
    first = client.post(link)
    assert client.get(link)["Location"] == client.post(link)["Location"] == first["Location"]
    assert Registration.objects.count() == 1


@pytest.mark.parametrize("change", ["seal", "number", "garbage", "kind"])
def test_a_link_that_is_not_ours_opens_nothing(client: Client, change: str) -> None:
    link = confirmation_link()
    token = link.rstrip("/").rpartition("/")[2]
    number, _, seal = token.partition(".")
    false = {
        "seal": f"{number}.{'A' * 27}",
        "number": f"{int(number) + 1}.{seal}",
        "garbage": "n-importe-quoi",
        "kind": token,
    }[change]
    address = f"/fr/inscription/{'' if change == 'kind' else 'confirmer/'}{false}/"
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404
    assert Registration.objects.count() == 0


def test_a_stop_closed_since_is_said_at_confirmation(client: Client) -> None:
    link = confirmation_link()
    assert "<form" in client.get(link).content.decode()
    lifecycle.pause_registration(SeatRequest.objects.get().stop, by=None)
    for page in (client.get(link), client.post(link)):
        assert page.status_code == 409
        assert "<form" not in page.content.decode()
    assert Registration.objects.count() == 0


def test_a_second_link_still_leads_who_is_registered_to_their_page_once_all_is_closed(client: Client) -> None:
    stop = make_stop()
    first, second = (link_in(last_message()) for _ in range(2) if ask(stop))
    registered = client.post(first)
    lifecycle.pause_registration(stop, by=None)
    assert client.get(second).status_code == 200
    assert client.post(second)["Location"] == registered["Location"]


def test_a_crowd_at_the_door_is_asked_politely_to_try_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = confirmation_link()

    def busy(stop_id: int) -> None:
        raise gate.Busy

    monkeypatch.setattr(gate, "lock", busy)
    page = client.post(link)
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "réessayez dans quelques secondes" in page.content.decode()


# What it costs


@pytest.mark.parametrize("categories", [1, 30])
def test_the_form_asks_three_questions(client: Client, django_assert_num_queries, categories: int) -> None:
    stop = make_stop()
    for number in range(categories):
        make_category(f"c{number}", position=number)
    with django_assert_num_queries(3):
        assert client.get(address_of(stop)).status_code == 200


def test_sending_the_form_asks_twelve_questions(client: Client, django_assert_num_queries) -> None:
    stop, filled = make_stop(), typed()
    with django_assert_num_queries(12):
        assert client.post(address_of(stop), filled).status_code == 302


@pytest.mark.parametrize("registered", [0, 40])
def test_confirming_asks_fifteen_questions_however_many_are_registered(
    client: Client, django_assert_num_queries, registered: int
) -> None:
    link = confirmation_link()
    stop = SeatRequest.objects.get().stop
    for _ in range(registered):
        make_registration(stop)
    with django_assert_num_queries(15):
        assert client.post(link).status_code == 302


def test_the_form_is_not_kept_by_caches_and_not_lost_by_going_back(client: Client) -> None:
    page = client.get(address_of(make_stop()))
    assert page["Cache-Control"] == "private, no-cache"
