"""Accounts, second factors and the journal in the administration: for those who have every right."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from axes.models import AccessAttempt
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import audit
from accounts.models import AuditEntry, Role, User
from outbox.models import Message
from tests.factories import make_staff, make_user

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ROWS: dict[str, Callable[[int], Any]] = {
    "accounts_user": lambda number: make_user(),
    "accounts_auditentry": lambda number: audit.record(make_user(), "signed_in", f"user:{number}"),
    "mfa_authenticator": lambda number: TOTP.activate(make_user(), SECRET),
    "axes_accessattempt": lambda number: AccessAttempt.objects.create(
        username=f"compte-{number}@portal.example", ip_address="203.0.113.7", failures_since_start=5
    ),
}
QUERIES = {"accounts_user": 5, "accounts_auditentry": 5, "mfa_authenticator": 5, "axes_accessattempt": 5}

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_staff())
    return client


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("table", ROWS)
def test_a_list_asks_as_many_questions_whatever_its_length(
    table: str, rows: int, language: str, staff: Client
) -> None:
    for number in range(rows):
        ROWS[table](number)
    staff.cookies["django_language"] = language
    with CaptureQueriesContext(connection) as asked:
        answer = staff.get(reverse(f"admin:{table}_changelist"))
    assert f'<html lang="{language}"' in answer.content.decode()
    assert len(asked) == QUERIES[table], [query["sql"] for query in asked]
    assert [query["sql"] for query in asked if "AT TIME ZONE" in query["sql"].upper()] == []


@pytest.mark.parametrize("table", ROWS)
def test_only_who_has_every_right_sees_them(table: str, client: Client) -> None:
    clerk = make_user(is_staff=True)
    clerk.user_permissions.set(Permission.objects.all())
    client.force_login(clerk)
    assert client.get(reverse(f"admin:{table}_changelist")).status_code == 403
    client.force_login(make_staff())
    assert client.get(reverse(f"admin:{table}_changelist")).status_code == 200


def test_a_new_account_chooses_its_own_password(staff: Client) -> None:
    typed = {"email": "Delegue@portal.example", "function": "Délégué", "role": "staff", "language": "fr"}
    assert staff.post(reverse("admin:accounts_user_add"), {**typed, "is_staff": "on"}).status_code == 302
    user = User.objects.get(function="Délégué")
    assert (user.email, user.has_usable_password()) == ("delegue@portal.example", False)
    letter = Message.objects.get()
    assert (letter.recipient, letter.purpose) == ("delegue@portal.example", "account")
    link = re.search(r"http://\S+/compte/mot-de-passe/nouveau/\S+", letter.text)
    assert link is not None
    assert Client().get(link[0], follow=True).status_code == 200
    assert list(AuditEntry.objects.values_list("verb", "target")) == [("added", f"user:{user.pk}")]


def test_a_new_account_of_the_press_does_not_enter_the_administration(staff: Client) -> None:
    typed = {"email": "agence@presse.example", "role": Role.PRESS, "language": "fr", "is_staff": "on"}
    answer = staff.post(reverse("admin:accounts_user_add"), typed)
    assert list(answer.context["adminform"].form.non_field_errors()) == [
        "La presse et l’accueil n’accèdent pas à l’administration : décochez cet accès."
    ]
    assert Message.objects.count() == 0


def test_accounts_and_the_journal_are_not_deleted(staff: Client) -> None:
    user = make_user()
    assert staff.post(reverse("admin:accounts_user_delete", args=[user.pk])).status_code == 403
    audit.record(user, "signed_in", f"user:{user.pk}")
    entry = AuditEntry.objects.get()
    for page in ("delete", "change"):
        address = reverse(f"admin:accounts_auditentry_{page}", args=[entry.pk])
        assert staff.post(address, {"verb": "autre"}).status_code == 403


def test_a_lost_telephone_is_taken_off_and_its_secret_never_shown(staff: Client) -> None:
    user = make_user()
    TOTP.activate(user, SECRET)
    factor = Authenticator.objects.get()
    page = staff.get(reverse("admin:mfa_authenticator_change", args=[factor.pk])).content.decode()
    assert (user.email in page or str(user) in page, SECRET in page) == (True, False)
    staff.post(reverse("admin:mfa_authenticator_delete", args=[factor.pk]), {"post": "yes"})
    assert Authenticator.objects.count() == 0
    assert list(AuditEntry.objects.values_list("verb", "target")) == [
        ("deleted", f"authenticator:{factor.pk}")
    ]


def test_a_place_that_is_locked_out_may_be_let_in_again(staff: Client) -> None:
    attempt = ROWS["axes_accessattempt"](1)
    staff.post(reverse("admin:axes_accessattempt_delete", args=[attempt.pk]), {"post": "yes"})
    assert AccessAttempt.objects.count() == 0


def test_the_language_of_the_administration_is_a_button(staff: Client) -> None:
    page = staff.get(reverse("admin:index")).content.decode()
    assert '<button name="language" value="ar" lang="ar" dir="rtl">العربية</button>' in page
    answer = staff.post(reverse("set_language"), {"language": "ar", "next": "/admin/"}, follow=True)
    assert '<html lang="ar" dir="rtl"' in answer.content.decode()


def test_no_second_list_of_addresses_is_offered(staff: Client) -> None:
    page = staff.get(reverse("admin:index")).content.decode()
    assert ("/admin/account/" in page, "/admin/mfa/authenticator/" in page) == (False, True)
