"""Accounts made from the shell: every right, a password said once."""

import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts import staff
from accounts.models import AuditEntry, User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_the_command_prints_a_password_that_opens_the_administration(client: Client) -> None:
    said = io.StringIO()
    call_command("create_staff", "Pilotage@portal.example", "--language", "ar", stdout=said)
    found = re.fullmatch(r"Staff account, said once: (\S+)  (\S{20})\n", said.getvalue())
    assert found is not None
    sent = {"login": found[1], "password": found[2]}
    assert client.post(reverse("account_login"), sent).headers["Location"] == reverse("admin:index")
    user = User.objects.get()
    assert (user.email, user.language, user.is_superuser) == ("pilotage@portal.example", "ar", True)
    assert list(AuditEntry.objects.filter(verb="added").values_list("actor", "target")) == [
        (None, f"user:{user.pk}")
    ]


def test_two_accounts_have_two_passwords() -> None:
    passwords = {staff.create(email=f"{n}@portal.example", function="")[1] for n in range(2)}
    assert len(passwords) == 2


@pytest.mark.parametrize("email", ["pas une adresse", "compte@portal.example", "COMPTE@portal.example"])
def test_an_address_that_is_none_or_taken_is_refused(email: str) -> None:
    make_user(email="compte@portal.example")
    with pytest.raises(CommandError):
        call_command("create_staff", email)
    assert User.objects.count() == 1
