"""Says of each part of the portal that it is right, or what to do."""

import os
import time
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from onmt_tour import findings
from onmt_tour.findings import Finding

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
        # Mail that waits for somebody to decide keeps the portal from nothing.
        passed = findings.FOR_PEOPLE if announce else set()
        until = time.monotonic() + wait
        while (wrong := [part for part in seen if not seen[part].right and part not in passed]) and (
            time.monotonic() < until
        ):
            time.sleep(PAUSE_SECONDS)
            seen |= {part: findings.ask(part, questions[part]) for part in wrong}
        if announce and not wrong:
            self.announce()
            self.say(finding for finding in seen.values() if not finding.right)
            return
        self.say(seen.values())
        if not all(finding.right for finding in seen.values()):
            raise CommandError("Something is not right; see above.")

    def say(self, found: Iterable[Finding]) -> None:
        width = max(map(len, findings.PARTS))
        for finding in found:
            self.stdout.write(
                f"{'ok   ' if finding.right else 'WRONG'} {finding.part:{width}}  {finding.text}"
            )

    def announce(self) -> None:
        site = settings.SITE_URL.rstrip("/")
        mail = "sent" if settings.EMAIL_URL else f"files in {settings.MAIL_DIR}"
        self.stdout.write(
            f"\nThe portal answers.\n  public   {site}/\n  staff    {site}/admin/\n  mail     {mail}\n"
            "  Ctrl-C stops everything.\n"
        )
