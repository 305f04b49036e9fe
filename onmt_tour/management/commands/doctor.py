"""Says of each part of the portal that it is right, or what to do."""

import os
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from onmt_tour import findings

PAUSE_SECONDS = 0.25


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []  # it must speak where the checks would stop it

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--wait", type=float, default=0, help="seconds to wait until all is right")
        parser.add_argument("--site", default="", help="also ask this address, e.g. http://127.0.0.1:8000")
        parser.add_argument("--announce", action="store_true", help="say where `make run` answers")

    def handle(self, *, wait: float, site: str, announce: bool, **options: Any) -> None:
        if announce:
            site = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
        questions = findings.questions(site=site)
        seen = {part: findings.ask(part, question) for part, question in questions.items()}
        until = time.monotonic() + wait
        while (wrong := [part for part in seen if not seen[part].right]) and time.monotonic() < until:
            time.sleep(PAUSE_SECONDS)
            seen |= {part: findings.ask(part, questions[part]) for part in wrong}
        right = not wrong
        if announce and right:
            self.announce()
            return
        width = max(map(len, seen))
        for finding in seen.values():
            self.stdout.write(
                f"{'ok   ' if finding.right else 'WRONG'} {finding.part:{width}}  {finding.text}"
            )
        if not right:
            raise CommandError("Something is not right; see above.")

    def announce(self) -> None:
        site = settings.SITE_URL.rstrip("/")
        mail = "sent" if settings.EMAIL_URL else f"files in {settings.MAIL_DIR}"
        self.stdout.write(
            f"\nThe portal answers.\n  public   {site}/\n  staff    {site}/admin/\n  mail     {mail}\n"
            "  Ctrl-C stops everything.\n"
        )
