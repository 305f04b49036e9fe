"""Public pages of the tour: the agenda and its stops."""

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from meetings import attendance, gate, lifecycle, releases
from meetings.attendance import Taken
from meetings.models import AgendaItem, Meeting, MeetingKind, Stop, StopStatus, Visibility
from regions import dates, legal_time
from regions.languages import Texts
from tests.factories import make_meeting, make_region, make_stop, make_venue, next_thursday

pytestmark = pytest.mark.django_db

CODES = [f"MA-{number:02}" for number in range(12, 0, -1)]
DAKHLA = "etapes/dakhla-oued-ed-dahab/"


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def badges(html: str) -> list[str]:
    return re.findall(r'<span class="state[^"]*"><svg.*?</svg>([^<]+)</span>', html)


class Full:
    """An attendance that has so many people at every stop."""

    def __init__(self, seated: int, waiting: int = 0) -> None:
        self.found = Taken(seated=seated, waiting=waiting)

    def taken(self, stop_ids: Iterable[int]) -> dict[int, Taken]:
        return dict.fromkeys(stop_ids, self.found)

    def room_changed(self, stop: Stop) -> None:
        return

    def meeting_withdrawn(self, meeting: Meeting) -> None:
        return


@pytest.mark.parametrize("stops", [1, 12])
def test_the_agenda_asks_the_same_few_questions_at_1_and_at_12_stops(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, stops: int
) -> None:
    for week, code in enumerate(CODES[:stops]):
        make_stop(region=code, date=next_thursday() + timedelta(weeks=week))
    with django_assert_num_queries(4):
        read(client, "/fr/agenda/")


@pytest.mark.parametrize("meetings", [1, 3])
def test_a_stop_asks_the_same_questions_whatever_its_programme(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, meetings: int
) -> None:
    draft = make_stop(published=False)
    for _ in range(meetings - 1):
        make_meeting(draft)
    releases.publish(draft, by=None)
    with django_assert_num_queries(3):
        read(client, f"/fr/{DAKHLA}")


def test_the_agenda_groups_stops_by_month_in_order(client: Client) -> None:
    first = next_thursday(40).replace(day=1) + timedelta(days=40)
    for code, day in {"MA-12": first.replace(day=20), "MA-11": first.replace(day=4)}.items():
        make_stop(region=code, date=day)
    later = first.replace(day=1) + timedelta(days=45)
    make_stop(region="MA-10", date=later)
    html = read(client, "/en/agenda/")
    html = html[html.index('id="resultats"') :]
    months = [dates.month_and_year(day, "en") for day in (first, later)]
    order = [html.index(words) for words in (months[0], "Laayoune-", "Dakhla-", months[1], "Guelmim-")]
    assert order == sorted(order)


def test_an_agenda_that_begins_with_what_is_over_leads_to_what_comes(client: Client) -> None:
    jump = re.compile(r'href="#prochaine"|<tr[^>]* id="prochaine"|/etapes/([\w-]+)/"')
    make_stop(region="MA-11", date=next_thursday() + timedelta(days=7))
    first = make_stop(date=next_thursday())
    assert "prochaine" not in client.get("/fr/agenda/").content.decode()
    lifecycle.cancel(first, by=None)
    found = [one[0] for one in jump.finditer(client.get("/fr/agenda/").content.decode())]
    assert [one for one in found if "prochaine" in one] == ['href="#prochaine"', '<tr id="prochaine"']
    assert found[3] == '/etapes/laayoune-sakia-el-hamra/"'  # the row it leads to
    assert "prochaine" not in client.get("/fr/agenda/?vue=mois").content.decode()


def test_regions_without_a_date_are_listed_apart(client: Client) -> None:
    make_region("MA-03")
    make_stop(region="MA-12")
    html = read(client, "/fr/agenda/")
    apart = html[html.index('id="suite"') : html.index('id="emporter"')]
    assert re.findall(r'href="([^"]*)"', apart) == ["/fr/regions/fes-meknes/"]


def test_an_empty_agenda_says_when_it_will_fill(client: Client) -> None:
    assert "Aucune étape n’est encore publiée" in read(client, "/fr/agenda/")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fr",
            ["<h1>Dakhla-Oued Ed-Dahab</h1>", "Point 1", "L’ONMT écoute", "Secrétariat", "heure du Maroc"],
        ),
        ("ar", ["<h1>الداخلة-وادي الذهب</h1>", "نقطة 1", "المكتب يستمع", "كتابة الجولة", "بتوقيت المغرب"]),
        ("en", ["<h1>Dakhla-Oued Ed-Dahab</h1>", "Item 1", "ONMT listens", "Tour sec", "Moroccan time"]),
    ],
)
def test_a_stop_tells_the_same_in_each_language(client: Client, language: str, words: list[str]) -> None:
    stop = make_stop()
    html = read(client, f"/{language}/{DAKHLA}")
    date_words = dates.long_date(stop.date, language)
    assert date_words[0].upper() + date_words[1:] in html
    assert [word for word in words if word not in html] == []
    assert '<p class="hour"><bdi dir="ltr">10:00</bdi></p>' in html
    assert '<a href="tel:+212500000000"><bdi dir="ltr">+212 5 00 00 00 00</bdi></a>' in html


def test_a_stop_leads_to_its_registration_and_its_files(client: Client) -> None:
    make_stop()
    html = read(client, f"/fr/{DAKHLA}")
    main = html[html.index("<main") : html.index("</main>")]
    assert re.findall(r'href="(inscription/|agenda\.\w+)"', main) == [
        *("inscription/", "agenda.ics"),
        *("agenda.pdf", "agenda.ics", "agenda.xlsx", "agenda.csv", "agenda.json"),
    ]


REASON = Texts(fr="Intempéries.", ar="سوء الأحوال الجوية.", en="Bad weather.")


@pytest.mark.parametrize(
    ("becomes", "badge", "words"),
    [
        (partial(lifecycle.postpone, reason=REASON), "Reportée", "Étape reportée."),
        (partial(lifecycle.cancel, reason=REASON), "Annulée", "Étape annulée."),
    ],
)
def test_what_became_of_a_stop_stands_first_with_its_reason_and_nobody_registers_any_more(
    client: Client, becomes: Callable[..., object], badge: str, words: str
) -> None:
    becomes(make_stop(), by=None)
    html = read(client, f"/fr/{DAKHLA}")
    assert badges(html) == [badge]
    assert words in html
    assert "Intempéries." in html
    assert "inscription/" not in html
    assert "سوء الأحوال الجوية." in read(client, f"/ar/{DAKHLA}")
    assert badges(read(client, "/fr/agenda/")) == [badge]


def test_a_stop_that_was_held_says_so(client: Client) -> None:
    stop = make_stop()
    with transaction.atomic(), gate.opened():
        Stop.objects.filter(pk=stop.pk).update(status=StopStatus.HELD)
    html = read(client, f"/fr/{DAKHLA}")
    assert badges(html) == ["Tenue"]
    assert "La rencontre a eu lieu." in html
    assert "inscription/" not in html


@pytest.mark.usefixtures("own_attendance")
@pytest.mark.parametrize(
    ("people", "paused", "badge", "registers"),
    [
        (Full(10), False, "Places disponibles", ["S’inscrire"]),
        (Full(95), False, "Dernières places", ["S’inscrire"]),
        (Full(100), False, "Liste d’attente", ["Rejoindre la liste d’attente"]),
        (Full(99, waiting=1), False, "Liste d’attente", ["Rejoindre la liste d’attente"]),
        (Full(10), True, "Inscriptions suspendues", []),
        (Full(100), True, "Complet", []),
    ],
)
def test_each_class_of_availability_has_its_badge_and_its_button(
    client: Client, people: Full, paused: bool, badge: str, registers: list[str]
) -> None:
    attendance.register(people)
    stop = make_stop(seats=100)
    if paused:
        lifecycle.pause_registration(stop, by=None)
    html = read(client, f"/fr/{DAKHLA}")
    assert badges(html) == [badge]
    assert re.findall(r'href="inscription/">([^<]+)</a>', html) == registers


def test_registration_to_come_says_when_it_opens(client: Client) -> None:
    opens = legal_time.today() + timedelta(days=3)
    make_stop(registration_opens_on=opens)
    html = read(client, f"/fr/{DAKHLA}")
    assert badges(html) == ["Inscriptions à venir"]
    assert f"Les inscriptions ouvrent le {dates.long_date(opens, 'fr')}." in html


def test_a_draft_answers_like_no_stop_at_all(client: Client) -> None:
    make_stop(published=False)
    draft, nothing = client.get(f"/fr/{DAKHLA}"), client.get("/fr/etapes/atlantide/")
    assert (draft.status_code, nothing.status_code) == (404, 404)
    assert "Dakhla" not in draft.content.decode().replace("dakhla-oued-ed-dahab", "")


def test_edits_after_the_release_and_meetings_for_some_show_nowhere(client: Client) -> None:
    draft = make_stop(published=False, intro_fr="Motpublie")
    make_meeting(
        draft,
        kind=MeetingKind.COUNCIL,
        visibility=Visibility.INVITED,
        title_fr="Motreserve",
    )
    releases.publish(draft, by=None)
    Stop.objects.filter(pk=draft.pk).update(intro_fr="Motbrouillon")
    draft.meetings.filter(kind=MeetingKind.PLENARY).update(title_fr="Motbrouillon")
    stop, agenda = read(client, f"/fr/{DAKHLA}"), read(client, "/fr/agenda/")
    assert "Motpublie" in stop
    for html in (stop, agenda):
        assert "Motbrouillon" not in html
        assert "Motreserve" not in html


def test_a_meeting_of_one_point_is_not_told_twice_unless_the_point_says_more(client: Client) -> None:
    draft = make_stop(published=False, meetings=False)
    make_meeting(draft, title_fr="Point presse", points=1)
    releases.publish(draft, by=None)
    assert "Point 1" not in read(client, f"/fr/{DAKHLA}")
    notes = {f"note_{language}": f"Sur accréditation ({language})." for language in ("fr", "ar", "en")}
    AgendaItem.objects.update(**notes)
    releases.release_changes(draft, by=None)
    html = read(client, f"/fr/{DAKHLA}")
    assert "Point 1" in html
    assert "Sur accréditation (fr)." in html


def test_a_venue_to_be_confirmed_says_so_wherever_it_is_named(client: Client) -> None:
    make_stop(venue=make_venue(confirmed=False), published=True)
    assert read(client, f"/fr/{DAKHLA}").count("(à confirmer)") == 2
    assert read(client, "/fr/agenda/").count("(à confirmer)") == 1


def test_what_staff_write_is_text_and_never_markup(client: Client) -> None:
    make_stop(intro_fr="<script>alert(1)</script>\nM’hamed & Cie")
    html = read(client, f"/fr/{DAKHLA}")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert re.findall(r'<script(?! type="application/ld\+json">)', html) == []
    assert "M’hamed &amp; Cie" in html


def test_the_date_of_the_page_is_that_of_the_release(client: Client) -> None:
    stop = make_stop()
    assert stop.current_release is not None
    shown = dates.moment(stop.current_release.at, "fr")
    assert f"Page mise à jour le {shown}" in read(client, f"/fr/{DAKHLA}")
