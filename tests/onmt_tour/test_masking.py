"""No log keeps a personal link."""

import io
import logging
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client
from gunicorn.config import Config

from accounts import letters, links
from accounts.models import User
from onmt_tour import gunicorn_config
from onmt_tour.masking import MaskTokens, masked


def token() -> str:
    return links.token("registration", 12, links.new_nonce())


def test_a_token_is_masked_wherever_it_stands() -> None:
    one, other = token(), token()
    assert masked(f"GET /fr/inscription/{one}/?next=/ar/invitation/{other}") == (
        "GET /fr/inscription/***/?next=/ar/invitation/***"
    )


def test_the_way_to_a_new_password_is_masked() -> None:
    assert masked(f"GET {letters.password_link(User(pk=5, email='pilotage@portal.example'))}") == (
        f"GET {settings.SITE_URL}/fr/compte/mot-de-passe/nouveau/***/"
    )


def test_what_only_looks_like_a_token_is_kept() -> None:
    kept = "portal 5.2.19, tel. 0528.123456, /static/css/portal.55e7cbb9ba48.css"
    assert masked(kept) == kept


def test_a_token_in_message_arguments_or_traceback_is_masked() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(MaskTokens())
    log = logging.Logger("portal")  # alone, so that nothing else writes it
    log.addHandler(handler)
    secret = token()
    log.warning("Not found: %s", f"/fr/inscription/{secret}/")
    try:
        raise LookupError(f"no row for {secret}")
    except LookupError:
        log.exception("failed")
    assert stream.getvalue().splitlines()[0] == "Not found: /fr/inscription/***/"
    assert stream.getvalue().splitlines()[-1] == "LookupError: no row for ***"
    assert secret not in stream.getvalue()


def test_every_handler_of_the_portal_masks() -> None:
    handlers = settings.LOGGING["handlers"]
    assert {name: handler["filters"] for name, handler in handlers.items()} == {"console": ["mask_tokens"]}
    assert [name for name, logger in settings.LOGGING["loggers"].items() if logger["handlers"]] == []


@pytest.mark.django_db
def test_the_log_of_a_missing_page_is_masked(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    secret = token()
    caplog.handler.addFilter(MaskTokens())
    client.get(f"/fr/nulle-part/{secret}/")
    assert [message for message in caplog.messages if "nulle-part" in message] == [
        "Not Found: /fr/nulle-part/***/"
    ]


def test_the_access_log_masks_path_and_referrer() -> None:
    logger = gunicorn_config.MaskingLogger(Config())
    secret = token()
    request = SimpleNamespace(headers=[("REFERER", f"/fr/inscription/{secret}/")])
    response = SimpleNamespace(status="200 OK", sent=1, headers=[("Location", f"/fr/badge/{secret}/")])
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": f"/fr/inscription/{secret}/",
        "PATH_INFO": f"/fr/inscription/{secret}/",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": f"/fr/inscription/{secret}/",
    }
    duration = SimpleNamespace(seconds=0, microseconds=1)
    atoms = logger.atoms(response, request, environ, duration)
    assert atoms["r"] == "GET /fr/inscription/***/ HTTP/1.1"
    assert [name for name, value in atoms.items() if secret in str(value)] == []
