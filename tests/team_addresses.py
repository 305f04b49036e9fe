"""Every page of the team under /pilotage/, taken from the URLconf, with rows behind that make each one
answer: people in every state, twins, what was merged, a banner, calls to make, who was there.

The press desk has a list of its own (tests/press/desk/addresses.py), read here too.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from meetings import held_seats, reminders
from meetings.models import Answer, Broadcast, Campaign, Channel, HeldFor, MeetingKind, Stop
from outbox import clock, holds
from outbox.models import Priority
from professionals import presence
from professionals.duplicates import merging
from professionals.models import Mark, Registration, RegistrationStatus
from regions import legal_time
from tests import addresses, factories
from tests.meetings.test_broadcasts import tell
from tests.press.desk import addresses as press_desk

# Files, data, what only a button reaches; the style guide, whose components are those of these pages.
NO_PAGE = {
    *("day:mark", "day:take_back", "day:seat", "day:marks", "day:list", "day:worker", "day:figures"),
    *("team:told", "team:merge", "team:unmerge", "team:tell_apart", "team:alike"),
    *("papers:to_sign", "papers:paper", "roll:table", "campaigns:table"),
    *("urgent:withdraw", "urgent:calls_table", "urgent:calls_paper", "style_guide"),
    *("team:delegations_table", "team:act_on_delegation"),
    *(
        "departures:hold",
        "departures:let_go",
        "departures:rehearse",
        "departures:release",
        "departures:example",
    ),
    *("courriers:paper", "courriers:one_paper", "courriers:register", "texts:paper"),
    *("texts:html", "texts:trial", "texts:validate", "texts:withdraw"),
}
LONG = "Responsable de l’accueil et de l’hébergement des groupes internationaux"
LONG_AR = "رئيسة مصلحة الاستقبال والحجز والعلاقات مع وكالات الأسفار الدولية"


def make_rows(by: User) -> Stop:
    """A stop with somebody in every state."""
    stop = factories.make_stop(published=False, seats=20, venue=factories.make_venue())
    factories.make_meeting(
        stop, kind=MeetingKind.WORKSHOP, title_fr="Atelier : pêche, surf et hébergement rural",
        title_ar="ورشة الصيد وركوب الأمواج والإيواء القروي", seats=10, room="Salle des séminaires",
    )  # fmt: skip
    factories.releases.publish(stop, by=None)
    stop.refresh_from_db()
    held_seats.hold(stop, HeldFor.CRT, 5, by=None)
    house = factories.make_organisation(name="Hôtel et résidence de tourisme du Littoral et des Oasis")
    people = [
        factories.make_professional(name=name, organisation=house, language=language)
        for name, language in (
            ("Zineb El Fassi", "fr"),
            (LONG, "fr"),
            (LONG_AR, "ar"),
            ("Salma Amrani", "en"),
        )
    ]
    seated = [factories.make_registration(stop, professional=one) for one in people]
    for status in RegistrationStatus:
        factories.make_registration(stop, status=status)
    by_telephone = factories.make_professional(name="دار الضيافة", email="", language="ar")
    factories.make_registration(stop, professional=by_telephone)
    factories.make_professional(email="", organisation=house)  # to be invited by telephone
    for official in (LONG_AR, "رئيس المجلس الجهوي للسياحة"):
        invited = factories.make_official(region=stop.region, function_fr=LONG, function_ar=official)
        factories.make_invitation(stop, official=invited)
    factories.make_invitation(stop, answer=Answer.DECLINED)
    _letters(stop)
    addresses.asked_for_a_seat(stop)
    now = clock.now()
    Mark.objects.create(stop=stop, registration=seated[0], at=now, received_at=now, stamped_at=now, by=by)
    tell(stop, "seated")
    tell(stop, "seated", urgent=False, form="g")
    factories.make_delegation(stop, organisation=house)
    factories.make_delegation(stop, places=4, granted=0, whole=True)
    reminders.lay_down(stop.tour)
    waiting = {"subject": f"stop:{stop.pk}", "purpose": "moved", "priority": Priority.CHANGE}
    factories.make_message(**waiting)
    factories.make_message(**waiting, language="ar", audience="seated")
    holds.hold({"subject": f"stop:{stop.pk}", "purpose": "moved", "audience": "seated", "language": "ar"})
    holds.hold({"subject": f"stop:{stop.pk}", "purpose": "thanks"})
    Campaign.objects.create(stop=stop, audiences=["professionals", "crt"], by=by, ordered_at=now)
    order = {"stop": stop, "by": by, "ordered_at": now}
    done = Campaign.objects.create(**order, audiences=["professionals"], done_at=now)
    Campaign.objects.create(**order, audiences=["professionals"], again_of=done)
    Campaign.objects.create(**order, audiences=["crt"], starts_at=now + timedelta(days=1))
    stop.invitations.update(campaign=done)  # no mail of theirs is known: they can be asked again
    _twins(by)
    factories.make_stop(region="MA-01")  # another door to choose
    return stop


def _letters(stop: Stop) -> None:
    """One handed over before the stop changed, one to be handed over, one to be made, one by mail."""
    for name in (LONG_AR, "والي الجهة", "", "كاتب عام"):
        official = factories.make_official(
            region=stop.region, function_fr=LONG, name_ar=name, by_letter=bool(name)
        )
        factories.make_invitation(stop, official=official, answer=Answer.NONE)
    first, second, _mail, third = stop.invitations.filter(answer=Answer.NONE).order_by("pk")
    factories.make_letter(first, handed_on=legal_time.today(), handed_by="Délégation régionale du tourisme")
    stop.invitations.filter(pk__in=[second.pk, third.pk]).update(channel=Channel.LETTER)


def _twins(by: User) -> None:
    mailbox = {"email": "reservations@hotel.example"}
    for name in ("Amina Alaoui", "Alaoui Amina"):
        factories.make_professional(name=name, **mailbox)
    for name, region in (("Agence de l’Atlas", "MA-07"), ("AGENCE DE L’ATLAS", "MA-05")):
        factories.make_organisation(name=name, region=factories.make_region(region))
    gone = (
        factories.make_professional(name="Karim Idrissi"),
        factories.make_professional(name="Karim Idrissi"),
    )
    merging.people(gone[0].pk, gone[1].pk, by=by)


def every_page(stop: Stop) -> Iterator[str]:
    """Raises KeyError for a page without an example."""
    slug = {"slug": stop.slug}
    mine = Registration.objects.seated().filter(stop=stop).order_by("pk")[0]
    waiting, here = stop.registrations.queue()[0], stop.marks.all()[0]
    asked = stop.seat_requests.get(registration=None)
    examples: dict[str, list[dict[str, Any]]] = {
        **{f"day:{name}": [slug] for name in ("door", "walk_in", "live", "shell")},
        "day:mine": [{}],
        "day:person": [slug | {"key": presence.key_of(one)} for one in (mine, waiting, here)],
        **{f"team:{name}": [slug] for name in ("register", "unconfirmed", "by_telephone")},
        **{f"team:{name}": [slug] for name in ("delegations", "register_delegation")},
        "team:confirm": [{"pk": asked.pk}],
        **{f"team:{name}": [{"pk": mine.pk}] for name in ("link", "link_on_paper")},
        "team:readdress": [{"pk": mine.professional_id}],
        "team:duplicates": [{}],
        "papers:index": [slug],
        "roll:page": [slug],
        **{f"urgent:{name}": [slug] for name in ("index", "message")},
        "campaigns:index": [slug],
        "campaigns:progress": [slug | {"pk": one.pk} for one in stop.campaigns.all()],
        **{f"departures:{name}": [{}] for name in ("index", "simulation")},
        "courriers:index": [slug],
        "courriers:person": [
            slug | {"pk": row.pk} for row in stop.invitations.filter(audience="crt", answer="none")
        ],
        "texts:index": [{}],
        "texts:read_all": [{"language": "ar"}],
        **{f"texts:{name}": [{"kind": "thanks", "language": "ar"}] for name in ("text", "preview")},
        "urgent:calls": [slug | {"pk": one.pk} for one in Broadcast.objects.all()],
    }
    for route in _routes(get_resolver()):
        yield from (reverse(route, kwargs=kwargs) for kwargs in examples[route])
    line = {"subject": f"stop:{stop.pk}", "purpose": "moved", "audience": "", "language": "fr"}
    yield f"{reverse('departures:example')}?{urlencode(line)}"
    yield f"{reverse('team:duplicates')}?type=etablissements"
    yield f"{reverse('day:door', kwargs=slug)}?{urlencode({'q': 'El Fassi'})}"
    yield f"{reverse('day:door', kwargs=slug)}?{urlencode({'q': 'personne de ce nom'})}"


def desk_pages(stop: Stop) -> list[str]:
    """The press desk's, without files."""
    return [one for one in press_desk.every_page(stop) if not one.endswith((".csv", ".jpg", ".pdf"))]


def forms(stop: Stop) -> list[str]:
    """Where a form of the team's is sent; empty, it comes back with its errors."""
    slug = {"slug": stop.slug}
    return [
        reverse(f"{name}", kwargs=slug)
        for name in ("team:register", "urgent:index", "urgent:message", "day:walk_in")
    ]


def _routes(resolver: URLResolver, prefix: str = "", space: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry, pattern, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern) and pattern.startswith("pilotage/"):
            route = f"{space}{entry.name}"
            if route not in NO_PAGE and not route.startswith("press_desk:"):
                yield route
