"""Error pages in the reader's language, without the database."""

from collections.abc import Iterator

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from onmt_tour import errors
from onmt_tour.urls import handler400, handler403, handler404, handler500
from onmt_tour.urls import urlpatterns as real

FAILURES: dict[str, Exception] = {
    "400": BadRequest("?"),
    "403": PermissionDenied("?"),
    "500": ZeroDivisionError("?"),
    "503": OperationalError("connection refused"),
}


def fail(request: HttpRequest, status: str) -> HttpResponse:
    raise FAILURES[status]


fail.login_required = False  # type: ignore[attr-defined]
urlpatterns = [
    path("fr/panne/<status>/", fail),
    path("ar/panne/<status>/", fail),
    path("panne/<status>/", fail),
    *real,
]
__all__ = ["handler400", "handler403", "handler404", "handler500"]

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def visitor() -> Iterator[Client]:
    """Answers as with DEBUG off, errors included; no database at hand."""
    with override_settings(DEBUG=False):
        yield Client(raise_request_exception=False)


@pytest.mark.parametrize("status", FAILURES)
def test_a_failure_answers_with_its_status_in_the_language_of_the_address(
    visitor: Client, status: str
) -> None:
    response = visitor.get(f"/ar/panne/{status}/", headers={"accept-language": "fr"})
    assert response.status_code == int(status)
    assert '<html lang="ar" dir="rtl">' in response.content.decode()
    assert '<meta name="robots" content="noindex">' in response.content.decode()


def test_outside_any_language_the_browser_s_decides(visitor: Client) -> None:
    response = visitor.get("/panne/500/", headers={"accept-language": "en"})
    assert '<html lang="en" dir="ltr">' in response.content.decode()


def test_a_page_that_does_not_exist_leads_home(visitor: Client) -> None:
    response = visitor.get("/fr/nulle-part/")
    html = response.content.decode()
    assert response.status_code == 404
    assert "Page introuvable" in html
    assert '<a class="btn" href="/fr/">' in html


def test_a_database_that_is_away_is_no_fault_of_the_page_and_says_when_to_return(visitor: Client) -> None:
    response = visitor.get("/fr/panne/503/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "60")


def test_a_form_without_its_token_gets_the_same_page_as_any_refusal(visitor: Client) -> None:
    response = Client(enforce_csrf_checks=True).post("/langue/")
    assert (response.status_code, "Accès refusé" in response.content.decode()) == (403, True)


def test_nothing_of_the_fault_is_told(visitor: Client) -> None:
    assert "connection refused" not in visitor.get("/fr/panne/503/").content.decode()
    assert errors.RETRY_AFTER_SECONDS == 60


@pytest.mark.parametrize(
    ("language", "heading"),
    [("fr", "Envoi impossible"), ("ar", "الإرسال غير ممكن"), ("en", "Nothing can be sent here")],
)
def test_what_only_reads_says_so_to_whoever_sends(
    visitor: Client, db: None, language: str, heading: str
) -> None:
    answer = Client(enforce_csrf_checks=True).post(f"/{language}/")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert answer["Content-Language"] == language
    assert f"<h1>{heading}</h1>" in answer.content.decode()


def test_nobody_on_the_way_keeps_a_refusal(visitor: Client, db: None) -> None:
    """A draft's address answers 404 until the stop is published."""
    for answer in (visitor.get("/fr/rien/"), visitor.post("/fr/"), visitor.get("/fr/panne/503/")):
        assert answer["Cache-Control"] == "no-cache"
