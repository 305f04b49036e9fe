"""A stop in one line, to be passed on, and the links that pass it on without asking anybody anything."""

from dataclasses import dataclass
from datetime import date, time
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from meetings import wording
from meetings.agenda import PublicStop
from regions import dates
from regions.languages import pick


@dataclass(frozen=True, slots=True)
class Share:
    link: str  # the short address
    address: str  # the same without its scheme: to be read out and typed
    whatsapp: str
    mail: str


def short_address(slug: str) -> str:
    """`https://…/i/<slug>` leads to the stop in the language of whoever opens it; "agenda" to the agenda."""
    return f"{settings.SITE_URL.rstrip('/')}/i/{slug}"


def words(stop: PublicStop, language: str) -> str:
    """« Rencontre de l’ONMT à Dakhla : jeudi 3 décembre 2026, 10h00 (heure du Maroc) », without its address.

    Where nobody is expected it says that instead of the hour.
    """
    document = stop.document
    place = {"city": pick(document["city"], language), "region": pick(document["region"]["name"], language)}
    with translation.override(language):
        if stop.status in wording.CALLED_OFF:
            return _("Rencontre de l’ONMT à %(city)s (%(region)s) : %(state)s.") % {
                **place,
                "state": wording.state(stop.status).lower(),
            }
        return _("Rencontre de l’ONMT à %(city)s (%(region)s) : %(date)s, %(hour)s (heure du Maroc).") % {
            **place,
            "date": dates.long_date(date.fromisoformat(document["date"]), language),
            "hour": dates.hour_in_words(time.fromisoformat(document["starts"]), language),
        }


def links(stop: PublicStop, language: str) -> Share:
    said, address = words(stop, language), short_address(stop.slug)
    subject = pick(stop.document["region"]["name"], language)
    mail = urlencode({"subject": subject, "body": f"{said}\r\n{address}"}, quote_via=quote)
    return Share(
        link=address,
        address=address.partition("://")[2],
        whatsapp=f"https://wa.me/?text={quote(f'{said} {address}', safe='')}",
        mail=f"mailto:?{mail}",
    )
