"""A password opens nothing but the set-up of the second factor; public pages stay public."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import LazySettings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Role, User
from outbox.models import Message
from tests.factories import make_staff, make_user

PASSWORD = "tournee-des-douze-regions"
ROOT = Path(__file__).resolve().parents[2]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

pytestmark = pytest.mark.django_db


@pytest.fixture
def production(settings: LazySettings) -> LazySettings:
    """As settings.py has it with DEBUG off."""
    settings.DEBUG = False
    settings.SECOND_FACTOR_REQUIRED = True
    return settings


def test_with_debug_off_the_second_factor_is_required() -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "from onmt_tour import settings as s; print(s.DEBUG, s.SECOND_FACTOR_REQUIRED)",
        ],
        env={**os.environ, "DEBUG": "0", "PORTAL_ENV_FILE": os.devnull},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == ["False", "True"]


def code_of(secret: str, *, steps: int = 0) -> str:
    """What the telephone shows now, or `steps` half minutes away."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def sign_in(client: Client, user: User, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


def set_up(client: Client) -> Any:
    """For tests whose transactions end: allauth finishes once the set-up is committed."""
    page = client.get(reverse("mfa_activate_totp"))
    return client.post(reverse("mfa_activate_totp"), {"code": code_of(page.context["form"].secret)})


@pytest.mark.usefixtures("production")
def test_whoever_has_a_password_alone_is_led_to_the_set_up(client: Client) -> None:
    assert sign_in(client, make_staff()).status_code == 302
    for address in (reverse("admin:index"), reverse("mfa_index"), reverse("account_change_password")):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("mfa_activate_totp"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("production")
def test_a_code_of_the_telephone_opens_the_administration(client: Client) -> None:
    user = make_staff()
    sign_in(client, user)
    answer = set_up(client)
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    assert client.get(reverse("admin:index")).status_code == 200
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", "target", "fields")) == [
        ("signed_in", f"user:{user.pk}", []),
        ("second_factor_added", f"user:{user.pk}", ["totp"]),
        ("second_factor_added", f"user:{user.pk}", ["recovery_codes"]),
    ]
    assert list(Message.objects.values_list("recipient", "purpose", "headline")) == [
        (user.email, "account", "Votre second facteur est activé")
    ]


@pytest.mark.usefixtures("production")
def test_a_wrong_code_sets_nothing_up(client: Client) -> None:
    sign_in(client, make_staff())
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    wrong = f"{(int(code_of(secret)) + 1) % 10**6:06}"
    assert client.post(reverse("mfa_activate_totp"), {"code": wrong}).status_code == 200
    assert Authenticator.objects.count() == 0


@pytest.mark.usefixtures("production")
def test_a_code_of_long_ago_opens_nothing(client: Client) -> None:
    user = make_staff()
    TOTP.activate(user, SECRET)
    sign_in(client, user)
    for steps in (-3, 3):
        answer = client.post(reverse("mfa_authenticate"), {"code": code_of(SECRET, steps=steps)})
        assert answer.status_code == 200


@pytest.mark.usefixtures("production")
def test_the_next_sign_in_asks_for_the_code(client: Client) -> None:
    user = make_staff()
    TOTP.activate(user, SECRET)
    assert sign_in(client, user).headers["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("admin:index")).headers["Location"] == "/admin/login/?next=/admin/"
    answer = client.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)})
    assert answer.headers["Location"] == reverse("admin:index")
    assert client.get(reverse("admin:index")).status_code == 200


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize("steps", [0, 1])
def test_a_code_serves_once_in_all_the_time_it_is_good_for(
    steps: int, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_staff()
    TOTP.activate(user, SECRET)
    code = code_of(SECRET, steps=steps)
    sign_in(client, user)
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    # allauth would take it again after half a minute.
    monkeypatch.setattr(TOTP, "_mark_code_used", lambda self, code: True)
    thief = Client()
    sign_in(thief, user)
    assert thief.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
    assert thief.get(reverse("admin:index")).status_code == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("production")
def test_a_recovery_code_opens_once(client: Client) -> None:
    user = make_staff()
    sign_in(client, user)
    set_up(client)
    code = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"][0]
    for expected in (302, 200):
        other = Client()
        sign_in(other, user)
        assert other.post(reverse("mfa_authenticate"), {"code": code}).status_code == expected


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("production")
def test_a_session_that_showed_no_code_does_not_gain_by_another_ones_set_up(client: Client) -> None:
    user = make_staff()
    sign_in(client, user)
    other = Client()
    sign_in(other, user)
    set_up(other)
    assert other.get(reverse("admin:index")).status_code == 200
    answer = client.get(reverse("admin:index"))
    assert answer.headers["Location"] == f"{reverse('mfa_reauthenticate')}?next=%2Fadmin%2F"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("production")
def test_a_session_whose_factor_was_removed_is_led_to_the_set_up_again(client: Client) -> None:
    user = make_staff()
    sign_in(client, user)
    set_up(client)
    Authenticator.objects.all().delete()
    assert client.get(reverse("admin:index")).headers["Location"] == reverse("mfa_activate_totp")


@pytest.mark.usefixtures("production")
def test_public_pages_take_a_session_without_second_factor_for_nobodys(client: Client) -> None:
    sign_in(client, make_staff())
    answer = client.get(reverse("legal"))
    assert answer.status_code == 200
    assert not answer.wsgi_request.user.is_authenticated


@pytest.mark.usefixtures("production")
def test_public_pages_do_not_vary_by_a_cookie_nobody_sent(client: Client) -> None:
    assert "cookie" not in client.get(reverse("legal")).headers.get("Vary", "").lower()


def test_development_asks_for_no_second_factor(client: Client) -> None:
    sign_in(client, make_staff())
    assert client.get(reverse("admin:index")).status_code == 200


@pytest.mark.usefixtures("production")
def test_the_code_is_drawn_inside_the_page_without_style_or_data_address(client: Client) -> None:
    sign_in(client, make_staff())
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    assert page.count('role="img" aria-label="Code QR de votre second facteur"') == 1
    assert re.findall(r"data:|\sstyle=|<script", page) == []


@pytest.mark.parametrize("role", [Role.PRESS, Role.DOOR])
def test_press_and_door_reach_nothing_of_the_administration(role: Role, client: Client) -> None:
    user = make_user(role=role)
    client.force_login(user)
    assert client.get(reverse("admin:index")).status_code in (302, 403)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_staff=True)


def test_an_account_of_the_press_cannot_be_given_the_administration() -> None:
    user = make_user(role=Role.PRESS)
    user.is_staff = True
    with pytest.raises(ValidationError) as refused:
        user.full_clean()
    assert refused.value.messages == [
        "La presse et l’accueil n’accèdent pas à l’administration : décochez cet accès."
    ]
