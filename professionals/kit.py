"""« Kit de diffusion »: what a council or a federation hands on so that people come to a stop."""

from datetime import date, time
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.public_pages import public_page
from meetings import agenda, posters, wording
from meetings.agenda import PublicStop
from meetings.models import StopStatus
from professionals.channels import PARAMETER, Channel
from regions import dates
from regions.languages import ALL, pick

DIRECTIONS = {"fr": "ltr", "ar": "rtl", "en": "ltr"}


@public_page()
def kit(request: HttpRequest, slug: str) -> HttpResponse:
    """Sheets, pictures and messages of a stop, in the three languages."""
    stop = _public(slug)
    return render(
        request,
        "professionals/kit.html",
        {"section": "agenda", "stop": stop, "editions": [_edition(stop, language) for language in ALL]},
    )


@public_page()
def poster(request: HttpRequest, slug: str) -> HttpResponse:
    """A4, to print and put up."""
    return _made(request, _public(slug), "poster", Channel.POSTER)


@public_page()
def square(request: HttpRequest, slug: str) -> HttpResponse:
    """1080 × 1080 pixels, for messages and social networks."""
    return _made(request, _public(slug), "square", Channel.SQUARE)


def registration_address(stop: PublicStop, language: str, channel: Channel) -> str:
    """Where somebody registers who comes through this channel."""
    with translation.override(language):
        path = reverse("professionals:register", args=[stop.slug])
    return f"{settings.SITE_URL.rstrip('/')}{path}?{PARAMETER}={channel.value}"


def message(stop: PublicStop, language: str) -> str:
    """A text ready to be sent on: where, when, and how to register; or that nothing takes place."""
    document = stop.document
    day = date.fromisoformat(document["date"])
    with translation.override(language):
        said = {
            "tour": pick(document["tour"]["name"], language),
            "region": pick(document["region"]["name"], language),
            "city": pick(document["city"], language),
            "date": dates.long_date(day, language),
            "hour": dates.hour_in_words(time.fromisoformat(document["starts"]), language),
            "zone": dates.MOROCCAN_TIME[language],
            "state": wording.state(stop.status),
            "link": registration_address(stop, language, Channel.MESSAGE),
        }
        if stop.status in wording.CALLED_OFF:
            return _("%(tour)s, %(region)s : étape %(state)s.") % (said | {"state": said["state"].lower()})
        if stop.status == StopStatus.HELD:
            return _("%(tour)s, %(region)s : l’étape a eu lieu.") % said
        return (
            _(
                "%(tour)s\n%(region)s, %(city)s\n%(date)s, %(hour)s (%(zone)s)\n\n"
                "Professionnels du tourisme, inscrivez-vous en moins d’une minute :\n%(link)s"
            )
            % said
        )


def _made(request: HttpRequest, stop: PublicStop, shape: posters.Shape, channel: Channel) -> HttpResponse:
    language = (get_language() or "fr")[:2]
    call = None
    if stop.status == StopStatus.PUBLISHED:
        call = posters.Call(
            words=_("Inscrivez-vous"),
            explained=_("Scannez le code : moins d’une minute depuis un téléphone."),
            address=registration_address(stop, language, channel),
        )
    words = posters.of_stop(stop, language, shape=shape, call=call)
    return posters.answer(request, words, filename=f"{channel.value}-{stop.slug}-{language}")


def _edition(stop: PublicStop, language: str) -> dict[str, Any]:
    text = message(stop, language)
    with translation.override(language):
        return {
            "language": language,
            "direction": DIRECTIONS[language],
            "poster": reverse("professionals:poster", args=[stop.slug]),
            "square": reverse("professionals:square", args=[stop.slug]),
            "message": text,
            "whatsapp": f"https://wa.me/?text={quote(text)}",
        }


def _public(slug: str) -> PublicStop:
    stop = agenda.stop(slug)
    if stop is None:
        raise Http404
    return stop
