"""How files and pictures are answered, whatever they are: the same for everybody, asked after each time.

What may be kept is asked after, so that the very next request after a release shows it. Its key stands
for everything it says: it is its ETag, and the name under which what takes a process of its own is kept.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response

from meetings import printing

PATIENCE = 5.0  # seconds a reader waits for what is being made
RETRY_AFTER = 5
CONTENT_TYPES: dict[printing.Form, str] = {"pdf": "application/pdf", "png": "image/png"}
# Read, not imported: typst, fontTools and pikepdf are for the typesetter's process, not for the web's.
TYPESETTING = Path(__file__).parent / "typesetting"

AnyResponse = TypeVar("AnyResponse", bound=HttpResponseBase)


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is answered."""

    key: str
    content: bytes
    content_type: str
    disposition: str = ""  # "" shows it in its place


def answer(request: HttpRequest, key: str, make: Callable[[], File]) -> HttpResponse:
    """The file of this key, or 304 for who has it, or 503 while it is made.

    `make` may answer another key than it was asked for: that of what was released meanwhile.
    """
    response = get_conditional_response(request, etag=_etag(key))
    if response is None:
        try:
            file = make()
        except printing.NotReady:
            return _not_ready(request)
        key = file.key
        response = HttpResponse(file.content, content_type=file.content_type)
        if file.disposition:
            response["Content-Disposition"] = file.disposition
    assert isinstance(response, HttpResponse)  # noqa: S101 - what get_conditional_response makes
    return marked(response, _etag(key))


def sheet(
    request: HttpRequest, words: dict[str, Any], *, form: printing.Form = "pdf", filename: str = ""
) -> HttpResponse:
    """What the typesetter makes of `words`, shown in its place, or saved where it has a name."""
    said = json.dumps(words, sort_keys=True).encode() + _edition(words["template"])
    key = hashlib.sha256(said).hexdigest()[:40]
    return answer(
        request,
        key,
        lambda: File(
            key,
            printing.document(key, lambda: words, patience=PATIENCE, form=form),
            CONTENT_TYPES[form],
            f'attachment; filename="{filename}.{form}"' if filename else "",
        ),
    )


def marked(response: AnyResponse, etag: str) -> AnyResponse:
    """Everybody's, and asked after each time."""
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def disposition(how: str, plain: str, name: str) -> str:
    """Save as `name`; `plain`, in ASCII, for readers that know no other (RFC 6266)."""
    clean = " ".join(re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]', " ", name).split())
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"


@cache
def _edition(template: str) -> bytes:
    """The template and its typesetter: an upgrade never serves a sheet of the old ones."""
    return b"".join((TYPESETTING / name).read_bytes() for name in (f"{template}.typ", "compile.py"))


def _etag(key: str) -> str:
    return f'W/"{key}"'


def _not_ready(request: HttpRequest) -> HttpResponse:
    response = render(request, "meetings/file_in_the_making.html", status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response
