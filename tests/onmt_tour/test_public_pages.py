"""Public pages from memory say what they would say anew, to everybody who may be told, and to nobody else."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

import brotli
import pytest
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path

from accounts.public_pages import public_page
from meetings import handing_out, releases
from onmt_tour import public_pages, revision
from onmt_tour.page_store import Store
from onmt_tour.public_pages import PublicPages, is_everybodys
from outbox import clock
from professionals import seats
from regions import legal_time
from regions.models import Region
from tests import addresses
from tests.addresses import Address
from tests.factories import make_professional, make_region, make_staff, make_stop, next_thursday

pytestmark = pytest.mark.django_db

# What is nobody's to keep, and why.
NEVER_KEPT = {
    "professionals:register": "its form carries a token of its reader's, against forgery from elsewhere",
    "professionals:ask_delegation": "its form carries one too",
    "professionals:lost_link": "its form carries one too",
    "professionals:suggestions": "each answer is another, and senders are counted",
    "professionals:badge_check": "stands behind a personal link",
    "sitemap": "its Content-Language follows the reader; machines ask for it, rarely",
    "robots": "its Content-Language follows the reader; machines ask for it, rarely",
    "agenda_schema": "of no language, and the same as long as the process lives",
    "short_agenda": "leads on, by the reader's language",
    "short_stop": "leads on, by the reader's language",
    **dict.fromkeys(
        (
            *("press:photo_file", "press:thumbnail_file"),
            *("press:document_file", "press:everything_file", "meetings:handout_file"),
        ),
        "a file from disk: pictures would push every page out of memory",
    ),
}
CODINGS = [("gzip", gzip.decompress), ("br", brotli.decompress)]
AGENDA = "/fr/agenda/"
STOP = "/fr/etapes/dakhla-oued-ed-dahab/"

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing_out, "PATIENCE", 60.0)  # a busy machine is not what is tested


def answer(path: str, *, method: str = "get", **headers: str) -> Answer:
    response = getattr(Client(), method)(path, headers={n.replace("_", "-"): v for n, v in headers.items()})
    assert not response.cookies
    return response.status_code, dict(response.headers), response.content


def cold(path: str, **options: str) -> Answer:
    """The answer made anew."""
    public_pages.forget()
    return answer(path, **options)


@pytest.fixture
def from_memory(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """Ask, and fail where anything but the memory is asked."""

    def refuse(self: PublicPages, request: HttpRequest) -> HttpResponse:
        raise AssertionError(f"{request.get_full_path()} was made anew")

    def ask(path: str, **options: str) -> Answer:
        with monkeypatch.context() as patched:
            patched.setattr(PublicPages, "fresh", refuse)
            with CaptureQueriesContext(connection) as queries:
                found = answer(path, **options)
        assert len(queries) == 0
        return found

    return ask


@pytest.fixture
def everywhere() -> list[Address]:
    """Every public address of a tour that has a stop in every state."""
    world = addresses.make_world()
    releases.publish(world.stop, by=None)
    addresses.make_every_state()
    return [each for each in addresses.every_address(world) if not each.personal]


def test_every_public_answer_is_the_same_from_memory(
    everywhere: list[Address], from_memory: Callable[..., Answer]
) -> None:
    """Every route, format and language; as is, its headers alone, who has it already; gzip and brotli."""
    asked = 0
    for address in everywhere:
        if address.route in NEVER_KEPT:
            continue
        status, headers, body = first = cold(address.path)
        assert status == 200
        assert from_memory(address.path) == first, address
        asked += 1
        if address.language == "en":
            continue  # the rest was asked in the two directions
        assert (
            from_memory(address.path, method="head")
            == (200, headers, b"")
            == cold(address.path, method="head")
        )
        for coding, read in CODINGS if address.language == "ar" else ():
            coded = cold(address.path, accept_encoding=coding)
            assert from_memory(address.path, accept_encoding=coding) == coded, address
            if coding in coded[1].get("Content-Encoding", ""):
                assert (read(coded[2]), coded[1]["Vary"], len(coded[2])) == (
                    body, "Accept-Encoding", int(coded[1]["Content-Length"]),
                )  # fmt: skip
            else:
                assert coded == first
        unchanged = cold(address.path, if_none_match=headers["ETag"])
        assert (unchanged[0], unchanged[1]["ETag"], unchanged[2]) == (304, headers["ETag"], b"")
        assert from_memory(address.path, if_none_match=headers["ETag"]) == unchanged, address
        assert from_memory(address.path, if_none_match='W/"another"') == first
    assert asked > 50


def test_what_is_not_kept_is_known_and_why(everywhere: list[Address]) -> None:
    """A public view that is made anew each time? `accounts.public_pages.public_page` declares it."""
    kept = set()
    for address in everywhere:
        if address.language != "fr":
            continue  # a route is kept in all languages or in none
        public_pages.forget()
        Client().get(address.path)
        if len(public_pages.pages):
            kept.add(address.route)
    assert {address.route for address in everywhere} - kept == set(NEVER_KEPT)


def test_pages_are_compressed_and_revalidated() -> None:
    make_stop()
    status, headers, body = cold(AGENDA, accept_encoding="gzip, deflate, br")
    assert (status, headers["Content-Encoding"], headers["Cache-Control"]) == (200, "br", "public, no-cache")
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert len(body) * 2 < len(brotli.decompress(body))


def test_each_moment_and_each_class_of_seats_shows_at_the_next_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The clock is set before and at each moment, the seats are taken one by one; asked twice each time."""
    day = next_thursday(40)
    stop = make_stop(
        date=day, starts=time(10), ends=time(13), seats=4,
        registration_opens_on=day - timedelta(days=20),
    )  # fmt: skip
    make_stop(
        region="MA-11", date=day + timedelta(days=7), starts=time(9), ends=time(12),
        registration_closes_on=day + timedelta(days=5),
    )  # fmt: skip
    pages = [
        "/fr/",
        AGENDA,
        STOP,
        "/fr/regions/",
        "/ar/regions/dakhla-oued-ed-dahab/",
        "/en/agenda/agenda.json",
    ]

    def instant(days: int, hour: time = time(0)) -> datetime:
        return legal_time.instant(day + timedelta(days=days), hour)

    def seen() -> list[Answer]:
        found = [answer(page) for page in pages]
        assert found == [answer(page) for page in pages]
        public_pages.forget()
        same = found == [answer(page) for page in pages]
        assert same, "an old page"  # the pages themselves would be compared at length
        return found

    moments = [instant(-20), instant(0), instant(0, time(10)), instant(0, time(13)), instant(1), instant(6)]
    moments += [instant(7, time(12))]
    for moment in moments:
        monkeypatch.setattr(clock, "now", lambda at=moment: at - timedelta(seconds=1))
        before = seen()
        monkeypatch.setattr(clock, "now", lambda at=moment: at)
        assert seen() != before, f"nothing to be seen at {moment}"
        monkeypatch.setattr(clock, "now", lambda at=moment: at + timedelta(minutes=59))
        public_pages.forget()
        late = seen()
        monkeypatch.setattr(clock, "now", lambda at=moment: at)
        assert late == seen(), f"something else happens within an hour of {moment}"

    monkeypatch.setattr(clock, "now", lambda: instant(-10))
    shown = [seen()]
    for _ in range(6):
        seats.register(stop, professional=make_professional())
        shown.append(seen())
    changed = [place for place in range(1, 7) if shown[place][2] != shown[place - 1][2]]
    assert changed == [3, 4]  # the last one, the waiting list


@pytest.mark.parametrize("forgotten", ["passed", "day", "revision"])
def test_the_test_above_would_see_an_old_page(monkeypatch: pytest.MonkeyPatch, forgotten: str) -> None:
    real = revision._now
    fixed = {"passed": 0, "day": next_thursday(), "revision": b""}
    monkeypatch.setattr(revision, "_now", lambda read: real(read)._replace(**{forgotten: fixed[forgotten]}))
    with pytest.raises(AssertionError, match="an old page"):
        test_each_moment_and_each_class_of_seats_shows_at_the_next_request(monkeypatch)


def test_an_answer_made_while_something_changes_is_not_given_out_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The view has read, the change is written, the answer is kept: under what was before the change."""
    make_region("MA-12")
    real = public_pages.page_of

    def then_change(*args: Any) -> Any:
        made = real(*args)
        Region.objects.filter(code="MA-12").update(name_fr="Région nouvelle")
        return made

    monkeypatch.setattr(public_pages, "page_of", then_change)
    assert b"nouvelle" not in cold("/fr/regions/")[2]
    monkeypatch.undo()
    assert b"nouvelle" in answer("/fr/regions/")[2]


def test_time_that_passes_while_a_page_is_made_keeps_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = make_stop()
    real = public_pages.page_of

    def slowly(*args: Any) -> Any:
        monkeypatch.setattr(clock, "now", lambda: stop.starts_at)
        return real(*args)

    monkeypatch.setattr(public_pages, "page_of", slowly)
    cold(STOP)
    assert len(public_pages.pages) == 0


@pytest.mark.parametrize("cookie", ["sessionid", "messages"])
def test_who_has_a_session_or_a_message_neither_fills_the_store_nor_reads_it(
    monkeypatch: pytest.MonkeyPatch, cookie: str
) -> None:
    make_stop()
    staff = Client()
    if cookie == "sessionid":
        staff.force_login(make_staff())
    else:
        staff.cookies["messages"] = "something"
    public_pages.forget()
    assert staff.get(STOP).headers["Cache-Control"] == "private, no-cache"
    assert (len(public_pages.pages), len(public_pages.queries)) == (0, 0)
    answer(STOP)
    with monkeypatch.context() as patched:
        patched.setattr(Store, "get", lambda *args: pytest.fail("the store was read"))
        assert staff.get(STOP).status_code == 200


def test_other_cookies_are_no_reason_to_make_a_page_anew(from_memory: Callable[..., Answer]) -> None:
    make_stop()
    assert cold(STOP) == from_memory(STOP, cookie="csrftoken=x; django_language=ar")


def test_the_form_has_a_token_of_each_reader_s_own() -> None:
    make_stop()
    first, second = (Client().get(f"{STOP}inscription/") for _ in range(2))
    assert first.cookies["csrftoken"].value != second.cookies["csrftoken"].value
    assert len(public_pages.pages) == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Cache-Control": "private"}, 200), ({"Cache-Control": "no-store"}, 200), ({"Vary": "Cookie"}, 200),
        ({"Vary": "Accept-Encoding, Accept-Language"}, 200), ({}, 404), ({}, 503), ({}, 302),
    ],
)  # fmt: skip
def test_what_is_not_everybody_s_is_not_kept(headers: dict[str, str], status: int) -> None:
    assert not is_everybodys(HttpResponse(status=status, headers=headers))
    assert is_everybodys(HttpResponse(headers={"Vary": "Accept-Encoding"}))
    with_cookie = HttpResponse()
    with_cookie.set_cookie("a", "b")
    assert not is_everybodys(with_cookie)


def test_unknown_parameters_make_no_other_page(from_memory: Callable[..., Answer]) -> None:
    make_stop()
    first = cold(AGENDA)
    for number in range(20):
        assert from_memory(f"{AGENDA}?utm_source=x{number}&{number}=1") == first
    assert from_memory(f"{AGENDA}?region=&mois=&type=") == first  # the form, sent without a choice
    assert (len(public_pages.pages), len(public_pages.queries)) == (1, 0)


@public_page("mois", "region")
def _filtered(request: HttpRequest) -> HttpResponse:
    return HttpResponse(json.dumps(sorted(request.GET.lists())))


@public_page()
def _streamed(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(iter([b"one, ", b"two"]))


urlpatterns = i18n_patterns(path("filtre/", _filtered), path("suite/", _streamed))


@pytest.mark.urls(__name__)
def test_the_order_of_parameters_makes_no_other_page_and_their_values_do(
    from_memory: Callable[..., Answer],
) -> None:
    first = cold("/fr/filtre/?mois=12&region=MA-12&utm_source=x")
    assert json.loads(first[2]) == [["mois", ["12"]], ["region", ["MA-12"]]]
    assert from_memory("/fr/filtre/?utm_campaign=y&region=MA-12&mois=12") == first
    assert answer("/fr/filtre/?mois=12")[2] != answer("/fr/filtre/?mois=11")[2] != answer("/fr/filtre/")[2]
    assert (len(public_pages.pages), len(public_pages.queries)) == (1, 3)


@pytest.mark.urls(__name__)
def test_invented_queries_do_not_displace_pages(
    monkeypatch: pytest.MonkeyPatch, from_memory: Callable[..., Answer]
) -> None:
    monkeypatch.setattr(public_pages.queries, "room", 10_000)
    cold("/fr/filtre/")
    for number in range(100):
        answer(f"/fr/filtre/?mois={number}")
    assert public_pages.queries.size <= 10_000
    from_memory("/fr/filtre/")


@pytest.mark.urls(__name__)
def test_fragments_for_htmx_are_kept_apart() -> None:
    cold("/fr/filtre/")
    answer("/fr/filtre/", hx_request="true")
    assert len(public_pages.pages) == 2


@pytest.mark.urls(__name__)
def test_what_comes_in_parts_is_kept_whole(from_memory: Callable[..., Answer]) -> None:
    assert cold("/fr/suite/")[2] == from_memory("/fr/suite/")[2] == b"one, two"


def test_a_stranger_s_host_name_is_refused_whatever_is_kept() -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    make_stop()
    assert cold(AGENDA)[0] == 200
    assert answer(AGENDA, host="elsewhere.example")[0] == 400
    assert answer(AGENDA, host="testserver:8443") == answer(AGENDA)


def test_plain_http_is_led_to_https_whatever_is_kept(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 3600
    make_stop()
    secure = [Client().get(AGENDA, secure=True) for _ in range(2)]
    said = [response.headers["Strict-Transport-Security"] for response in secure]
    assert said[0] == said[1]
    assert said[0].startswith("max-age=3600")
    assert Client().get(AGENDA).status_code == 301


def test_pages_that_need_no_rows_stand_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    public_pages.forget()
    answer("/fr/mentions/")

    def away() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "ensure_connection", away)
    assert answer("/fr/mentions/")[0] == 200


def test_an_unknown_address_and_a_probe_ask_no_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revision, "current", lambda: pytest.fail("the revision was read"))
    assert [Client().get(path).status_code for path in ("/fr/rien/", "/healthz", "/")] == [404, 200, 302]


OTHER_PROCESS = """
import sys, django
django.setup()
from django.test import Client
from django.test.utils import setup_test_environment
setup_test_environment()
for line in sys.stdin:
    print("nouvelle" in Client().get(line.strip()).content.decode(), flush=True)
"""


@pytest.fixture
def other_process(transactional_db: None) -> Iterator[Callable[[str], bool]]:
    """Another web process on the same database: does this page of yours say « nouvelle »?"""
    database = os.environ["DATABASE_URL"].rpartition("/")[0]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "onmt_tour.settings",
        "DATABASE_URL": f"{database}/{connection.settings_dict['NAME']}",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS], env=environment, cwd=settings.BASE_DIR, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin
    assert process.stdout

    def says(path: str) -> bool:
        process.stdin.write(f"{path}\n")
        process.stdin.flush()
        return process.stdout.readline() == "True\n"

    yield says
    process.stdin.close()
    process.wait(timeout=30)


@pytest.mark.django_db(transaction=True)
def test_two_processes_show_a_change_at_the_next_request(other_process: Callable[[str], bool]) -> None:
    make_region("MA-12")
    regions = "/fr/regions/"
    for number in range(3):
        assert [other_process(regions), b"nouvelle" in answer(regions)[2]] == [number % 2 == 1] * 2
        assert [other_process(regions), b"nouvelle" in answer(regions)[2]] == [number % 2 == 1] * 2
        Region.objects.update(name_fr="Région nouvelle" if number % 2 == 0 else "Région ancienne")
