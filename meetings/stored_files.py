"""Files that people sent: under MEDIA_ROOT, under names nobody can guess, never changed once written.

No other server looks into that folder: the portal answers with a file once it has asked who may read it.
"""

import logging
import os
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response

from meetings import handing_out
from meetings.typesetting.whole import write

CONTENT_TYPES = {"jpg": "image/jpeg", "pdf": "application/pdf"}
NAME = re.compile(rf"[0-9a-f]{{32}}\.({'|'.join(CONTENT_TYPES)})")

logger = logging.getLogger(__name__)


class Unusable(Exception):
    """The file that was sent cannot be taken; the message is a sentence for whoever sent it."""


@dataclass(frozen=True, slots=True)
class Store:
    """One folder of them."""

    name: str

    def folder(self) -> Path:
        found = Path(settings.MEDIA_ROOT) / self.name
        found.mkdir(mode=0o700, parents=True, exist_ok=True)
        return found

    def save(self, content: bytes, ending: str) -> str:
        """Keep `content`; answers its name. Whole or not at all, for nobody else on this machine."""
        name = f"{uuid.uuid4().hex}.{ending}"
        target = self.folder() / name
        write(target, content)
        os.chmod(target, 0o600)
        return name

    def path(self, name: str) -> Path:
        """Where a file of ours is. Raises ValueError for a name that is none."""
        if not NAME.fullmatch(name):
            raise ValueError(name)
        return self.folder() / name

    def forget(self, *names: str) -> None:
        for name in filter(None, names):
            self.path(name).unlink(missing_ok=True)

    def pieces(self, name: str) -> Iterator[bytes]:
        """The file, a little at a time."""
        with self.path(name).open("rb") as file:
            while piece := file.read(64 * 1024):
                yield piece

    def answer(self, request: HttpRequest, name: str, *, disposition: str = "inline") -> HttpResponseBase:
        """The file, or 304 for who has it: it never changes under its name, yet may be withdrawn.

        Raises Http404 where it is missing on disk, which `manage.py doctor` tells the operator.
        """
        etag = f'"{name.partition(".")[0]}"'
        response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
        if response is None:
            try:
                content = self.path(name).open("rb")
            except FileNotFoundError as error:
                logger.error("A file is missing in %s: restore it from the backup", self.name)
                raise Http404 from error
            response = FileResponse(content, content_type=CONTENT_TYPES[name.rpartition(".")[2]])
            response["Content-Disposition"] = disposition
        return handing_out.marked(response, etag)
