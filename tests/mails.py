"""Every mail of the portal as its readers get it: taken from templates/emails, with the facts of a stop.

A template that asks for a word nobody gives here fails the tests that read the mails.
"""

from collections.abc import Iterator, Sequence
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Engine

from accounts.letters import Event
from meetings import copies, filling, letters, mail_texts, notices
from meetings.models import MailText, MeetingKind, Stop, TextKind
from outbox import clock
from outbox.rendering import Rendered, render
from regions import dates
from tests import factories
from tests.addresses import LANGUAGES

FOLDER = Path(settings.BASE_DIR) / "templates" / "emails"
MISSING = "NOBODY SAYS"
# Told to a professional, then to an official: their name, their page, what they may do.
NAMES = {"fr": "Zineb El Fassi", "ar": "زينب الفاسي", "en": "Zineb El Fassi"}
OFFICE = {
    "fr": "Madame la Présidente, Présidente du Conseil régional du tourisme",
    "ar": "السيدة الرئيسة، رئيسة المجلس الجهوي للسياحة",
    "en": "Madam President, President of the Regional Tourism Council",
}
ADDRESSED = {"fr": "Madame la Présidente", "ar": "السيدة الرئيسة", "en": "Madam President"}


# Of a delegation, as professionals.promotion.tell and its callers name them.
STATES = (
    *("pending", "refused", "cancelled", "waiting", "changed"),
    *("released", "reminder", "place_free", "given", "link"),
)


def templates() -> list[str]:
    """Those that are mails: neither the frame nor what others take in."""
    return sorted(path.stem for path in FOLDER.glob("[!_]*.html") if path.stem != "base")


def make_stop() -> Stop:
    stop = factories.make_stop(published=False, venue=factories.make_venue())
    factories.make_meeting(
        stop, kind=MeetingKind.WORKSHOP, title_fr="Atelier : pêche et surf", room="Salle 2"
    )
    factories.releases.publish(stop, by=None)
    stop.refresh_from_db()
    return stop


def every_mail(
    stop: Stop,
    monkeypatch: pytest.MonkeyPatch,
    *,
    languages: Sequence[str] = LANGUAGES,
    officials: Sequence[bool] = (False, True),
) -> Iterator[tuple[str, str, Rendered]]:
    """(name, language, mail) of each template in these languages, to professionals and officials."""
    monkeypatch.setattr(Engine.get_default(), "string_if_invalid", MISSING)
    for template in templates():
        for language in languages:
            for official in officials:
                told = _context(stop, language, official=official)
                for name, words in _variants(template, language, told):
                    yield name, language, render(template, told | words, language=language)
            if copied(template):
                told = copies.bare(_context(stop, language, official=True)) | {"copied": OFFICE[language]}
                for name, words in _variants(template, language, told, copied=True):
                    yield f"{name} (copy)", language, render(template, told | words, language=language)


def copied(template: str) -> bool:
    """Whether copies of such a mail are written for assistants."""
    return template == filling.TEMPLATE or template in copies.PURPOSES


def _context(stop: Stop, language: str, *, official: bool) -> dict[str, Any]:
    assert stop.current_release is not None
    link = f"https://portal.example/{language}/inscription/12.ZxFj3pWq8mN2vB7sK1tL/"
    facts = notices._facts(stop.current_release.document, language)
    soon = clock.now() + timedelta(hours=2)
    return {
        **letters.about(stop.current_release, language),
        "name": "" if official else NAMES[language],
        "addressed": ADDRESSED[language] if official else "",
        "official": official,
        "represented": official,
        "audience": "crt" if official else "seated",
        "function": "Présidente du CRT",
        "now": facts,
        "before": facts,
        "reason": "Les vents sont forts." if official else "",
        "has_entry": not official,
        **dict.fromkeys(("link", "answer_url", "manage_url", "notice_url", "page", "stop_url"), link),
        "confirm_url": "" if official else link,
        "withdraw_url": "" if official else link,
        "unsubscribe_url": link if official else "",
        **dict.fromkeys(("expires_at", "offer_ends_at"), soon),
        "position": 12,
        "approved": official,
        **dict.fromkeys(("colleague", "given_by", "who", "by"), "" if official else "Salma Amrani"),
        "delegation": official,
        "had_a_seat": True,
        "entry_stays": official,
        "status": "active",
        "waits": True,
        "places": 7,
        "name_by": soon,
        "number": 2,
        "granted": 3,
        "free": 2,
        "short": 4,
        "whole": official,
        "workshop": "Atelier : pêche et surf",
        "workshop_hours": dates.hours(time(11), time(12, 30), language),
        "workshop_room": "" if official else "Salle Sahara",
        "text": "La salle change.\n\nEntrez par le jardin.",
        "headline_of_team": "La salle change",
    }


def _variants(
    template: str, language: str, told: dict[str, Any], *, copied: bool = False
) -> list[tuple[str, dict[str, Any]]]:
    """What a template says in other words as one fact changes, or staff wrote others: name and facts."""
    if template == filling.TEMPLATE:
        texts = [
            MailText(kind=kind, language=language, version=1, **mail_texts.usual()[kind, language])
            for kind in TextKind
            if kind != TextKind.INVITATION_LETTER  # on paper
            and (not copied or mail_texts.purpose_of(kind) in copies.PURPOSES)
        ]
        return [(str(text.kind), filling.context(text, told)) for text in texts]
    if template == "account_event":
        return [(template, {"event": event.value}) for event in Event]
    if template in ("account_password", "account_welcome"):
        return [(template, {"hours": 24})]
    if template == "delegation":
        return [(template, {"state": state}) for state in STATES]
    return [(template, {})]
