"""What is public is the same for everybody; what is not is closed."""

import pytest
from django.test import Client

from tests.factories import make_staff, make_stop


@pytest.mark.django_db
def test_a_public_page_does_not_ask_who_reads_it(client: Client):
    make_stop()
    client.force_login(make_staff())
    answer = client.get("/fr/agenda/agenda.json")
    assert answer.status_code == 200
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies


@pytest.mark.django_db
def test_a_view_that_says_nothing_leads_to_the_sign_in(client: Client):
    answer = client.get("/fr/compte/mot-de-passe/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/fr/compte/connexion/")
