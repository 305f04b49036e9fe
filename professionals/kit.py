"""« Kit de diffusion »: what a council or a federation hands on so that people come to a stop."""

from datetime import date, time
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.public_pages import public_page
from meetings import addresses, agenda, posters, wording
from meetings.agenda import PublicStop
from meetings.availability import ASKED_FOR, Availability
from professionals.channels import PARAMETER, Channel
from regions import dates, legal_time
from regions.languages import ALL, current_language, pick

DIRECTIONS = {"fr": "ltr", "ar": "rtl", "en": "ltr"}


@public_page()
def kit(request: HttpRequest, slug: str) -> HttpResponse:
    """Sheets, pictures and messages of a stop, in the three languages."""
    stop = _public(slug)
    return render(
        request,
        "professionals/kit.html",
        {
            "section": "agenda",
            "stop": stop,
            "invites": invites(stop),
            "editions": [_edition(stop, language) for language in ALL],
        },
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


def invites(stop: PublicStop) -> bool:
    """Whether people are asked to register: they can, or they will be able to."""
    return stop.is_ahead and stop.availability in {*ASKED_FOR, Availability.NOT_YET}


def message(stop: PublicStop, language: str) -> str:
    """A text ready to be sent on: where, when, and how to register; else where to read what became of it."""
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
            "state": wording.state(stop.status).lower(),
        }
        page = addresses.page_of(document, language)
        if stop.status in wording.CALLED_OFF:
            return (_("%(tour)s, %(region)s : étape %(state)s.") % said) + f"\n{page}"
        if not stop.is_ahead:
            return (_("%(tour)s, %(region)s : l’étape a eu lieu.") % said) + f"\n{page}"
        where = _("%(tour)s\n%(region)s, %(city)s\n%(date)s, %(hour)s (%(zone)s)") % said
        link = registration_address(stop, language, Channel.MESSAGE) if invites(stop) else page
        return f"{where}\n\n{_asking(stop, language)}\n{link}"


def _asking(stop: PublicStop, language: str) -> str:
    """The sentence before the address, in the active language."""
    match stop.availability:
        case Availability.OPEN | Availability.FEW:
            return _("Professionnels du tourisme, inscrivez-vous en moins d’une minute :")
        case Availability.WAITING:
            return _("Toutes les places sont prises ; la liste d’attente est ouverte :")
        case Availability.NOT_YET:
            if opens_on := _opens_on(stop, language):
                return _("Professionnels du tourisme, inscrivez-vous à partir du %(date)s :") % {
                    "date": opens_on
                }
            return _("Professionnels du tourisme, les inscriptions ouvriront à cette adresse :")
        case _:
            shut = _shut(stop)
            return f"{shut.explained} {_('Le programme :')}" if shut else _("Le programme :")


def _opens_on(stop: PublicStop, language: str) -> str:
    """The day registration opens, "" where that is not known or past and something else keeps it shut."""
    written = stop.document["registration"]["opens_on"]
    if written is None or date.fromisoformat(written) <= legal_time.today():
        return ""
    return dates.long_date(date.fromisoformat(written), language)


def _call(stop: PublicStop, language: str, channel: Channel) -> posters.Call:
    """What a poster asks for, in the active language."""
    words, explained = _("Inscrivez-vous"), _("Scannez le code : moins d’une minute depuis un téléphone.")
    if stop.availability == Availability.WAITING:
        words, explained = (
            _("Rejoignez la liste d’attente"),
            _("Toutes les places sont prises. Une place libérée revient à la première personne de la liste."),
        )
    elif stop.availability == Availability.NOT_YET:
        opens_on = _opens_on(stop, language)
        explained = (
            _("À partir du %(date)s, en scannant le code.") % {"date": opens_on}
            if opens_on
            else _("Les inscriptions ouvriront à l’adresse de ce code.")
        )
    return posters.Call(words, explained, registration_address(stop, language, channel))


def _shut(stop: PublicStop) -> posters.Call | None:
    """Why nobody is asked to register at a stop that is still to come, in the active language."""
    if not stop.is_ahead:
        return None
    explained = {
        Availability.FULL: _("Toutes les places sont prises."),
        Availability.INVITATION: _("Cette étape est ouverte sur invitation seulement."),
        Availability.PAUSED: _("Les inscriptions sont suspendues pour le moment."),
        Availability.CLOSED: _("Les inscriptions à cette étape sont closes."),
    }
    words = str(stop.availability.label)
    return posters.Call(words[:1].upper() + words[1:], explained[stop.availability])


def _made(request: HttpRequest, stop: PublicStop, shape: posters.Shape, channel: Channel) -> HttpResponse:
    language = current_language()
    call = _call(stop, language, channel) if invites(stop) else _shut(stop)
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
