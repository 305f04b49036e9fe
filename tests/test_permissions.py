"""Every address × every role. Taken from the URLconf: a route without a row here fails.

« Let in » means: neither sent to the sign-in page, nor refused, nor told that there is nothing. What an
address says to whom is the business of its own tests.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Role
from meetings import private_papers, releases
from meetings.models import Campaign, MailText, Stop
from outbox import clock
from press import files
from professionals.duplicates import merging
from tests import addresses, factories
from tests.meetings.test_broadcasts import tell
from tests.press import rows as press

ROLES = ("anonymous", "door", "door of another stop", "press", "staff")
EVERYBODY = frozenset(ROLES)
SIGNED_IN = EVERYBODY - {"anonymous"}
DOOR = frozenset({"door", "staff"})
PRESS = frozenset({"press", "staff"})
TEAM = frozenset({"staff"})

# Signed in or out, these look at nobody: besides those with an example in tests.addresses.
OPEN = {
    *("", "healthz", "readyz", "set_language"),
    *("account_login", "account_logout", "account_inactive", "mfa_authenticate"),
    *("account_reset_password", "account_reset_password_done"),
    *("account_reset_password_from_key", "account_reset_password_from_key_done"),
}
OWN_ACCOUNT = {
    *("account_reauthenticate", "mfa_reauthenticate", "account_change_password"),
    *("mfa_index", "mfa_activate_totp", "mfa_generate_recovery_codes"),
}
# Not there for an account that has not set up its second factor, as these.
WITHOUT_FACTOR = {
    *("mfa_deactivate_totp", "mfa_view_recovery_codes"),
    "mfa_download_recovery_codes",
}
# Route → who is let in.
CLOSED: dict[str, frozenset[str]] = {
    **dict.fromkeys(OWN_ACCOUNT, SIGNED_IN),
    **dict.fromkeys(WITHOUT_FACTOR, frozenset()),
    "style_guide": TEAM,
    "day:mine": SIGNED_IN,  # says that there is no door for them
    **dict.fromkeys(
        (
            *("day:door", "day:person", "day:mark", "day:take_back", "day:seat", "day:walk_in"),
            *("day:live", "day:figures", "day:shell", "day:worker", "day:list", "day:marks"),
        ),
        DOOR,
    ),
    **dict.fromkeys(
        (
            *("press_desk:index", "press_desk:contact", "press_desk:new_communique", "press_desk:communique"),
            *("press_desk:document", "press_desk:photos", "press_desk:photo", "press_desk:picture"),
            *("press_desk:small_picture", "press_desk:file", "press_desk:import"),
            *("press_desk:new_journalist", "press_desk:journalist", "press_desk:stop", "press_desk:door"),
            "press_desk:door_table",
        ),
        PRESS,
    ),
    **dict.fromkeys(
        (
            *("team:register", "team:unconfirmed", "team:by_telephone", "team:confirm", "team:link"),
            *("team:link_on_paper", "team:told", "team:readdress"),
            *("team:duplicates", "team:merge", "team:unmerge", "team:tell_apart", "team:alike"),
            *("team:delegations", "team:delegations_table", "team:register_delegation"),
            "team:act_on_delegation",
            *("papers:index", "papers:to_sign", "papers:paper"),
            *("roll:page", "roll:table"),
            *("urgent:index", "urgent:message", "urgent:withdraw"),
            *("urgent:calls", "urgent:calls_table", "urgent:calls_paper"),
            *("departures:index", "departures:example", "departures:simulation"),
            *("departures:hold", "departures:let_go", "departures:rehearse", "departures:release"),
            *("campaigns:index", "campaigns:progress", "campaigns:table"),
            *("texts:index", "texts:read_all", "texts:text", "texts:preview", "texts:html"),
            *("texts:trial", "texts:validate", "texts:withdraw", "texts:paper"),
            *("courriers:index", "courriers:person", "courriers:paper", "courriers:one_paper"),
            "courriers:register",
        ),
        TEAM,
    ),
}
# Reached by a button only.
POSTED = {"day:mark", "day:take_back", "day:seat", "day:marks", "team:told", "team:merge", "team:unmerge"}
POSTED |= {"team:tell_apart", "team:alike", "team:act_on_delegation"}
POSTED |= {"urgent:withdraw", "departures:hold", "departures:let_go", "departures:rehearse"}
POSTED |= {"departures:release"}
POSTED |= {"texts:trial", "texts:validate", "texts:withdraw"}

pytestmark = pytest.mark.django_db


def routes(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, Any]]:
    """Every route of the portal but the administration's, with its view."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from routes(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            yield space + (entry.name or str(entry.pattern)), entry.callback


def is_open(view: Any) -> bool:
    """What the middleware asks of a view before it asks who somebody is."""
    return getattr(view, "login_required", True) is False


@pytest.fixture
def stop(at_the_door: Callable[..., datetime]) -> Stop:
    made = factories.make_stop()
    at_the_door(made)
    return made


@pytest.fixture
def browsers(stop: Stop) -> dict[str, Client]:
    """Somebody of each role at their browser, signed in once."""
    accounts = {
        "door": factories.make_door(stop),
        "door of another stop": factories.make_door(factories.make_stop(region="MA-01")),
        "press": factories.make_user(role=Role.PRESS),
        "staff": factories.make_staff(),
    }
    made = {role: Client() for role in ROLES}
    for role, account in accounts.items():
        made[role].force_login(account)
    return made


@pytest.fixture
def reached(stop: Stop) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Of each closed route, what its address takes and what a button sends; rows behind both."""
    slug = {"slug": stop.slug}
    mine = factories.make_registration(stop)
    who = {"key": f"registration:{mine.pk}"}
    communique = press.make_press_release(document=files.save(b"%PDF-1.7", "pdf"))
    photo = press.make_photo()
    asked = addresses.asked_for_a_seat(stop)
    alert = slug | {"pk": tell(stop, "seated").pk}
    order = Campaign.objects.create(stop=stop, audiences=["crt"], ordered_at=clock.now())
    twins = factories.make_professional(), factories.make_professional()
    text = {"kind": "thanks", "language": "fr"}
    letter = factories.make_letter(factories.make_invitation(stop, answer="none"))
    leaving = MailText.objects.get(version=1, **text)
    merged = merging.people(twins[0].pk, twins[1].pk, by=factories.make_staff())
    own: dict[str, dict[str, Any]] = {
        **dict.fromkeys(("urgent:withdraw", "urgent:calls", "urgent:calls_table"), alert),
        "urgent:calls_paper": alert | {"language": "fr"},
        "campaigns:progress": slug | {"pk": order.pk},
        "campaigns:table": slug | {"pk": order.pk, "kind": "csv"},
        **dict.fromkeys(
            ("texts:text", "texts:preview", "texts:trial", "texts:validate", "texts:withdraw"), text
        ),
        "texts:paper": text | {"kind": "invitation_letter"},
        "courriers:paper": slug,
        "courriers:person": slug | {"pk": letter.invitation_id},
        "courriers:one_paper": slug | {"pk": letter.invitation_id, "letter": letter.pk},
        "courriers:register": slug | {"kind": "csv"},
        "texts:html": text | {"scheme": "sombre"},
        "texts:read_all": {"language": "fr"},
        "day:mine": {},
        "day:person": slug | who,
        "press_desk:contact": {"house": "onmt"},
        "press_desk:communique": {"pk": communique.pk},
        "press_desk:document": {"pk": communique.pk},
        "press_desk:photo": {"pk": photo.pk},
        "press_desk:picture": {"pk": photo.pk},
        "press_desk:small_picture": {"pk": photo.pk},
        "press_desk:journalist": {"pk": press.make_journalist().pk},
        "team:unmerge": {"pk": merged.pk},
        "team:alike": {"pk": 1},
        "team:confirm": {"pk": asked.pk},
        "team:link": {"pk": mine.pk},
        "team:link_on_paper": {"pk": mine.pk},
        "team:told": {"pk": mine.pk},
        "team:readdress": {"pk": mine.professional_id},
        "team:act_on_delegation": {"pk": factories.make_delegation(stop).pk},
        "papers:to_sign": slug | {"meeting": stop.meetings.all()[0].pk, "language": "fr"},
        "papers:paper": slug | {"name": "badges", "language": "fr"},
    }
    of_a_stop = {"press_desk:stop", "press_desk:door", "press_desk:door_table"}
    of_a_stop |= {"team:register", "team:unconfirmed", "team:by_telephone", "papers:index"}
    of_a_stop |= {
        "courriers:index",
        "campaigns:index",
        "urgent:index",
        "urgent:message",
        "roll:page",
        "roll:table",
    }
    of_a_stop |= {"team:delegations", "team:delegations_table", "team:register_delegation"}
    return {
        route: (
            own.get(route, slug if route.startswith("day:") or route in of_a_stop else {}),
            {"version": leaving.pk}
            if route.startswith("texts:")
            else who
            if route.startswith("day:")
            else {},
        )
        for route in CLOSED
    }


def let_in(browser: Client, route: str, address: str, sent: Any = None) -> bool:
    answer = browser.post(address, sent) if route in POSTED else browser.get(address)
    signing_in = (reverse(settings.LOGIN_URL), reverse("admin:login"))
    to_sign_in = answer.status_code == 302 and answer["Location"].startswith(signing_in)
    return not to_sign_in and answer.status_code not in (403, 404)


def test_every_route_has_a_row() -> None:
    known = {*OPEN, *CLOSED, *addresses.routes()}
    assert sorted({route for route, _ in routes()} - known) == []
    assert sorted(set(CLOSED) - {route for route, _ in routes()}) == []


def test_what_is_open_is_what_the_table_says() -> None:
    found = {route for route, view in routes() if is_open(view)}
    assert found - set(addresses.routes()) == OPEN
    assert found & set(CLOSED) == set()


def test_each_role_is_let_in_where_the_table_says(
    browsers: dict[str, Client],
    reached: dict[str, tuple[dict[str, Any], dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Typesetting takes a while.
    monkeypatch.setattr(private_papers, "answer", lambda *args, **options: HttpResponse())
    wrong = []
    for route, allowed in CLOSED.items():
        arguments, sent = reached[route]
        address = reverse(route, kwargs=arguments)
        found = {role for role in ROLES if let_in(browsers[role], route, address, sent)}
        if found != allowed:
            wrong.append((route, sorted(found), sorted(allowed)))
    assert wrong == []


def test_the_administration_is_the_teams(browsers: dict[str, Client]) -> None:
    """Every address of it: asked before it is looked whether the row is there."""
    wrong = []
    for route, arguments in _administration(get_resolver()):
        address = reverse(f"admin:{route}", args=arguments)
        found = [role for role in ROLES[:-1] if let_in(browsers[role], route, address)]
        wrong += [(address, found)] if found else []
    assert wrong == []
    assert let_in(browsers["staff"], "index", reverse("admin:index"))


def _administration(resolver: URLResolver, inside: bool = False) -> Iterator[tuple[str, list[str]]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _administration(entry, inside or entry.namespace == "admin")
        elif inside and entry.name and entry.name not in ("login", "logout", "jsi18n"):
            groups = entry.pattern.regex.groupindex
            if set(groups) <= {"object_id", "pk", "audience"}:
                yield entry.name, ["1"] * entry.pattern.regex.groups


def test_the_list_of_a_draft_opens_to_nobody(client: Client, at_the_door: Callable[..., datetime]) -> None:
    draft = factories.make_stop(published=False, region="MA-02")
    door = factories.make_door(draft)
    client.force_login(door)
    assert client.get(reverse("day:list", args=[draft.slug])).status_code == 404
    releases.publish(draft, by=None)
    assert client.get(reverse("day:list", args=[draft.slug])).status_code == 200
