"""A person's own page behind their link: what it shows, what it keeps secret, what changes what."""

import re
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import icalendar
import pytest
from django.conf import settings
from django.test import Client

from accounts import links
from accounts.models import Role
from meetings import gate, lifecycle, releases
from meetings.models import Stop
from outbox import clock
from outbox.models import Message
from professionals import badges, personal_links, workshops
from professionals.models import Organisation, Professional, Registration, RegistrationStatus, WorkshopSeat
from professionals.personal_links import BADGE, registration_token
from tests.factories import (
    make_category,
    make_door,
    make_invitation,
    make_meeting,
    make_official,
    make_professional,
    make_registration,
    make_staff,
    make_stop,
    make_user,
)
from tests.professionals.conftest import Clock
from tests.professionals.test_workshops import make_stop_with_workshops

pytestmark = pytest.mark.django_db

PAGES = ("", "coordonnees/", "liberer/", "badge/", "agenda.ics")


def address(registration: Registration, page: str = "", language: str = "fr") -> str:
    return f"/{language}/inscription/{registration_token(registration)}/{page}"


def badge_address(registration: Registration) -> str:
    return f"/fr/inscription/badge/{links.token(BADGE, registration.pk, registration.nonce)}/"


def everything() -> list[Any]:
    tables = (Registration, Professional, Organisation, WorkshopSeat, Message, Stop)
    return [list(table.objects.order_by("pk").values()) for table in tables]


# Secrets


@pytest.mark.parametrize("page", PAGES)
def test_nothing_of_a_personal_page_is_kept_passed_on_or_indexed(client: Client, page: str) -> None:
    answer = client.get(address(make_registration(make_stop()), page))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.cookies == {}


def test_dead_links_and_redirects_are_as_private(client: Client) -> None:
    registration = make_registration(make_stop())
    for answer in (
        client.get("/fr/inscription/1.AAAAAAAAAAAAAAAAAAAAAAAAAAA/"),
        client.get(badge_address(registration)),
        client.post(address(registration, "liberer/")),
    ):
        assert answer["Cache-Control"] == "no-store, private"
        assert answer["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("page", PAGES)
def test_reading_changes_nothing(client: Client, page: str) -> None:
    registration = make_registration(make_stop())
    before = everything()
    for method in (client.get, client.head, client.options):
        method(address(registration, page))
        method(badge_address(registration))
    assert everything() == before


@pytest.mark.parametrize("page", ["", "coordonnees/", "liberer/"])
def test_a_passed_on_link_shows_first_name_and_establishment_only(client: Client, page: str) -> None:
    person = make_professional(name="Meryem El Alaoui", email="direction@riad.example", phone="+212612345678")
    content = client.get(address(make_registration(make_stop(), professional=person), page)).content.decode()
    for secret in ("Alaoui", "direction@riad.example", "612345678", "12 34 56"):
        assert secret not in content
    if page == "":
        assert f"<bdi>Meryem</bdi>, <bdi>{person.organisation.name}</bdi>" in content
        assert "d…@riad.example" in content
        assert "… 78" in content


def test_forms_work_although_browsers_send_no_origin_with_them() -> None:
    """`Referrer-Policy: no-referrer` makes them say `Origin: null`, which Django's check refuses."""
    registration = make_registration(make_stop())
    browser = Client(enforce_csrf_checks=True, headers={"origin": "null"})
    assert browser.post(address(registration, "liberer/")).status_code == 302
    registration.refresh_from_db()
    assert registration.status == RegistrationStatus.CANCELLED


# Seat, queue, programme


def test_a_seat_shows_hour_programme_badge_and_calendar(client: Client) -> None:
    stop = make_stop(published=False)
    make_meeting(stop, title_fr="Échange entre inscrits", visibility="registered")
    make_meeting(stop, title_fr="Huis clos", visibility="invited")
    releases.publish(stop, by=None)
    stop.refresh_from_db()
    content = client.get(address(make_registration(stop))).content.decode()
    assert "Votre place est réservée" in content
    assert "10:00" in content
    assert "Échange entre inscrits" in content
    assert "Huis clos" not in content
    assert "<svg viewBox" in content


def test_who_waits_sees_their_place_in_the_queue_and_no_badge(client: Client) -> None:
    stop = make_stop(seats=1)
    make_registration(stop)
    people = [make_registration(stop, status=RegistrationStatus.WAITING) for _ in range(2)]
    content = client.get(address(people[1])).content.decode()
    assert "Votre rang sur la liste d’attente : 2" in content
    assert 'class="qr"' not in content
    for page in ("badge/", "agenda.ics"):
        assert client.get(address(people[1], page)).status_code == 404


@pytest.mark.parametrize(
    ("calling_off", "heading", "mark"),
    [
        (lifecycle.cancel, "L’étape est annulée", "Rencontre annulée"),
        (lifecycle.postpone, "L’étape est reportée", "Nouvelle date à venir"),
    ],
)
@pytest.mark.parametrize("status", ["seated", "waiting"])
def test_a_stop_called_off_expects_nobody(
    client: Client, calling_off: Callable[..., object], heading: str, mark: str, status: str
) -> None:
    mine = make_registration(make_stop(), status=RegistrationStatus(status))
    calling_off(mine.stop, by=None)
    content = client.get(address(mine)).content.decode()
    assert re.findall(r"<h1>(.*?)</h1>", content) == [heading]
    assert f'<p class="gone-words">{mark}</p>' in content
    assert "Prévue auparavant le" in content
    for promise in ("Votre place est réservée", 'class="qr"', "Ajouter à mon agenda", "Imprimer mon badge"):
        assert promise not in content
    assert client.get(address(mine, "badge/")).status_code == 404
    door = client.get(badge_address(mine))
    assert "Place attribuée" not in door.content.decode()


def test_who_left_a_stop_postponed_since_is_promised_nothing(client: Client) -> None:
    stop = make_stop()
    gone = make_registration(stop, status=RegistrationStatus.CANCELLED)
    mine = make_registration(stop)
    lifecycle.postpone(stop, by=None)
    promise = "Votre inscription est conservée"
    assert promise in client.get(address(mine)).content.decode()
    assert promise not in client.get(address(gone)).content.decode()


def test_lists_of_a_page_have_the_comma_of_its_language(client: Client) -> None:
    mine = make_registration(make_stop(), professional=make_professional(name="محمد بنعلي"))
    for language, comma in (("fr", ","), ("ar", "،")):
        page = client.get(address(mine, language=language)).content.decode()
        assert f'<p class="lead"><bdi>محمد</bdi>{comma} <bdi>' in page


def test_who_left_no_longer_reads_what_is_for_the_registered(client: Client) -> None:
    stop, [workshop] = make_stop_with_workshops({})
    assert workshop.visibility == "registered"
    gone = make_registration(stop, status=RegistrationStatus.CANCELLED)
    content = client.get(address(gone)).content.decode()
    assert "Atelier aérien" not in content
    assert "Me réinscrire" in content


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_page_speaks_the_language_of_its_address(client: Client, language: str) -> None:
    stop = make_stop()
    content = client.get(address(make_registration(stop), language=language)).content.decode()
    assert f'<html lang="{language}"' in content
    assert getattr(stop.region, f"name_{language}") in content


def test_the_calendar_file_agrees_with_what_was_mailed(client: Client) -> None:
    stop = make_stop()
    registration = make_registration(stop, calendar_step=2)
    answer = client.get(address(registration, "agenda.ics"))
    calendar = icalendar.Calendar.from_ical(answer.content)
    [event] = calendar.events
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="rencontre-onmt-{stop.slug}.ics"'
    assert (calendar["METHOD"], event["UID"], event["SEQUENCE"]) == ("PUBLISH", stop.calendar_uid, 2)
    assert "ATTENDEE" not in event


def test_the_badge_bears_the_whole_name_and_the_code_to_be_read_out(client: Client) -> None:
    registration = make_registration(make_stop(), professional=make_professional(name="Meryem El Alaoui"))
    said = client.get(address(registration, "badge/")).content.decode()
    assert "Meryem El Alaoui" in said
    assert badges.in_groups(badges.code(registration)) in said


def test_the_code_of_a_badge_shows_strangers_the_stop_and_the_door_its_button(client: Client) -> None:
    stop = make_stop()
    registration = make_registration(stop, professional=make_professional(name="Meryem El Alaoui"))
    to_the_stop = f"/fr/etapes/{stop.slug}/"
    elsewhere = make_door(make_stop(region="MA-01"))
    for user in (None, make_user(role=Role.PRESS), elsewhere):
        if user:
            client.force_login(user)
        answer = client.get(badge_address(registration))
        assert (answer.status_code, answer["Location"]) == (302, to_the_stop)
    to_the_button = f"/pilotage/etapes/{stop.slug}/jour/personne/registration:{registration.pk}/"
    for user in (make_door(stop), make_staff()):
        client.force_login(user)
        assert client.get(badge_address(registration))["Location"] == to_the_button


def test_the_code_of_an_officials_badge_leads_the_door_to_its_button_and_opens_nothing_else(
    client: Client,
) -> None:
    stop = make_stop()
    asked = make_invitation(stop, official=make_official(region=stop.region))
    address = personal_links.guest_badge_url(asked, "fr").removeprefix(settings.SITE_URL)
    assert client.get(address)["Location"] == f"/fr/etapes/{stop.slug}/"
    token = address.rstrip("/").rpartition("/")[2]
    assert client.get(f"/fr/invitation/{token}/").status_code == 404
    client.force_login(make_door(stop))
    to_the_button = f"/pilotage/etapes/{stop.slug}/jour/personne/invitation:{asked.pk}/"
    assert client.get(address)["Location"] == to_the_button
    asked.nonce = "another"
    asked.save(update_fields=["nonce"])
    assert client.get(address).status_code == 404


# Giving up, coming back


def test_giving_the_seat_up_asks_first_and_tells_the_page_after(client: Client) -> None:
    stop = make_stop(seats=1)
    mine, waiting = make_registration(stop), make_registration(stop, status=RegistrationStatus.WAITING)
    assert "Oui, libérer ma place" in client.get(address(mine, "liberer/")).content.decode()
    done = client.post(address(mine, "liberer/"))
    assert (done.status_code, done["Location"]) == (302, address(mine))
    waiting.refresh_from_db()
    assert waiting.status == RegistrationStatus.SEATED
    assert "Votre inscription est annulée" in client.get(done["Location"]).content.decode()
    assert client.get(address(mine, "liberer/")).status_code == 302
    back = client.post(address(mine), {"act": "come_back"})
    assert back.status_code == 302
    mine.refresh_from_db()
    assert (mine.status, mine.calendar_step) == (RegistrationStatus.WAITING, 2)


def test_what_can_no_longer_be_done_is_said(client: Client, later: Clock) -> None:
    stop = make_stop()
    mine, gone = make_registration(stop), make_registration(stop, status=RegistrationStatus.CANCELLED)
    later(stop.starts_at - clock.now() + timedelta(minutes=1))
    for answer in (
        client.post(address(mine, "liberer/")),
        client.post(address(gone), {"act": "come_back"}),
    ):
        assert answer.status_code == 409
        assert 'role="alert"' in answer.content.decode()
    assert "Libérer ma place" not in client.get(address(mine)).content.decode()
    assert "Me réinscrire" not in client.get(address(gone)).content.decode()


@pytest.mark.parametrize(("page", "data"), [("liberer/", {}), ("", {"act": "come_back"})])
def test_a_crowd_is_asked_politely_to_try_again(
    client: Client, monkeypatch: pytest.MonkeyPatch, page: str, data: dict[str, str]
) -> None:
    mine = make_registration(make_stop())

    def busy(stop_id: int) -> None:
        raise gate.Busy

    monkeypatch.setattr(gate, "lock", busy)
    answer = client.post(address(mine, page), data)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "réessayez dans quelques secondes" in answer.content.decode()


# Workshops


def test_workshops_are_chosen_and_left_by_a_button(client: Client) -> None:
    stop, [workshop] = make_stop_with_workshops({})
    mine = make_registration(stop)
    assert client.post(address(mine), {"act": "choose", "meeting": workshop.pk}).status_code == 302
    assert "Vous y avez une place" in client.get(address(mine)).content.decode()
    assert client.post(address(mine), {"act": "leave", "meeting": workshop.pk}).status_code == 302
    assert WorkshopSeat.objects.count() == 0


def test_a_workshop_that_cannot_be_had_says_why(client: Client) -> None:
    stop, [full, one, clash] = make_stop_with_workshops(
        {"seats": 1}, {"starts": time(12), "ends": time(13)}, {"starts": time(12, 30), "ends": time(13)}
    )
    workshops.choose(make_registration(stop), full.pk)
    mine = make_registration(stop)
    workshops.choose(mine, one.pk)
    told = {}
    for name, number in (("full", full.pk), ("clash", clash.pk), ("none", 999), ("garbage", "abc")):
        answer = client.post(address(mine), {"act": "choose", "meeting": number})
        assert answer.status_code == 409
        told[name] = answer.context["problem"]
    assert len(set(told.values())) == 3
    assert told["none"] == told["garbage"]
    assert WorkshopSeat.objects.filter(registration=mine).count() == 1


def test_a_full_workshop_is_waited_for_by_a_button_and_left_by_another(client: Client) -> None:
    stop, [full] = make_stop_with_workshops({"seats": 1})
    mine = make_registration(stop)
    workshops.choose(make_registration(stop), full.pk)
    buttons = []
    for act in ("wait", "wait", "leave"):
        assert client.post(address(mine), {"act": act, "meeting": full.pk}).status_code == 302
        page = client.get(address(mine)).text
        buttons.append(("vous attendez une place, rang 1" in page, 'value="wait"' in page))
    assert buttons == [(True, False), (True, False), (False, True)]


@pytest.mark.parametrize("act", ["", "seat_me", "choose_all"])
def test_an_act_nobody_offers_does_nothing(client: Client, act: str) -> None:
    mine = make_registration(make_stop())
    before = everything()
    assert client.post(address(mine), {"act": act}).status_code == 302
    assert everything() == before


# Details


def correction(person: Professional, **changes: Any) -> dict[str, Any]:
    return {
        "name": "",
        "organisation": person.organisation.name,
        "category": person.organisation.category_id,
        "phone": "",
        "person_language": person.language,
        **changes,
    }


def test_details_are_corrected_and_what_is_left_empty_stays(client: Client) -> None:
    person = make_professional(name="Meryem Alaoui", phone="+212612345678")
    mine = make_registration(make_stop(), professional=person)
    guide = make_category("guide")
    changes = {"phone": "07 00 00 00 01", "category": guide.pk, "person_language": "ar"}
    assert client.post(address(mine, "coordonnees/"), correction(person, **changes)).status_code == 302
    person.refresh_from_db()
    assert (person.name, str(person.phone), person.language) == ("Meryem Alaoui", "+212700000001", "ar")
    assert person.organisation.category == guide
    client.post(address(mine, "coordonnees/"), correction(person, name="Meryem El Alaoui"))
    person.refresh_from_db()
    assert (person.name, person.name_key) == ("Meryem El Alaoui", "meryem el alaoui")
    assert str(person.phone) == "+212700000001"


def test_a_colleagues_establishment_keeps_its_name(client: Client) -> None:
    person = make_professional()
    colleague = make_professional(organisation=person.organisation)
    before = person.organisation.name
    mine = make_registration(make_stop(), professional=person)
    client.post(address(mine, "coordonnees/"), correction(person, organisation="Riad nouveau"))
    person.refresh_from_db()
    colleague.refresh_from_db()
    assert (person.organisation.name, colleague.organisation.name) == ("Riad nouveau", before)


def test_the_address_is_not_changed_by_a_form(client: Client) -> None:
    person = make_professional(email="direction@riad.example")
    mine = make_registration(make_stop(), professional=person)
    client.post(address(mine, "coordonnees/"), correction(person, email="autre@riad.example"))
    person.refresh_from_db()
    assert person.email == "direction@riad.example"


def test_a_name_a_colleague_bears_is_refused_beside_the_field(client: Client) -> None:
    person = make_professional(name="Meryem Alaoui", email="direction@riad.example")
    make_professional(name="Salma Alaoui", email="direction@riad.example")
    mine = make_registration(make_stop(), professional=person)
    answer = client.post(address(mine, "coordonnees/"), correction(person, name="SALMA ALAOUI"))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["name"]
    person.refresh_from_db()
    assert person.name == "Meryem Alaoui"


def test_wrong_details_are_told_and_kept(client: Client) -> None:
    mine = make_registration(make_stop())
    person = mine.professional
    answer = client.post(
        address(mine, "coordonnees/"), correction(person, phone="12", organisation="Riad bleu")
    )
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["phone"]
    assert 'value="Riad bleu"' in answer.content.decode()


# What it costs


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_asks_as_often_however_many_workshops_and_people(
    client: Client, django_assert_num_queries, many: int
) -> None:
    fields = [{"starts": time(10 + n), "ends": time(11 + n)} for n in range(many)]
    stop, _ = make_stop_with_workshops(*fields)
    for _ in range(many):
        make_registration(stop)
    mine = make_registration(stop)
    with django_assert_num_queries(5):
        assert client.get(address(mine)).status_code == 200
