"""The page of a stop: its way there, what can be passed on, what changed, and each of its states."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from meetings import history, lifecycle, releases
from meetings.access import change as change_access
from meetings.models import Access, Meeting, Stop, Venue
from outbox import clock
from regions import dates, legal_time
from tests.factories import make_meeting, make_stop, make_venue

pytestmark = pytest.mark.django_db

ADDRESS = "etapes/dakhla-oued-ed-dahab/"


def read(client: Client, language: str = "fr", address: str = ADDRESS) -> str:
    response = client.get(f"/{language}/{address}")
    assert response.status_code == 200
    return unescape(response.content.decode())


def section(html: str, name: str) -> str:
    found = re.search(rf'<section[^>]*aria-labelledby="{name}">.*?</section>', html, re.DOTALL)
    return found[0] if found else ""


def side(html: str) -> str:
    return html[html.index("<aside") : html.index("</aside>")]


def buttons(html: str) -> list[str]:
    return re.findall(r'<a class="btn" href="([^"]*)"', html[html.index("<main") :])


def test_the_venue_leads_to_a_map_at_street_zoom_and_nothing_is_loaded_from_there(
    client: Client, settings: Settings
) -> None:
    make_stop(venue=make_venue(latitude=23.68479, longitude=-15.95804))
    place = section(read(client), "lieu")
    (link,) = re.findall(r'<a href="([^"]*)" rel="external noopener noreferrer">', place)
    assert link == "https://www.openstreetmap.org/?mlat=23.68479&mlon=-15.95804#map=17/23.68479/-15.95804"
    assert '<bdi dir="ltr">openstreetmap.org</bdi>' in place
    settings.MAP_LINK = "https://maps.example/?q={lat},{lon}&z=17"
    assert 'href="https://maps.example/?q=23.68479,-15.95804&z=17"' in section(read(client), "lieu")
    settings.MAP_LINK = ""
    assert "sur la carte" not in read(client)


def test_the_map_shows_the_released_point_and_no_other(client: Client) -> None:
    make_stop(venue=make_venue(latitude=23.7, longitude=-15.9))
    Venue.objects.update(latitude=23.5, longitude=-15.8)
    assert "23.70000" in section(read(client), "lieu")
    assert "23.5" not in read(client)


def test_a_venue_without_a_point_has_no_map(client: Client) -> None:
    make_stop(venue=make_venue())
    assert "sur la carte" not in read(client)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", "Rencontre de l’ONMT à Dakhla (Dakhla-Oued Ed-Dahab) : {date}, 10h00 (heure du Maroc)."),
        (
            "ar",
            "لقاء المكتب الوطني المغربي للسياحة في الداخلة (الداخلة-وادي الذهب): "
            "{date}، 10:00 (بتوقيت المغرب).",
        ),
        ("en", "ONMT meeting in Dakhla (Dakhla-Oued Ed-Dahab): {date}, 10:00 (Moroccan time)."),
    ],
)  # fmt: skip
def test_a_stop_is_passed_on_with_its_hour_and_its_short_address(
    client: Client, settings: Settings, language: str, words: str
) -> None:
    settings.SITE_URL = "https://tournee.portal.example"
    stop = make_stop()
    said = words.format(date=dates.long_date(stop.date, language))
    shared = section(read(client, language), "partager")
    short = "https://tournee.portal.example/i/dakhla-oued-ed-dahab"
    whatsapp, mail, link = re.findall(r'href="([^"]*)"', shared)
    assert parse_qs(urlsplit(whatsapp).query) == {"text": [f"{said} {short}"]}
    assert whatsapp.startswith("https://wa.me/?")
    assert parse_qs(urlsplit(mail).query)["body"] == [f"{said}\r\n{short}"]
    assert " " not in mail
    assert "+" not in mail  # mail programs take it for a plus
    assert link == short
    assert ">tournee.portal.example/i/dakhla-oued-ed-dahab<" in shared


def test_what_is_called_off_is_not_passed_on_as_if_it_took_place(client: Client) -> None:
    stop = make_stop()
    lifecycle.cancel(stop, by=None)
    (whatsapp, *_others) = re.findall(r'href="([^"]*)"', section(read(client), "partager"))
    (said,) = parse_qs(urlsplit(whatsapp).query)["text"]
    assert said.startswith("Rencontre de l’ONMT à Dakhla (Dakhla-Oued Ed-Dahab) : annulée. http")


def test_the_history_tells_what_changed_newest_first_with_its_moment(client: Client) -> None:
    stop = make_stop()
    lifecycle.change(stop, changes={"date": stop.date + timedelta(weeks=1)}, by=None)
    told = section(read(client), "histo")
    first, last = (dates.long_date(stop.date + timedelta(weeks=week), "fr") for week in (0, 1))
    assert re.findall(r"<p>([^<]+)</p>", told) == [
        f"Nouvelle date : {last} (avant : {first}).",
        "Publication de l’étape.",
    ]
    moments = [dates.moment(version.at, "fr") for version in history.versions([stop.pk], "fr")]
    assert re.findall(r"<time[^>]*>([^<]+)</time>", told) == moments
    # HTML knows no microseconds.
    written = re.findall(r'<time datetime="([^"]*)"', told)
    assert written == [f"{version.at:%Y-%m-%dT%H:%M:%SZ}" for version in history.versions([stop.pk], "fr")]
    assert "New date" in section(read(client, "en"), "histo")


def test_a_change_for_the_invited_alone_is_no_news(client: Client) -> None:
    stop = make_stop(published=False)
    council = make_meeting(stop, kind="council", visibility="invited")
    releases.publish(stop, by=None)
    Meeting.objects.filter(pk=council.pk).update(title_fr="Motreserve")
    releases.release_changes(Stop.objects.get(), by=None)
    assert Stop.objects.get().current_release.number == 2
    told = section(read(client), "histo")
    assert re.findall(r"<p>([^<]+)</p>", told) == ["Publication de l’étape."]
    assert told.count("<time") == 1


@pytest.mark.parametrize("releases_made", [1, 3])
def test_a_stop_asks_three_questions_however_often_it_changed(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, releases_made: int
) -> None:
    stop = make_stop()
    for week in range(1, releases_made):
        lifecycle.change(Stop.objects.get(), changes={"date": stop.date + timedelta(weeks=week)}, by=None)
    with django_assert_num_queries(3):
        read(client)


def test_a_cancelled_stop_leads_to_the_one_that_takes_its_place(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    stop = make_stop()
    lifecycle.cancel(stop, by=None)
    assert buttons(read(client)) == ["/fr/agenda/"]
    assert "Le lieu sera" not in read(client)
    again = make_stop(slug="dakhla-oued-ed-dahab-2", date=stop.date + timedelta(weeks=4))
    with django_assert_num_queries(5):
        html = read(client)
    assert buttons(html) == ["/fr/etapes/dakhla-oued-ed-dahab-2/"]
    assert f"une nouvelle rencontre est prévue dans cette région le {dates.long_date(again.date, 'fr')}" in (
        html.lower()
    )
    other = read(client, address="etapes/dakhla-oued-ed-dahab-2/")
    assert buttons(other) == ["inscription/"]


def test_each_page_has_one_filled_button(client: Client) -> None:
    """To register where that is possible, else the next best thing; none where nothing is left to do."""
    made = {
        "MA-12": {},
        "MA-11": {"registration_paused": True},
        "MA-10": {"registration_opens_on": legal_time.today() + timedelta(days=3)},
        "MA-09": {"registration_closes_on": legal_time.today() - timedelta(days=1)},
    }
    stops = {code: make_stop(region=code, **fields) for code, fields in made.items()}
    lifecycle.postpone(postponed := make_stop(region="MA-08"), by=None)
    pages = {code: read(client, address=f"etapes/{stop.slug}/") for code, stop in stops.items()}
    assert {code: buttons(html) for code, html in pages.items()} == {
        "MA-12": ["inscription/"],
        "MA-11": ["agenda.ics"],
        "MA-10": ["agenda.ics"],
        "MA-09": ["agenda.ics"],
    }
    assert buttons(read(client, address=f"etapes/{postponed.slug}/")) == ["/fr/agenda/"]
    assert "Les inscriptions sont suspendues pour le moment." in side(pages["MA-11"])
    assert "Les inscriptions étaient ouvertes jusqu’au" in side(pages["MA-09"])


def at(settings: Settings, stop: Stop, hours: float) -> None:
    """Set the clock so many hours after the beginning of the stop."""
    settings.DEBUG = True
    settings.CLOCK_OFFSET_SECONDS = 0
    ahead = stop.starts_at - clock.now() + timedelta(hours=hours)
    settings.CLOCK_OFFSET_SECONDS = int(ahead.total_seconds())


def test_a_stop_that_has_begun_and_one_that_is_over_say_so_before_anybody_notes_it(
    client: Client, settings: Settings
) -> None:
    stop = make_stop()
    at(settings, stop, -1)
    assert buttons(read(client)) == ["inscription/"]
    at(settings, stop, 1)
    going_on = side(read(client))
    assert "La rencontre a commencé." in going_on
    assert "inscription/" not in going_on
    at(settings, stop, 4)
    over = side(read(client))
    assert "La rencontre est terminée." in over
    assert "agenda.ics" not in over


def test_a_stop_that_was_held_says_where_its_outcome_will_stand(client: Client, settings: Settings) -> None:
    stop = make_stop()
    at(settings, stop, 5)
    lifecycle.hold(stop, by=None)
    html = read(client)
    assert buttons(html) == []
    assert "dès que le compte rendu sera publié" in section(html, "bilan")
    assert html.index('id="bilan"') < html.index('id="programme"')
    assert section(html, "qui") == ""


def test_the_programme_of_a_postponed_stop_is_told_as_what_was_planned(client: Client) -> None:
    lifecycle.postpone(make_stop(), by=None)
    html = read(client)
    assert "Le programme qui était prévu" in section(html, "programme")
    assert "Nouvelle date à venir" in side(html)
    assert '<p class="hour">' not in html


def test_a_missing_translation_is_french_and_marked_so(client: Client) -> None:
    """A release of before a language was asked for: readiness refuses such a stop today."""
    stop = make_stop(venue=make_venue(name_fr="Maison de l’artisan", name_ar="دار الصانع"))
    document = stop.current_release.document
    document["venue"]["name"]["en"] = ""
    releases.write(stop, document=document, restricted={"registered": [], "invited": []}, by=None)
    assert '<span lang="fr" dir="ltr">Maison de l’artisan</span>' in section(read(client, "en"), "lieu")
    assert "دار الصانع" in section(read(client, "ar"), "lieu")


@pytest.mark.parametrize(
    ("access", "told"),
    [
        (Access.OPEN, "L’entrée est libre, sur inscription."),
        (Access.APPROVAL, "L’entrée est libre\u202f; chaque inscription est examinée par l’équipe."),
        (Access.INVITATION, "L’entrée est libre, sur invitation."),
    ],
)
def test_who_may_come_is_told_as_it_is(client: Client, access: Access, told: str) -> None:
    change_access(make_stop(), by=None, access=access)
    assert re.findall(r"région\. ([^<]*)</p>", section(read(client), "qui")) == [told]


def test_hours_that_somebody_typed_stay_left_to_right_inside_arabic(client: Client) -> None:
    make_stop(contact_hours_ar="من الاثنين إلى الجمعة، 9:00–16:00")
    hours = '<bdi dir="ltr">9:00–16:00</bdi></span>'
    assert section(read(client, "ar"), "contact").count(f"من الاثنين إلى الجمعة، {hours}") == 1


def described(html: str) -> tuple[str, str]:
    """The page's title and its description, as search engines show them."""
    title = re.findall(r"<title>(.*?) – [^<]*</title>", html)
    return title[0], re.findall(r'<meta name="description" content="([^"]*)"', html)[0]


def test_title_and_description_promise_what_is_true(client: Client, settings: Settings) -> None:
    stop = make_stop()
    day, short = (dates.long_date(stop.date, "fr"), dates.full_date(stop.date, "fr"))
    region, meeting = "Dakhla-Oued Ed-Dahab, ", f"Rencontre de l’ONMT à Dakhla, {day}\u202f: "
    assert described(read(client)) == (region + short, meeting + "programme, lieu, inscription.")
    lifecycle.pause_registration(stop, by=None)
    assert described(read(client)) == (region + short, meeting + "programme et lieu.")
    at(settings, stop, 4)
    over = f"L’ONMT a rencontré les professionnels du tourisme à Dakhla, le {day}."
    assert described(read(client)) == (region + short, over)
    settings.CLOCK_OFFSET_SECONDS = 0
    lifecycle.postpone(stop, by=None)
    later = "La rencontre de l’ONMT à Dakhla est reportée\u202f; sa nouvelle date paraîtra ici."
    assert described(read(client)) == (region + "étape reportée", later)
    lifecycle.cancel(stop, by=None)
    assert described(read(client)) == (
        region + "étape annulée",
        "La rencontre de l’ONMT à Dakhla est annulée.",
    )
