"""Error pages in the reader's language. None of them touches the database: it may be what failed."""

import sys
from collections.abc import Callable
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import translation

from onmt_tour.pages import preferred_language
from regions.languages import ALL, current_language

RETRY_AFTER_SECONDS = 60


def reader_language(request: HttpRequest) -> str:
    """The language of the address, else of the browser: an error may strike before it is activated."""
    head = request.path.lstrip("/").partition("/")[0]
    return head if head in ALL else preferred_language(request)


def page(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    """`templates/<status>.html` in the reader's language."""
    with translation.override(reader_language(request)):
        response = render(request, f"{status.value}.html", status=status)
        response.headers["Content-Language"] = current_language()
    # What is not there now may be tomorrow: nobody on the way keeps a refusal.
    response.headers["Cache-Control"] = "no-cache"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, HTTPStatus.FORBIDDEN)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that came without its token: cookies refused, or a page kept open for too long."""
    return page(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, HTTPStatus.NOT_FOUND)


def failed(request: HttpRequest) -> HttpResponse:
    """500, or 503 with a delay when it is the database that does not answer."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = page(request, HTTPStatus.SERVICE_UNAVAILABLE)
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    return page(request, HTTPStatus.INTERNAL_SERVER_ERROR)


class Explained:
    """A page for who sends something to an address that only reads: Django's own 405 has no word."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or response.content:
            return response
        told = page(request, HTTPStatus.METHOD_NOT_ALLOWED)
        # What the view's address asks for: personal pages are kept by nobody, whatever they answer.
        said = {name: value for name, value in response.headers.items() if not name.startswith("Content-")}
        for name, value in said.items():
            told.headers[name] = value
        return told
