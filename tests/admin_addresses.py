"""Every page of the administration, with rows behind it: lists, forms, and pages of our own.

Taken from the registry: a model that has no row here, or a page that needs more than its row,
fails the tests that walk the administration.
"""

import random
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum

from allauth.mfa.totp.internal.auth import TOTP
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

from accounts import audit
from accounts.models import User
from meetings import held_seats, invitations, releases
from meetings.models import Guest, HeldFor, Invitation, Stop
from onmt_tour import seed
from outbox import clock, suppressions
from outbox.models import Message, MessageStatus
from professionals import contributions
from professionals.models import Mark, Registration, WorkshopSeat
from tests import factories

# Django's own pages that ask or tell in words, without fields of ours; and what is no page.
PLAIN = ("delete", "history", "file", "export_csv", "export_xlsx")


class Kind(StrEnum):
    LISTS = "lists"
    FORMS = "forms"
    OWN = "own pages"


KINDS = {"changelist": Kind.LISTS, "add": Kind.FORMS, "change": Kind.FORMS}


def make_rows() -> User:
    """The tour as it stands with its first stop public, names as long as real ones; who looks at it."""
    call_command("load_reference", verbosity=0)
    call_command("load_tour", verbosity=0)
    stop = Stop.objects.order_by("rank")[0]
    official = factories.make_official(region=stop.region, function_fr="Président du CRT", email="")
    workshop = factories.make_meeting(
        stop, kind="workshop", visibility="registered", seats=20, room="Salle des congrès et des séminaires"
    )
    Guest.objects.create(stop=stop, official=official, rank=1)
    factories.make_venue(region=stop.region)
    factories.make_handout(
        stop, read_by="officials", title_fr="Dossier de la rencontre, à lire avant de venir"
    )
    releases.publish(stop, by=None)
    stop.refresh_from_db()
    seed.seed([stop], people=24, draw=random.Random(12))
    seated = Registration.objects.seated().order_by("pk")[0]
    WorkshopSeat.objects.create(registration=seated, meeting=workshop, chosen_at=clock.now())
    factories.make_delegation(stop, contact=seated.professional)
    now = clock.now()
    door = factories.make_door(stop)
    Mark.objects.create(stop=stop, registration=seated, at=now, received_at=now, stamped_at=now, by=door)
    contributions.say(seated, "Des vols directs toute l’année.", language="fr")
    held_seats.hold(stop, HeldFor.CRT, 5, by=None)
    invitations.invite(stop, audiences=["crt"], by=None)
    invitations.write_to(stop, ["crt"], limit=10)
    factories.make_official(region=stop.region)  # not invited yet
    _machinery()
    return factories.make_staff(function="Pilotage de la tournée")


def _machinery() -> None:
    """Mail that went wrong, and what the accounts leave behind."""
    now = clock.now()
    Message.objects.update(status=MessageStatus.SENT, final_at=now)
    lost = {"status": MessageStatus.IN_DOUBT, "final_at": now, "valid_until": now + timedelta(days=9)}
    factories.make_message(**lost, answer="451 4.7.1 greylisted", attempts=3)
    suppressions.suppress("0" * 64)
    Group.objects.create(name="Accueil")
    user = factories.make_user(function="Agence de presse")
    audit.record(user, "changed", f"user:{user.pk}", fields=["email", "function"])
    TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    AccessAttempt.objects.create(username=user.email, ip_address="203.0.113.7", failures_since_start=5)


def row_of(model: type[Model]) -> Model:
    """The row that a model's pages are looked at with. Raises when `make_rows` forgot it."""
    if model is Message:  # may be decided upon
        return Message.objects.get(status=MessageStatus.IN_DOUBT)
    if model is Invitation:  # may still be answered
        return Invitation.objects.get(audience="crt")
    row = model._default_manager.order_by("pk").first()
    if row is None:
        raise LookupError(f"{model._meta.label} has no row in tests.admin_addresses.make_rows")
    return row


def every_page(request: HttpRequest, kind: Kind) -> Iterator[str]:
    """The address of each page of this kind that `request.user` may open."""
    if kind == Kind.LISTS:
        yield reverse("admin:index")
        yield reverse("admin:app_list", args=["meetings"])
    for model_admin in admin.site._registry.values():
        yield from _pages_of(model_admin, request, kind)


def _pages_of(model_admin: ModelAdmin, request: HttpRequest, wanted: Kind) -> Iterator[str]:
    model = model_admin.model
    row = row_of(model)
    for url in model_admin.get_urls():
        name = str(url.name or "").removeprefix(f"{model._meta.app_label}_{model._meta.model_name}_")
        kind = KINDS.get(name, Kind.OWN)
        if not name or name in PLAIN or kind != wanted:
            continue
        if name != "add" or model_admin.has_add_permission(request):
            arguments = [row.pk] if url.pattern.regex.groups else []
            yield reverse(f"admin:{url.name}", args=arguments)
