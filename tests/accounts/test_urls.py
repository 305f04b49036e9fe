"""Signing in: by mail and password, from every language, with no way in for strangers."""

import re

import pytest
from axes.models import AccessAttempt
from django.conf import LazySettings
from django.test import Client
from django.urls import NoReverseMatch, reverse

import accounts.urls
from accounts.late import LateView
from accounts.models import AuditEntry
from outbox.models import Message
from tests.factories import make_staff, make_user

PASSWORD = "tournee-des-douze-regions"

pytestmark = pytest.mark.django_db


def test_a_view_that_is_loaded_late_is_open_to_those_to_whom_it_is_itself() -> None:
    called = [pattern.callback for pattern in accounts.urls.urlpatterns]
    views = [view for view in called if isinstance(view, LateView)]
    assert views == called
    assert {view.name: view.login_required for view in views} == {
        view.name: getattr(view.loaded, "login_required", True) for view in views
    }
    # What else Django's middleware reads off a view before it is called.
    assert [view.name for view in views if hasattr(view.loaded, "csrf_exempt")] == []
    assert [view.name for view in views if getattr(view.loaded, "login_url", None)] == []


def test_the_administration_leads_to_the_sign_in_page(client: Client) -> None:
    answer = client.get("/admin/login/?next=/admin/meetings/")
    assert answer.headers["Location"] == "/fr/compte/connexion/?next=%2Fadmin%2Fmeetings%2F"


@pytest.mark.parametrize(
    ("address", "language"), [("/compte/connexion/", "fr"), ("/ar/compte/connexion/", "ar")]
)
def test_the_sign_in_page_speaks_the_languages_of_the_staff(
    address: str, language: str, client: Client
) -> None:
    page = client.get(address, follow=True, headers={"accept-language": "fr"})
    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.content.decode()


def test_the_administration_speaks_the_language_of_the_sign_in(client: Client) -> None:
    user = make_staff()
    client.post("/ar/compte/connexion/", {"login": user.email, "password": PASSWORD})
    assert '<html lang="ar" dir="rtl"' in client.get("/admin/").content.decode()


def test_the_address_is_taken_in_any_case(client: Client) -> None:
    user = make_staff(email="pilotage@portal.example")
    answer = client.post(
        reverse("account_login"), {"login": "Pilotage@Portal.example ", "password": PASSWORD}
    )
    assert answer.status_code == 302
    assert list(AuditEntry.objects.values_list("actor", "verb")) == [(user.pk, "signed_in")]


def test_who_left_cannot_sign_in_and_loses_the_session(client: Client) -> None:
    user = make_staff()
    client.force_login(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    assert client.get(reverse("admin:index")).status_code == 302
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer.headers["Location"] == reverse("account_inactive")


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_set_password"])
def test_there_is_no_page_to_sign_up_or_to_change_the_address(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_the_wrong_password_says_the_same_for_known_and_unknown(client: Client) -> None:
    known = make_staff()
    said = [
        re.sub(r"csrfmiddlewaretoken[^>]+|value=\"[^\"]*@[^\"]*\"", "", page.content.decode())
        for page in (
            client.post(reverse("account_login"), {"login": address, "password": "faux"})
            for address in (known.email, "personne@portal.example")
        )
    ]
    assert said[0] == said[1]


def test_a_forgotten_password_is_chosen_anew_once(client: Client, settings: LazySettings) -> None:
    settings.SITE_URL = "https://tournee.portal.example"
    user = make_staff(language="ar")
    client.post(reverse("account_reset_password"), {"email": user.email})
    written = Message.objects.get()
    assert (written.recipient, written.purpose, written.language) == (user.email, "account", "ar")
    link = re.search(r"https://tournee\.portal\.example(/ar/compte/\S+/)", written.text)
    assert link is not None
    page = client.get(link[1], follow=True)
    address = page.request["PATH_INFO"]
    assert address.endswith("-set-password/")
    fresh = {"password1": "une-phrase-de-passe-neuve", "password2": "une-phrase-de-passe-neuve"}
    assert client.post(address, fresh).headers["Location"] == reverse(
        "account_reset_password_from_key_done"
    ).replace("/fr/", "/ar/")
    user.refresh_from_db()
    assert user.check_password("une-phrase-de-passe-neuve")
    assert Client().get(link[1], follow=True).context["token_fail"] is True
    assert [message.headline for message in Message.objects.order_by("pk")][1:] != []


def test_nobody_learns_who_has_an_account_by_asking_for_a_password(client: Client) -> None:
    known = make_staff()
    answers = [
        client.post(reverse("account_reset_password"), {"email": address})
        for address in (known.email, "personne@portal.example")
    ]
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {
        (302, reverse("account_reset_password_done"))
    }
    assert list(Message.objects.values_list("recipient", flat=True)) == [known.email]


def guess(client: Client, address: str, *, times: int, visitor: str = "203.0.113.7") -> int:
    """The last answer to so many wrong passwords."""
    for _ in range(times):
        answer = client.post(
            reverse("account_login"), {"login": address, "password": "faux"}, REMOTE_ADDR=visitor
        )
    return answer.status_code


def test_five_wrong_passwords_close_the_account_to_that_place_only(client: Client) -> None:
    user = make_staff(email="pilotage@portal.example")
    assert guess(client, user.email, times=4) == 200
    assert guess(client, "PILOTAGE@portal.example", times=1) == 429
    right = {"login": user.email, "password": PASSWORD}
    here = client.post(reverse("account_login"), right, REMOTE_ADDR="203.0.113.7")
    assert here.status_code == 429
    assert "Trop d’essais" in here.content.decode()
    elsewhere = client.post(reverse("account_login"), right, REMOTE_ADDR="198.51.100.2")
    assert elsewhere.status_code == 302


def test_behind_a_proxy_the_place_is_the_visitors(client: Client, settings: LazySettings) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    user = make_staff()
    for number in range(6):
        client.post(
            reverse("account_login"),
            {"login": user.email, "password": "faux"},
            REMOTE_ADDR="10.0.0.1",
            # What the visitor writes himself does not help him.
            HTTP_X_FORWARDED_FOR=f"192.0.2.{number}, 203.0.113.7",
        )
    assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) == {"203.0.113.7"}
    answer = client.post(
        reverse("account_login"),
        {"login": user.email, "password": PASSWORD},
        REMOTE_ADDR="10.0.0.1",
        HTTP_X_FORWARDED_FOR="203.0.113.8",
    )
    assert answer.status_code == 302


def test_signing_out_is_a_button(client: Client) -> None:
    client.force_login(make_staff())
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.get(reverse("admin:index")).status_code == 200
    assert client.post(reverse("account_logout")).headers["Location"] == reverse("account_login")
    assert client.get(reverse("admin:index")).status_code == 302


def test_those_whom_the_administration_refuses_are_not_led_there(client: Client) -> None:
    user = make_user()
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer.headers["Location"] == "/"
