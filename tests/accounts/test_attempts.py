"""Without Redis the staff still sign in, and guessing is still counted."""

from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from redis import RedisError

from tests.accounts.test_second_factor import PASSWORD, SECRET, code_of, sign_in
from tests.factories import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def _no_redis(settings: LazySettings, tmp_path: Path) -> None:
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": f"unix://{tmp_path}/nobody.sock"}
    }


@pytest.mark.usefixtures("_no_redis")
def test_without_redis_the_staff_sign_in(client: Client) -> None:
    user = make_staff()
    TOTP.activate(user, SECRET)
    assert sign_in(client, user).headers["Location"] == reverse("mfa_authenticate")
    answer = client.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)})
    assert answer.headers["Location"] == reverse("admin:index")


@pytest.mark.parametrize("redis", ["there", "away"])
def test_codes_are_not_guessed_for_long(redis: str, client: Client, request: pytest.FixtureRequest) -> None:
    if redis == "away":
        request.getfixturevalue("_no_redis")
    user = make_staff()
    TOTP.activate(user, SECRET)
    sign_in(client, user)
    wrong = f"{(int(code_of(SECRET)) + 500_000) % 10**6:06}"
    for _ in range(10):
        client.post(reverse("mfa_authenticate"), {"code": wrong})
    answer = client.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)})
    assert answer.status_code == 200
    assert answer.context["form"].errors["code"] == [
        "Trop de tentatives de connexion échouées. Veuillez réessayer ultérieurement."
    ]


@pytest.mark.usefixtures("_no_redis")
def test_all_else_in_the_cache_is_an_error_without_redis() -> None:
    with pytest.raises(RedisError):
        cache.set("doctor", 1)


def test_wrong_passwords_from_many_places_close_the_account_for_a_while(client: Client) -> None:
    user = make_staff()
    for number in range(10):
        client.post(
            reverse("account_login"),
            {"login": user.email, "password": "faux"},
            REMOTE_ADDR=f"203.0.113.{number}",
        )
    answer = client.post(
        reverse("account_login"), {"login": user.email, "password": PASSWORD}, REMOTE_ADDR="203.0.113.99"
    )
    assert answer.status_code == 200
