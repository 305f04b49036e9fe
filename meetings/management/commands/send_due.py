"""`manage.py send_due`: what the beat and the workers do, once, from the shell."""

import time
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from meetings import announcements, campaigns, reminders
from meetings.models import Announcement, Campaign
from outbox import clock, delivery
from outbox.models import Message, MessageStatus


class Command(BaseCommand):
    help = "Write the invitations and reminders that are due, and deliver every mail that is."

    def handle(self, *args: Any, **options: Any) -> None:
        for announcement in Announcement.objects.filter(done_at=None):
            while announcements.write(announcement.pk, limit=reminders.LIMIT):
                pass
        letters = sum(self._finish(campaign) for campaign in campaigns.to_be_written())
        written = 0
        while count := reminders.write_due():
            written += count
        sent_before = Message.objects.filter(status=MessageStatus.SENT).count()
        delivery.sweep()
        while (pause := delivery.run()) is not None:
            time.sleep(pause)
        sent = Message.objects.filter(status=MessageStatus.SENT).count() - sent_before
        waiting = Message.objects.filter(status=MessageStatus.QUEUED, due_at__lte=clock.now()).count()
        self.stdout.write(
            _(
                "Invitations demandées écrites : %(letters)d. Textes dus écrits : %(written)d. "
                "Messages envoyés : %(sent)d. En attente : %(waiting)d."
            )
            % {"letters": letters, "written": written, "sent": sent, "waiting": waiting}
        )

    def _finish(self, campaign: Campaign) -> int:
        written = 0
        while count := campaigns.write(campaign, limit=reminders.LIMIT):
            written += count
        return written
