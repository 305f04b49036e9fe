"""Every address of the public site, by route, with rows behind them that make each one answer.

Taken from the URLconf: a new route that has no example here fails the tests that walk the site.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from io import BytesIO
from typing import Any

import pikepdf
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation

from accounts import links
from meetings import lifecycle, releases, unsubscribing
from meetings.models import Answer, Handout, Invitation, MeetingKind, ReadBy, Stop, Visibility
from outbox import clock
from outbox.models import Kind
from outbox.queue import hash_of
from press import files
from press import links as press_links
from press.models import Journalist, Photo, PressRelease
from professionals import personal_links
from professionals.models import Delegation, Professional, Registration, SeatRequest
from regions import legal_time
from tests import factories
from tests.press import rows

LANGUAGES = ("fr", "ar", "en")
DOWNLOADS = ("pdf", "ics", "csv", "xlsx", "json")  # of the tour and of each stop; of the tour, "atom" too
# The regions of the stops that `make_every_state` makes.
STATES = ("MA-02", "MA-03", "MA-04", "MA-05", "MA-06")
# Files, pictures, and addresses that lead to others.
NO_PAGE = re.compile(
    r"_file$|_card$|schema$|:(suggestions|badge_check|poster|square)$|^(sitemap|robots)$|^short_"
)
# Signed in or technical; their own tests look at them.
ELSEWHERE = re.compile(r"(\w\w/)?(admin|compte|langue|healthz|readyz|metrics|pilotage)\b")


@dataclass(frozen=True, slots=True)
class World:
    """A tour with a stop in every state, and one person behind each kind of personal link."""

    stop: Stop  # published, with meetings for everybody, for the registered and for the invited
    draft: Stop
    registration: Registration
    delegation: Delegation
    asked: SeatRequest
    official: Invitation
    professional: Invitation
    journalist: Invitation
    communique: PressRelease  # public, with a document
    photo: Photo  # public
    handouts: dict[str, Handout]  # one for each audience, of `stop`


@dataclass(frozen=True, slots=True)
class Address:
    route: str
    path: str
    language: str
    personal: str = ""  # "registration", "official", …: whose page this is


def make_world() -> World:
    stop = factories.make_stop(published=False, venue=factories.make_venue(), seats=3)
    factories.make_meeting(
        stop, kind=MeetingKind.WORKSHOP, visibility=Visibility.REGISTERED,
        title_fr="Atelier des inscrits", title_ar="ورشة المسجلين", title_en="Workshop", seats=10,
        starts=time(12), ends=time(13),
    )  # fmt: skip
    factories.make_meeting(
        stop, kind=MeetingKind.COUNCIL, visibility=Visibility.INVITED,
        title_fr="Rencontre des invités", title_ar="لقاء المدعوين", title_en="Guests",
        starts=time(10), ends=time(11),
    )  # fmt: skip
    handouts = {audience: factories.make_handout(stop, read_by=audience) for audience in ReadBy}
    return World(
        handouts=handouts,
        stop=stop,
        draft=factories.make_stop(published=False, region="MA-01"),
        registration=factories.make_registration(stop),
        delegation=factories.make_delegation(stop, places=2, granted=1),
        asked=asked_for_a_seat(stop),
        official=_invitation(stop, "crt", factories.make_official()),
        professional=_invitation(stop, "professionals", factories.make_professional()),
        journalist=_invitation(
            stop, "press", rows.make_journalist(), answer=Answer.ACCEPTED, answered_at=clock.now()
        ),
        communique=_communique(),
        photo=rows.make_photo(),
    )


def _communique() -> PressRelease:
    """Corrected by another one; a draft and one under embargo stand beside them."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    written = BytesIO()
    pdf.save(written)
    release = rows.make_press_release(document=files.save(written.getvalue(), "pdf"))
    rows.make_press_release(corrects=release, language="ar", title="تصحيح", body="نص التصحيح.")
    rows.make_press_release(published_at=None)
    later = legal_time.today() + timedelta(days=30)
    rows.make_press_release(embargo_on=later, embargo_at=time(9))
    rows.make_photo(published_at=None)
    rows.make_photo(embargo_on=later, embargo_at=time(9))
    return release


def make_every_state() -> None:
    """Stops beside those of `make_world`: full, postponed, cancelled, held, closed."""
    full = factories.make_stop(region="MA-05", seats=1)
    factories.make_registration(full)
    factories.make_registration(full, status="waiting")
    lifecycle.postpone(factories.make_stop(region="MA-02"), by=None)
    lifecycle.cancel(factories.make_stop(region="MA-03"), by=None)
    held = factories.make_held(region="MA-04")
    factories.make_outcome(held)
    releases.release_changes(held, by=None)
    factories.make_stop(region="MA-06", registration_paused=True)


def asked_for_a_seat(stop: Stop) -> SeatRequest:
    now = clock.now()
    return SeatRequest.objects.create(
        stop=stop,
        digest="0" * 64,
        name="Directrice d’hôtel",
        email="directrice@hotel.example",
        phone="+212661000001",
        organisation="Hôtel du Port",
        category=factories.make_category(),
        language="fr",
        consent_version="2026-12-1",
        consent_text="J’accepte.",
        asked_at=now,
        expires_at=now + timedelta(hours=48),
    )


def _invitation(stop: Stop, audience: str, person: Any, **fields: Any) -> Invitation:
    kind = {Professional: "professional", Journalist: "journalist"}.get(type(person), "official")
    return Invitation.objects.create(
        stop=stop,
        audience=audience,
        key=f"{kind}:{person.pk}",
        recipient_hash=hash_of(person.email),
        written_at=clock.now(),
        **fields,
    )


def examples(world: World) -> dict[str, list[tuple[dict[str, Any], str]]]:
    """Route → how it is reached, and whose page it is ("" for everybody's)."""
    stop = {"slug": world.stop.slug}
    communique, photo = {"pk": world.communique.pk}, {"pk": world.photo.pk}
    mine = {"token": personal_links.registration_token(world.registration)}
    badge = links.token(personal_links.BADGE, world.registration.pk, world.registration.nonce)
    places = {"token": personal_links.delegation_token(world.delegation)}
    asked = links.token(personal_links.CONFIRMATION, world.asked.pk, world.asked.nonce)
    everybody: dict[str, list[dict[str, Any]]] = {
        "short_agenda": [{}],
        "short_stop": [stop],
        "home": [{}],
        "regions": [{}],
        "region": [{"slug": world.stop.region.slug}, {"slug": world.draft.region.slug}],
        "legal": [{}],
        "accessibility": [{}],
        "credits": [{}],
        "press:room": [{}],
        "press:communique": [communique],
        "press:document_file": [communique],
        "press:photo_file": [photo],
        "press:thumbnail_file": [photo],
        "press:everything_file": [{}],
        "press:notice": [stop],
        "press:notice_file": [stop],
        "meetings:agenda": [{}],
        "meetings:tour_file": [{"kind": kind} for kind in (*DOWNLOADS, "atom")],
        "agenda_schema": [{}],
        "meetings:stop": [stop],
        "meetings:stop_file": [stop | {"kind": kind} for kind in DOWNLOADS],
        "meetings:handout_file": [stop | {"pk": world.handouts[ReadBy.PUBLIC].pk}],
        "meetings:stop_card": [stop],
        "meetings:tour_card": [{}],
        "sitemap": [{}],
        "robots": [{}],
        "professionals:kit": [stop],
        "professionals:poster": [stop],
        "professionals:square": [stop],
        "professionals:register": [stop],
        "professionals:ask_delegation": [stop],
        "professionals:lost_link": [{}],
        "professionals:lost_link_asked": [{}],
        "professionals:suggestions": [{}],
        "professionals:requested": [stop],
        "professionals:badge_check": [{"token": badge}],
    }
    registered, officials, press = (
        {"pk": world.handouts[audience].pk}
        for audience in (ReadBy.REGISTERED, ReadBy.OFFICIALS, ReadBy.PRESS)
    )
    refusal = unsubscribing.address("president@crt.example", Kind.INVITATIONS, "fr")
    unsubscribed = {"token": refusal.rstrip("/").rpartition("/")[2]}
    personal: dict[str, list[tuple[dict[str, Any], str]]] = {
        "professionals:confirm": [({"token": asked}, "asked")],
        "professionals:answer": [({"token": _token(world.professional)}, "professional")],
        "professionals:registration": [(mine, "registration")],
        "professionals:correct": [(mine, "registration")],
        "professionals:withdraw": [(mine, "registration")],
        "professionals:hand_over": [(mine, "registration")],
        "professionals:reconfirm": [(mine, "registration")],
        "professionals:delegation": [(places, "delegation")],
        "professionals:cancel_delegation": [(places, "delegation")],
        "professionals:badge": [(mine, "registration")],
        "professionals:calendar_file": [(mine, "registration")],
        "professionals:handout_file": [(mine | registered, "registration")],
        "meetings:invited_file": [({"token": _token(world.official)} | officials, "official")],
        "press:handout_file": [({"token": press_links.token(world.journalist)} | press, "journalist")],
        "press:mine": [({"token": press_links.token(world.journalist)}, "journalist")],
        "meetings:invitation": [({"token": _token(world.official)}, "official")],
        "meetings:unsubscribe": [(unsubscribed, "official")],
    }
    return {route: [(one, "") for one in found] for route, found in everybody.items()} | personal


def _token(invitation: Invitation) -> str:
    return links.token("invitation", invitation.pk, invitation.nonce)


def routes(resolver: URLResolver | None = None, prefix: str = "", space: str = "") -> Iterator[str]:
    """The name of every public route of the URLconf."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = prefix + str(entry.pattern)
        if ELSEWHERE.match(pattern):
            continue
        if isinstance(entry, URLResolver):
            yield from routes(entry, pattern, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern) and pattern:
            yield f"{space}{entry.name}"


def every_address(world: World, *, languages: tuple[str, ...] = LANGUAGES) -> list[Address]:
    """Each public page and file, in each language. Raises KeyError for a route without example."""
    known = examples(world)
    found = []
    for route in routes():
        for kwargs, personal in known[route]:
            for language in languages:
                with translation.override(language):
                    found.append(Address(route, reverse(route, kwargs=kwargs), language, personal))
    return found


def every_page(world: World, language: str) -> list[str]:
    """Each public page in this language: the routes, the stops and regions in every state, what is not
    there. The stop of the world must be published, and `make_every_state` have been called."""
    found = [one.path for one in every_address(world, languages=(language,)) if not NO_PAGE.search(one.route)]
    for code in STATES:
        slug = factories.make_region(code).slug
        found += [f"/{language}/etapes/{slug}/", f"/{language}/regions/{slug}/"]
    return [*found, f"/{language}/nulle-part/"]
