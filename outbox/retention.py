"""How long mail is kept: bodies go once nobody needs to look at them any more."""

from datetime import timedelta

from django.db.models import Q

from outbox import clock
from outbox.models import Message

BODY_DAYS = 30


def empty_old_bodies() -> int:
    """Empty what final messages said, 30 days on: text, HTML, calendar and personal links.

    Who was written to, about what, when, and what the server answered remains. Answers how many.
    """
    old = Message.objects.filter(final_at__lt=clock.now() - timedelta(days=BODY_DAYS))
    full = ~Q(text="") | ~Q(html="") | ~Q(calendar="") | ~Q(headers={})
    return old.filter(full).update(text="", html="", calendar="", headers={})
