"""`manage.py french_catalogue`: the French catalogue, from the sentences themselves. Part of `make messages`.

The code's sentences are French already; what their catalogue adds is its typography
(regions/typography.py) and its plural, in which 0 is singular. Nobody writes in it by hand.
"""

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand

from regions.typography import french

SOURCE = Path(settings.BASE_DIR) / "locale" / "en" / "LC_MESSAGES" / "django.po"
TARGET = Path(settings.BASE_DIR) / "locale" / "fr" / "LC_MESSAGES" / "django.po"
HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "fr",
    "Plural-Forms": "nplurals=2; plural=(n > 1);",
}


def french_catalogue(source: polib.POFile) -> polib.POFile:
    """What French says otherwise than the sentence in the code: its spaces, and every plural."""
    found = polib.POFile(wrapwidth=0)
    found.metadata = HEADER
    for entry in source:
        if entry.obsolete or not (entry.msgid_plural or french(entry.msgid) != entry.msgid):
            continue
        words = polib.POEntry(msgctxt=entry.msgctxt, msgid=entry.msgid, flags=entry.flags)
        if entry.msgid_plural:
            words.msgid_plural = entry.msgid_plural
            words.msgstr_plural = {0: french(entry.msgid), 1: french(entry.msgid_plural)}
        else:
            words.msgstr = french(entry.msgid)
        found.append(words)
    return found


class Command(BaseCommand):
    help = "Writes locale/fr from the sentences of the code, with the spaces of French."
    requires_system_checks: list[Any] = []

    def handle(self, *args: Any, **options: Any) -> None:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        french_catalogue(polib.pofile(str(SOURCE))).save(str(TARGET))
