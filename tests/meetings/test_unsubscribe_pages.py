"""Tests of meetings.unsubscribe_pages and meetings.unsubscribing."""

import re

import pytest
from django.test import Client

from accounts import links
from meetings import invitations, unsubscribing
from meetings.models import Invitation
from outbox import suppressions
from outbox.models import Kind, Message, MessageStatus, Suppression
from outbox.queue import hash_of
from tests.factories import make_message, make_official, make_stop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings")]

PERSON = "president@crt.example"


@pytest.fixture
def reader():
    """No cookies, and forged forms are refused where Django is asked to."""
    return Client(enforce_csrf_checks=True)


def path(url):
    return re.sub(r"^https?://[^/]+", "", url)


def page(kind=Kind.INVITATIONS, language="fr"):
    return path(unsubscribing.address(PERSON, kind, language))


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def refused():
    return suppressions.refused_by(hash_of(PERSON))


@pytest.mark.parametrize("form", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
def test_a_mail_server_refuses_in_one_click_without_cookie_the_kind_of_that_mail_only(form, reader):
    invitations.write_to(make_stop(), [make_official(email=PERSON).body], limit=10)
    body = "List-Unsubscribe=One-Click"
    if form.startswith("multipart"):
        body = '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
    [address] = re.findall("<(.*)>", Message.objects.get().headers["List-Unsubscribe"])
    response = reader.post(path(address), body, content_type=form)
    assert (response.status_code, response.content) == (200, b"")
    assert refused() == {Kind.INVITATIONS}


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_page_shows_the_kinds_and_what_each_means_and_never_the_whole_address(
    language, reader, django_assert_num_queries
):
    make_message(recipient=PERSON)
    with django_assert_num_queries(2):
        response = reader.get(page(language=language))
    html = response.content.decode()
    assert re.findall(r'name="kind" value="(\w+)" checked', html) == ["invitations", "news", "follow_ups"]
    assert html.count('class="hint" id="sens-') == 3
    assert "p…@crt.example" in html
    assert "president" not in html
    assert response["Cache-Control"] == "no-store, private"
    assert response["Referrer-Policy"] == "no-referrer"
    assert b'<meta name="robots" content="noindex,nofollow">' in response.content
    assert not Suppression.objects.exists()
    assert 'value="press" checked' in reader.get(page(Kind.PRESS, language)).content.decode()


def test_who_opens_the_link_refuses_this_kind_with_one_button_and_wants_it_again_with_another(reader):
    assert reader.post(page(), {"stop": "1"})["Location"] == page()
    assert "Vous ne recevez plus ces courriels : invitations aux étapes" in words(reader.get(page())).replace(
        "\u202f", " "
    )
    reader.post(page(), {"stop": "1"})
    assert (Suppression.objects.count(), refused()) == (1, {Kind.INVITATIONS})
    back = reader.post(page(), {"back": "1"})["Location"]
    assert refused() == set()
    assert "Vous recevez à nouveau ces courriels" in words(reader.get(back))


def test_several_kinds_are_chosen_at_once_and_one_can_come_back(reader):
    suppressions.suppress(hash_of(PERSON), kinds=[Kind.PRESS])
    saved = reader.post(page(), {"choose": "1", "kind": ["news", "press"]})["Location"]
    assert refused() == {Kind.INVITATIONS, Kind.FOLLOW_UPS}
    assert "Vos choix sont enregistrés." in words(reader.get(saved))
    reader.post(page(), {"choose": "1"})
    assert refused() == {Kind.INVITATIONS, Kind.NEWS, Kind.FOLLOW_UPS}
    reader.post(page(), {"choose": "1", "kind": ["invitations", "news", "follow_ups", "unknown"]})
    assert refused() == set()


def test_refusing_stops_the_invitation_on_its_way_but_nothing_of_ones_own_coming(reader):
    invitations.write_to(make_stop(), [make_official(email=PERSON).body], limit=10)
    make_message(recipient=PERSON, purpose="accepted")
    reader.post(page(), {"stop": "1"})
    assert dict(Message.objects.values_list("purpose", "status")) == {
        "invitation": MessageStatus.SUPERSEDED,
        "accepted": MessageStatus.QUEUED,
    }


def test_links_of_mails_written_before_still_refuse_and_a_forged_one_opens_nothing(reader):
    invitations.write_to(make_stop(), [make_official(email=PERSON).body], limit=10)
    row = Invitation.objects.get()
    former = f"/fr/desabonnement/{links.token('unsubscribe', row.pk, row.nonce)}/"
    assert reader.post(former, {"stop": "1"}).status_code == 302
    assert refused() == {Kind.INVITATIONS}
    said, _dot, seal = page().rstrip("/").rpartition("/")[2].partition(".")
    other = said.replace("invitations", "news")
    answer = links.token("invitation", row.pk, row.nonce)
    for token in (f"{other}.{seal}", said, f"{said}.", answer, links.sealed("unsubscribe", "x-y"), "9.x"):
        response = reader.get(f"/fr/desabonnement/{token}/")
        assert (token, response.status_code) == (token, 404)
        assert "Ce lien n’ouvre rien" in words(response)
    Invitation.objects.update(recipient_hash="")
    assert reader.get(former).status_code == 404
