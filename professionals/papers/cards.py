"""Badges for the lapel and cards for the table, in both scripts."""

import io
from typing import Any

import segno
from django.utils import translation
from django.utils.translation import gettext as _

from meetings.models import Stop
from outbox import clock
from professionals import badges as badge_codes
from professionals import personal_links
from professionals.models import Registration
from professionals.papers import people, sheets
from professionals.papers.people import Guest, Said
from regions import dates
from regions.languages import pick, texts


def badges(stop: Stop, language: str) -> dict[str, Any]:
    """One for everybody who comes, ten on a sheet."""
    with translation.override(language):
        guests = [_badge_of_guest(guest, language) for guest in people.guests(stop)]
        others = [_badge_of_person(row, language) for row in people.seated(stop)]
        city = pick(texts(stop, "city"), language)
        return {
            "template": "badges",
            "lang": language,
            "title": _("Badges – %(stop)s") % {"stop": city},
            "office": _("Office National Marocain du Tourisme"),
            "tour": pick(texts(stop.tour, "name"), language),
            "where": f"{city} · {dates.full_date(stop.date, language)}",
            "code-alt": _("Code du badge"),
            "badges": [*guests, *others],
        }


def place_cards(stop: Stop, language: str, *, everybody: bool = False) -> dict[str, Any]:
    """« Chevalets » in the order of protocol: of who said they come, or of `everybody` still awaited."""
    chosen = people.AWAITED if everybody else people.CONFIRMED
    with translation.override(language):
        city = pick(texts(stop, "city"), language)
        return {
            "template": "place_cards",
            "lang": language,
            "title": _("Chevalets – %(stop)s") % {"stop": city},
            "office": _("Office National Marocain du Tourisme"),
            "made": sheets.made(clock.now(), language),
            "cards": [_card(guest, language) for guest in people.guests(stop, answers=chosen)],
        }


def _card(guest: Guest, language: str) -> dict[str, Any]:
    return {
        **_called(people.names_of(guest, language)),
        "lines": list(people.functions_of(guest, language)),
    }


def _badge_of_guest(guest: Guest, language: str) -> dict[str, Any]:
    functions = list(people.functions_of(guest, language))
    asked = guest.invitation  # none for who was put on the list by hand: found by name
    return {
        **_called(people.names_of(guest, language)),
        "lines": [{**line, "weak": place > 0} for place, line in enumerate(functions[:2])],
        "official": True,
        "band": str(guest.official.get_body_display()),
        "code": square(personal_links.guest_badge_url(asked, language)) if asked else None,
        "short": badge_codes.in_groups(badge_codes.code(asked)) if asked else "",
    }


def _badge_of_person(registration: Registration, language: str) -> dict[str, Any]:
    lines = [{**line, "weak": True} for line in people.functions_of_person(registration, language)]
    house = people.house_of(registration, language)
    return {
        **_called(people.names_of_person(registration, language)),
        "lines": [*lines, {**house, "weak": False}],
        "official": False,
        "band": _("Professionnel(le)"),
        "code": square(personal_links.badge_url(registration)),
        "short": badge_codes.in_groups(badge_codes.code(registration)),
    }


def _called(names: list[Said]) -> dict[str, Any]:
    return {"name": names[0], "other": names[1] if len(names) > 1 else None}


def square(address: str) -> str:
    """The code as SVG; dark on white whatever is printed around it."""
    drawing = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawing, kind="svg", border=1, dark="#1c2723", light="#ffffff", xmldecl=False
    )
    return drawing.getvalue().decode()
