"""`manage.py build_scanner`: the script that reads square codes where the browser cannot.

It is html5-qrcode (Apache 2.0, with ZXing inside) as a package of pinned hash brings it; `make` puts that
package into var/scanner without its dependencies. The result is not committed, its licence stands beside it.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

SOURCE = Path(settings.VAR_DIR) / "scanner" / "lona_html5_qrcode" / "static" / "lona-html5-qrcode" / "dist"
FOLDER = Path(settings.BASE_DIR) / "static" / "vendor"
FILES = {"html5-qrcode.min.js": "html5-qrcode.min.js", "LICENSE": "html5-qrcode.LICENSE.txt"}


class Command(BaseCommand):
    help = "Copies the reader of square codes into static/vendor (not committed)."
    requires_system_checks: list[Any] = []

    def handle(self, *args: Any, **options: Any) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        # The script last: it is what `make` looks for.
        for name, ours in sorted(FILES.items(), key=lambda pair: pair[0].endswith(".js")):
            if not (SOURCE / name).is_file():
                raise CommandError(f"{SOURCE / name} is missing: `make run` installs it first")
            (FOLDER / ours).write_bytes((SOURCE / name).read_bytes())
            self.stdout.write(ours)
