"""The files of the press room: under MEDIA_ROOT, under names nobody can guess, never changed once written.

No other server looks into that folder: the portal answers with a file once it has asked who may read it.
"""

import os
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response

from meetings import handing_out
from meetings.typesetting.whole import write

NAME = re.compile(r"[0-9a-f]{32}\.(jpg|pdf)")
CONTENT_TYPES = {"jpg": "image/jpeg", "pdf": "application/pdf"}


class Unusable(Exception):
    """The file that was sent cannot be taken; the message is a sentence for whoever sent it."""


def folder() -> Path:
    found = Path(settings.MEDIA_ROOT) / "press"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def save(content: bytes, ending: str) -> str:
    """Keep `content`; answers its name. Whole or not at all, for nobody else on this machine."""
    name = f"{uuid.uuid4().hex}.{ending}"
    target = folder() / name
    write(target, content)
    os.chmod(target, 0o600)
    return name


def path(name: str) -> Path:
    """Where a file of ours is. Raises ValueError for a name that is none."""
    if not NAME.fullmatch(name):
        raise ValueError(name)
    return folder() / name


def forget(*names: str) -> None:
    for name in filter(None, names):
        path(name).unlink(missing_ok=True)


def pieces(name: str) -> Iterator[bytes]:
    """The file, a little at a time."""
    with path(name).open("rb") as file:
        while piece := file.read(64 * 1024):
            yield piece


def answer(request: HttpRequest, name: str, *, saved_as: str = "") -> HttpResponseBase:
    """The file, or 304 for who has it: it never changes under its name, yet may be withdrawn."""
    etag = f'"{name.partition(".")[0]}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        ending = name.rpartition(".")[2]
        response = FileResponse(path(name).open("rb"), content_type=CONTENT_TYPES[ending])
        how = f'attachment; filename="{saved_as}.{ending}"' if saved_as else "inline"
        response["Content-Disposition"] = how
    return handing_out.marked(response, etag)
