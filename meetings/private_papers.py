"""Papers that name people, as the team downloads them: made apart, kept a day at most, each one noted."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import audit
from meetings import printing
from meetings.models import Stop

PATIENCE = 25.0  # seconds: five hundred people on paper take some
RETRY_AFTER = 5
CONTENT_TYPES: dict[printing.Form, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Read, not imported: typst, fontTools and pikepdf are for the typesetter's process, not for the web's.
TYPESETTING = Path(__file__).parent / "typesetting"


def answer(request: HttpRequest, stop: Stop, words: dict[str, Any], *, filename: str) -> HttpResponse:
    """The PDF; 503 with a moment to come back while it is being made. For staff pages only."""
    response = _made(request, words, form="pdf")
    if response.status_code == 200:
        audit.record(request.user, "printed", f"stop:{stop.pk}", fields=[filename])
        response["Content-Disposition"] = f'inline; filename="{filename}.pdf"'
    return response


def workbook(request: HttpRequest, words: dict[str, Any], *, filename: str, target: str) -> HttpResponse:
    """The workbook, to be saved; likewise. `target` is what the journal says was exported."""
    response = _made(request, words, form="xlsx")
    if response.status_code == 200:
        audit.record(request.user, "exported", target, fields=["xlsx"])
        response["Content-Disposition"] = f'attachment; filename="{filename}.xlsx"'
    return response


def _made(request: HttpRequest, words: dict[str, Any], *, form: printing.Form) -> HttpResponse:
    # What says the same is the same paper, whenever it was made.
    said = json.dumps({**words, "made": "", "version": ""}, sort_keys=True).encode()
    key = hashlib.sha256(said + _edition()).hexdigest()[:40]
    try:
        content = printing.document(key, lambda: words, patience=PATIENCE, form=form, private=True)
    except printing.NotReady:
        response = render(request, "meetings/file_in_the_making.html", status=503)
        response["Retry-After"] = str(RETRY_AFTER)
        return response
    response = HttpResponse(content, content_type=CONTENT_TYPES[form])
    response["X-Content-Type-Options"] = "nosniff"
    return response


@cache
def _edition() -> bytes:
    """The templates and their typesetter: an upgrade never serves a file of the old ones."""
    sources = sorted(path for path in TYPESETTING.iterdir() if path.suffix in (".typ", ".py"))
    return b"".join(path.read_bytes() for path in sources)
