"""manage.py draw_zellige: writes the zellige of the pages into static/img (committed)."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from onmt_tour import zellige

FOLDER = Path(settings.BASE_DIR) / "static" / "img"


class Command(BaseCommand):
    help = "Draws static/img/zellige*.svg."
    requires_system_checks: list[Any] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for name, draw in zellige.FILES.items():
            (FOLDER / name).write_text(draw())
            self.stdout.write(f"{name} {(FOLDER / name).stat().st_size:,} bytes")
