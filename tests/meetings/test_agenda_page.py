"""The agenda as a page: filters, list and month, what is shown where nothing is found."""

import gzip
import re
from datetime import date, time, timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from meetings import lifecycle, releases
from meetings.models import MeetingKind
from meetings.weeks import weeks
from regions import dates
from tests.factories import make_meeting, make_region, make_stop, next_thursday

pytestmark = pytest.mark.django_db

DAY = next_thursday(60).replace(day=15)
LATER = (DAY.replace(day=1) + timedelta(days=40)).replace(day=9)


def make_two() -> None:
    """Dakhla with a press point in one month, Guelmim in the next."""
    stop = make_stop(region="MA-12", date=DAY, published=False)
    make_meeting(stop, kind=MeetingKind.PRESS, starts=time(12), points=1, title_fr="Point presse")
    releases.publish(stop, by=None)
    make_stop(region="MA-10", date=LATER)


def read(client: Client, query: str = "", language: str = "fr") -> str:
    response = client.get(f"/{language}/agenda/{query}")
    assert response.status_code == 200
    return response.content.decode()


def results(html: str) -> str:
    return html[html.index('id="resultats"') : html.index('aria-labelledby="emporter"')]


def stops_in(html: str) -> list[str]:
    return re.findall(r'<a href="/\w\w/etapes/([^/]+)/"', results(html))


@pytest.mark.parametrize(
    ("query", "found", "count"),
    [
        ("", ["dakhla-oued-ed-dahab", "guelmim-oued-noun"], "2 étapes"),
        ("?region=guelmim-oued-noun", ["guelmim-oued-noun"], "Une étape sur 2"),
        (f"?mois={DAY:%Y-%m}", ["dakhla-oued-ed-dahab"], "Une étape sur 2"),
        ("?type=presse", ["dakhla-oued-ed-dahab"], "Une étape sur 2"),
        (f"?region=guelmim-oued-noun&mois={DAY:%Y-%m}", [], "Aucune étape"),
    ],
)
@pytest.mark.parametrize("view", ["", "vue=mois"])
def test_filters_work_by_address_alone_in_both_views(
    client: Client, query: str, found: list[str], count: str, view: str
) -> None:
    make_two()
    html = read(client, f"{query}{'&' if query else '?'}{view}" if view else query)
    assert stops_in(html) == found
    assert re.findall(r'id="compte" role="status">([^<]*)<', html) == [count]


def test_the_kind_that_is_chosen_is_the_only_one_listed(client: Client) -> None:
    make_two()
    assert "Séance plénière" in results(read(client))
    html = results(read(client, "?type=presse"))
    assert re.findall(r'<li><b class="num"><bdi dir="ltr">([\d:]+)</bdi></b> ([^<]+)</li>', html) == [
        ("12:00", "Point presse")
    ]
    assert '<b class="num"><bdi dir="ltr">12:00</bdi></b>' in results(read(client, "?type=presse&vue=mois"))


def test_the_form_keeps_what_was_chosen_and_sends_what_the_script_sends(client: Client) -> None:
    make_two()
    html = read(client, f"?region=guelmim-oued-noun&mois={LATER:%Y-%m}&type=pleniere&vue=mois")
    form = html[html.index("<form") : html.index("</form>")]
    assert re.findall(r'<option value="([^"]+)" selected>', form) == [
        *("guelmim-oued-noun", f"{LATER:%Y-%m}", "pleniere")
    ]
    assert re.findall(r'name="(\w+)"', form) == ["region", "mois", "type", "vue"]
    assert re.findall(r'(?:data-hx-get|action)="([^"]*)"', form) == ["/fr/agenda/"] * 2
    assert 'method="get"' in form
    for part in ("resultats", "compte", "vues", "langues"):
        assert html.count(f'id="{part}"') == 1


def test_a_filtered_page_says_its_one_address_and_the_other_languages_keep_the_filters(
    client: Client,
) -> None:
    make_two()
    html = unescape(read(client, "?type=presse&x=1&region=dakhla-oued-ed-dahab&mois="))
    query = "?region=dakhla-oued-ed-dahab&type=presse"
    assert re.findall(r'rel="canonical" href="([^"]*)"', html) == [f"{settings.SITE_URL}/fr/agenda/{query}"]
    header = html[html.index('id="langues"') : html.index("</ul>", html.index('id="langues"'))]
    assert re.findall(r'href="([^"]*)"', header) == [f"/{code}/agenda/{query}" for code in ("fr", "ar", "en")]


def test_each_filter_can_be_taken_away_by_itself(client: Client) -> None:
    make_two()
    html = unescape(results(read(client, f"?region=dakhla-oued-ed-dahab&mois={DAY:%Y-%m}")))
    undo = html[html.index('class="tags undo"') : html.index("</ul>")]
    assert re.findall(r'href="([^"]*)"', undo) == [
        f"/fr/agenda/?mois={DAY:%Y-%m}",
        "/fr/agenda/?region=dakhla-oued-ed-dahab",
        "/fr/agenda/",
    ]


def test_an_unknown_filter_is_left_aside_and_said(client: Client) -> None:
    make_two()
    html = read(client, "?region=atlantide&type=presse")
    assert stops_in(html) == ["dakhla-oued-ed-dahab"]
    assert "un filtre que l’agenda ne connaît pas" in html
    assert "atlantide" not in html
    assert "ne connaît pas" not in read(client, "?type=presse&page=7")


def test_where_nothing_is_found_there_is_a_way_out(client: Client) -> None:
    make_two()
    html = unescape(results(read(client, f"?region=guelmim-oued-noun&mois={DAY:%Y-%m}&vue=mois")))
    assert "Aucune étape ne répond à ces filtres" in html
    assert re.findall(r'href="([^"]*)"', html) == [
        f"/fr/agenda/?mois={DAY:%Y-%m}&vue=mois",
        "/fr/agenda/?region=guelmim-oued-noun&vue=mois",
        "/fr/agenda/?vue=mois",
    ]


def test_a_region_without_a_date_says_so_and_leads_to_its_page(client: Client) -> None:
    make_two()
    make_region("MA-03")
    html = results(read(client, "?region=fes-meknes"))
    assert "La date de cette étape n’est pas encore arrêtée" in html
    assert re.findall(r'href="([^"]*)"', html) == ["/fr/regions/fes-meknes/", "/fr/agenda/"]


@pytest.mark.parametrize("query", ["", "?vue=mois"])
def test_both_views_are_tables_with_captions_and_scopes(client: Client, query: str) -> None:
    make_two()
    html = results(read(client, query))
    tables = re.findall(r"<table.*?</table>", html, re.DOTALL)
    assert len(tables) == 2
    months = [dates.month_and_year(day, "fr").capitalize() for day in (DAY, LATER)]
    assert re.findall(r"<h2[^>]*>([^<]*)</h2>", html) == months
    assert re.findall(r"<caption[^>]*>Étapes : ([^<]*)</caption>", html) == [
        dates.month_and_year(day, "fr") for day in (DAY, LATER)
    ]
    for table in tables:
        assert re.findall(r"<th (?!scope)", table) == []


def test_the_month_has_every_day_once_and_its_weeks_begin_on_monday() -> None:
    grid = weeks(date(2026, 12, 1), [])
    days = [one.day for week in grid for one in week.days]
    assert [day.day for day in days if day] == list(range(1, 32))
    assert [week.days[3].day.weekday() for week in grid if week.days[3].day] == [3] * 5
    assert {len(week.days) for week in grid} == {7}
    assert [week.idle for week in grid] == [True] * 5


def test_what_is_called_off_is_struck_in_both_views_and_nobody_is_told_an_hour(client: Client) -> None:
    make_two()
    lifecycle.postpone(make_stop(region="MA-11", date=DAY + timedelta(days=1)), by=None)
    listed, month = results(read(client)), results(read(client, "?vue=mois"))
    assert re.findall(r'<tr class="gone">', listed) == ['<tr class="gone">']
    assert listed.count("Nouvelle date à venir") == 1
    gone = month[month.index('class="event gone"') :]
    assert "10:00" not in gone[: gone.index("</td>")]


@pytest.mark.parametrize("query", ["?vue=mois", "?type=pleniere&vue=mois"])
@pytest.mark.parametrize("stops", [1, 12])
def test_filters_and_month_ask_no_more_questions_than_the_list(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, stops: int, query: str
) -> None:
    for week in range(stops):
        make_stop(region=f"MA-{12 - week:02}", date=next_thursday() + timedelta(weeks=week))
    with django_assert_num_queries(4):
        read(client, query)


def test_the_script_is_an_addition_of_this_page_and_takes_nothing_from_the_policy(client: Client) -> None:
    """The same bytes for the script as for a reader; no other page loads it."""
    make_two()
    plain = client.get("/fr/agenda/?type=presse")
    asked = client.get("/fr/agenda/?type=presse", headers={"hx-request": "true"})
    assert plain.content == asked.content
    html = plain.content.decode()
    scripts = re.findall(r'<script src="/static/([^"]*)" data-htmx="/static/([^"]*)" defer></script>', html)
    assert scripts == [("js/agenda.js", "django_htmx/htmx-2.min.js")]
    assert html.count("<script src") == 1
    (config,) = re.findall(r"""<meta name="htmx-config" content='([^']*)'>""", html)
    for setting in ('"includeIndicatorStyles":false', '"allowEval":false', '"historyCacheSize":0'):
        assert setting in config
    for other in ("/fr/", "/fr/regions/", "/fr/etapes/dakhla-oued-ed-dahab/", "/fr/credits/"):
        page = client.get(other).content.decode()
        assert "django_htmx" not in page
        assert "htmx-config" not in page
    assert "Vary" not in plain.headers or "HX" not in plain.headers["Vary"].upper()


def test_an_agenda_without_stops_offers_no_filters(client: Client) -> None:
    html = read(client, "?type=presse")
    assert "<form" not in html
    assert "Aucune étape n’est encore publiée" in html


@pytest.mark.parametrize("query", ["", "?vue=mois"])
@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_agenda_stays_light_with_its_scripts(client: Client, language: str, query: str) -> None:
    """What a telephone loads before it shows everything, fonts apart; and what it loads to filter."""
    for week in range(12):
        make_stop(region=f"MA-{12 - week:02}", date=next_thursday() + timedelta(weeks=week))
    html = read(client, query, language)
    loaded = re.findall(r'(?:src|data-htmx|<link rel="(?:stylesheet|icon)" href)="/static/([^"]*)"', html)
    assert len(loaded) == 5
    parts = [html.encode(), *(Path(str(finders.find(name))).read_bytes() for name in loaded)]
    assert sum(len(gzip.compress(part)) for part in parts) <= 45_000
