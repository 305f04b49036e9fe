"""What the page of the door fetches by itself: its list, its marks, its worker, and itself for bad days."""

import hashlib
import json
from http import HTTPStatus
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from meetings import gate
from meetings.models import Stop
from professionals import presence
from professionals.day import device, expected
from professionals.day.access import at_the_door
from professionals.day.pages import door_page
from regions.languages import current_language

WORKER = ("js/day-store.js", "js/day-worker.js")


@require_safe
@at_the_door
@door_page
def shell(request: HttpRequest, stop: Stop) -> HttpResponse:
    """The page of the door without anybody on it: what a device keeps to show the list it has locked away."""
    from professionals.day import sealed  # loads cryptography, of which readers have no use

    context = {
        "stop": stop,
        "doors": presence.doors(stop),
        "verifying_key": sealed.verifying_key(),
        "standings": expected.standings().items(),
        "here": "door",
        "kept": True,
    }
    return render(request, "professionals/day/door.html", context)


@require_safe
@at_the_door
def worker(request: HttpRequest, stop: Stop) -> HttpResponse:
    """The worker stands in the folder it works for: a browser gives it no other."""
    script = "\n".join(_script(name) for name in WORKER)
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


def _script(name: str) -> str:
    """A static file as it was written, found in the sources or where they were collected."""
    path = finders.find(name)
    if path:
        return Path(str(path)).read_text(encoding="utf-8")
    with staticfiles_storage.open(name) as collected:
        return str(collected.read().decode())


@require_safe
@at_the_door
def list_of_people(request: HttpRequest, stop: Stop) -> HttpResponse:
    """The signed list with the key it is locked away with, for this account at this door."""
    from professionals.day import sealed  # loads cryptography, of which readers have no use

    assert isinstance(request.user, User)  # noqa: S101 (at_the_door lets nobody else in)
    language = current_language()
    made = sealed.sealed_list(stop, request.user, language)
    etag = f'"{hashlib.sha256(made["list"].encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    return JsonResponse(made, headers={"ETag": etag})


@require_POST
@at_the_door
def marks(request: HttpRequest, stop: Stop) -> HttpResponse:
    """What was done without network comes in; what others did goes out."""
    assert isinstance(request.user, User)  # noqa: S101 (at_the_door lets nobody else in)
    try:
        body = json.loads(request.body)
        if not isinstance(body, dict):
            raise device.BadBatch
        return JsonResponse(device.answer(stop, body, by=request.user))
    except (device.BadBatch, UnicodeDecodeError, json.JSONDecodeError):
        return JsonResponse({"error": "bad batch"}, status=HTTPStatus.BAD_REQUEST)
    except gate.Busy:
        answer = JsonResponse({"error": "busy"}, status=HTTPStatus.SERVICE_UNAVAILABLE)
        answer["Retry-After"] = "3"
        return answer
