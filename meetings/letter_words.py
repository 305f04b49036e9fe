"""What a letter says: one person's, in their language, as it is printed and kept."""

from collections.abc import Iterator
from datetime import date, time
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from meetings import filling, letters, officials, visibility
from meetings.models import Invitation, Letter, MailText, Stop
from meetings.models.letter import reference
from regions import dates
from regions.languages import pick, texts
from regions.models import Official


def signatory(stop: Stop, language: str) -> str:
    """The function that signs, in this very language: "" while nobody gave it."""
    function: str = getattr(stop.tour, f"signatory_{language}")
    return function.strip()


def of(
    invitation: Invitation,
    official: Official,
    text: MailText,
    *,
    number: str,
    dated: date,
    replaces: Letter | None = None,
) -> dict[str, Any]:
    """Everything the letter says. `number` is its reference; `replaces` the letter it annuls."""
    stop, language = invitation.stop, text.language
    assert stop.current_release is not None  # noqa: S101 (only released stops invite)
    about = letters.about(stop.current_release, language, viewer=visibility.viewer_of(invitation))
    said = {**about, "name": "", "addressed": officials.addressed(official, language)}
    with translation.override(language):
        subject, title, parts = filling.on_paper(text, said)
        return {
            "lang": language,
            "title": _("Lettre n° %(number)s") % {"number": number},
            "office": _("Office National Marocain du Tourisme"),
            "tour": about["tour"],
            "reference": {"label": _("N°"), "number": number},
            "dated": _("Le %(day)s") % {"day": dates.long_date(dated, language)},
            "to": {"label": _("À"), "lines": list(addressee(official, language))},
            "subject": {"label": _("Objet :"), "text": subject},
            "replaces": _annuls(replaces, language) if replaces else "",
            "paragraphs": [_paragraph(part, said, language) for part in parts],
            "signatory": signatory(stop, language),
            "enclosure": {"label": _("P. J. :"), "text": title},
            "programme": list(_programme(about["programme"])),
            "contact": {
                "function": about["contact"]["function"],
                "phone": about["contact"]["phone"],
                "email": about["contact"]["email"],
            },
        }


def addressee(official: Official, language: str) -> Iterator[str]:
    """To whom: the title or civility and name, the name, the function; nothing twice."""
    said: list[set[str]] = []
    title = officials.addressed(official, language)
    with translation.override(language):
        title = "" if title == _("Madame, Monsieur") else title
    name = official.name_ar if language == "ar" and official.name_ar else official.name
    for line in (title, name, officials.function(official, language)):
        plain = set(officials.alike(line).split())
        if plain and not any(plain <= before for before in said):
            said.append(plain)
            yield line.strip()


def _paragraph(part: filling.Part, said: dict[str, Any], language: str) -> dict[str, Any]:
    if not part.rows:
        return {"text": part.text, "rows": []}
    named = filter(None, (said["venue"], said["venue_address"]))
    place = f"{dates.COMMA[language]} ".join(named) if said["venue"] else said["city"]
    return {
        "text": "",
        "rows": [
            [_("Date"), said["day"], ""],
            [_("Heure"), said["hours"], said["whose_time"]],
            [_("Lieu") if said["venue"] else _("Ville"), place, ""],
        ],
    }


def _programme(meetings: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for meeting in meetings:
        items = [
            {"hour": dates.clock_face(time.fromisoformat(item["starts"])), "title": item["title"]}
            for item in meeting["items"]
        ]
        yield {key: meeting[key] for key in ("hours", "title", "room")} | {"items": items}


def _annuls(letter: Letter, language: str) -> str:
    return _("Cette lettre annule et remplace la lettre n° %(number)s du %(day)s.") % {
        "number": reference(letter.number, letter.year_id),
        "day": dates.long_date(letter.dated, language),
    }


def printed(found: list[dict[str, Any]], *, title: str) -> dict[str, Any]:
    """Letters as one file, each beginning on a page of its own. It speaks the language of the first."""
    language = found[0]["lang"] if found else "fr"
    with translation.override(language):
        return {
            "template": "letter",
            "lang": language,
            "title": title,
            "office": _("Office National Marocain du Tourisme"),
            "letters": found,
        }


def city(stop: Stop, language: str) -> str:
    return pick(texts(stop, "city"), language)
