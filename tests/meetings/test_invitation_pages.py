"""Tests of meetings.invitation_pages."""

import re

import pytest
from django.test import Client

from accounts import links
from meetings import gate, invitations, officials, releases
from meetings.models import Answer, Invitation, Stop, StopStatus, Visibility
from outbox.models import Message, Suppression
from tests.factories import make_meeting, make_official, make_stop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings")]


@pytest.fixture
def reader():
    """No cookies, and forged forms are refused where Django is asked to."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def invitation():
    return make_invitation()


def make_invitation(stop=None, **fields):
    stop = stop or make_stop()
    official = make_official(
        **{"email": "president@crt.example", "function_fr": "Président du CRT", **fields}
    )
    invitations.write_to(stop, [official.body], limit=10)
    return Invitation.objects.select_related("stop").get(key=f"official:{official.pk}")


def page(invitation, language="fr"):
    return path(officials.answer_url(invitation, language))


def path(url):
    return re.sub(r"^https?://[^/]+", "", url)


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_page_shows_the_stop_and_three_answers(language, reader, invitation):
    response = reader.get(page(invitation, language))
    assert response.status_code == 200
    html = response.content.decode()
    assert re.findall(r'name="answer" value="(\w+)"', html) == ["accept", "decline", "replace"]
    assert f'<html lang="{language}"' in html
    assert "président du crt" in html.casefold() or language == "ar"
    assert "president@crt.example" not in html


def test_the_page_shows_the_meetings_of_the_invited():
    stop = make_stop(published=False)
    make_meeting(stop, title_fr="Échange à huis clos", visibility=Visibility.INVITED)
    releases.publish(stop, by=None)
    stop.refresh_from_db()
    invitation = make_invitation(stop)
    response = Client().get(page(invitation))
    assert "Échange à huis clos" in words(response)


def test_the_page_speaks_of_what_was_released():
    invitation = make_invitation()
    Stop.objects.update(intro_fr="Brouillon", contact_email="brouillon@portal.example")
    assert "brouillon" not in Client().get(page(invitation)).content.decode().casefold()


@pytest.mark.parametrize(
    ("posted", "answer", "said"),
    [
        ({"answer": "accept"}, Answer.ACCEPTED, "Vous avez accepté."),
        ({"answer": "decline"}, Answer.DECLINED, "Vous avez décliné."),
        (
            {"answer": "replace", "function": "Directeur"},
            Answer.REPLACED,
            "Vous vous faites représenter.",
        ),
    ],
)
def test_an_answer_is_posted_without_cookie_and_shown(posted, answer, said, reader, invitation):
    response = reader.post(page(invitation), posted)
    assert (response.status_code, response["Location"]) == (302, page(invitation))
    invitation.refresh_from_db()
    assert invitation.answer == answer
    assert said in words(reader.get(page(invitation)))
    assert reader.cookies == {}


def test_an_answer_can_be_changed(reader, invitation):
    reader.post(page(invitation), {"answer": "accept"})
    html = reader.get(page(invitation)).content.decode()
    assert re.findall(r'name="answer" value="(\w+)"', html) == ["accept", "decline", "replace"]
    reader.post(page(invitation), {"answer": "decline"})
    invitation.refresh_from_db()
    assert invitation.answer == Answer.DECLINED


def test_an_unnamed_replacement_is_refused_beside_its_field(reader, invitation):
    response = reader.post(page(invitation), {"answer": "replace", "function": " ", "email": "directeur@crt"})
    assert response.status_code == 200
    html = response.content.decode()
    assert "Indiquez la fonction ou le nom" in html
    assert "Saisissez une adresse complète" in html
    assert 'value="directeur@crt"' in html
    invitation.refresh_from_db()
    assert invitation.answer == Answer.NONE


def test_an_unknown_answer_changes_nothing(reader, invitation):
    assert reader.post(page(invitation), {"answer": "maybe"}).status_code == 200
    invitation.refresh_from_db()
    assert invitation.answer == Answer.NONE


def test_a_scanner_that_follows_every_link_changes_nothing(reader, invitation):
    message = Message.objects.get()
    found = set(re.findall(r"https?://[^\s\"<>]+", message.text + message.html + str(message.headers)))
    ours = {path(url) for url in found if "/invitation/" in url or "/desabonnement/" in url}
    assert len(ours) == 2
    before = list(Invitation.objects.values()), Message.objects.count(), Suppression.objects.count()
    for address in ours:
        assert reader.get(address).status_code == 200
        assert reader.head(address).status_code == 200
    assert (list(Invitation.objects.values()), Message.objects.count(), Suppression.objects.count()) == before


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (StopStatus.CANCELLED, "Étape annulée."),
        (StopStatus.POSTPONED, "Étape reportée."),
        (StopStatus.HELD, "La rencontre a eu lieu"),
    ],
)
def test_a_stop_that_is_off_takes_no_answer_and_says_why(status, said, reader, invitation):
    with gate.opened():
        Stop.objects.update(status=status)
    response = reader.get(page(invitation))
    assert said in words(response)
    assert b'name="answer"' not in response.content
    response = reader.post(page(invitation), {"answer": "accept"})
    assert response.status_code == 409
    assert "Votre réponse n’a pas été enregistrée" in words(response)
    invitation.refresh_from_db()
    assert invitation.answer == Answer.NONE


def test_a_stop_that_began_takes_no_answer(reader, invitation, set_clock):
    set_clock(invitation.stop.starts_at)
    assert "La rencontre a commencé" in words(reader.get(page(invitation)))
    assert reader.post(page(invitation), {"answer": "accept"}).status_code == 409


def test_a_busy_stop_asks_to_try_again(reader, invitation, monkeypatch):
    def busy(pk):
        raise gate.Busy

    monkeypatch.setattr(gate, "lock", busy)
    response = reader.post(page(invitation), {"answer": "accept"})
    assert response.status_code == 503
    assert "Réessayez dans un instant" in words(response)


def test_a_link_opens_its_own_page_only(reader, invitation, professionals):
    professionals.add()
    invitations.write_to(invitation.stop, ["professionals"], limit=10)
    theirs = Invitation.objects.get(audience="professionals")
    answer = links.token("invitation", invitation.pk, invitation.nonce)
    stop = links.token("unsubscribe", invitation.pk, invitation.nonce)
    bad = [
        f"/fr/invitation/{stop}/",
        f"/fr/invitation/{answer[:-1]}/",
        f"/fr/invitation/{invitation.pk}/",
        "/fr/invitation/999999.abc/",
        f"/fr/invitation/{links.token('invitation', theirs.pk, theirs.nonce)}/",
    ]
    for address in bad:
        response = reader.get(address)
        assert (address, response.status_code) == (address, 404)
        assert "Ce lien n’ouvre rien" in words(response)


def test_a_renewed_link_closes_the_former(reader, invitation):
    former = page(invitation)
    Invitation.objects.update(nonce=links.new_nonce())
    assert reader.get(former).status_code == 404


@pytest.mark.parametrize("kind", ["answer", "unknown"])
def test_nothing_of_these_pages_stays_anywhere(kind, reader, invitation):
    address = {
        "answer": page(invitation),
        "unknown": "/fr/invitation/1.x/",
    }[kind]
    response = reader.get(address)
    assert response["Cache-Control"] == "no-store, private"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert b'<meta name="robots" content="noindex,nofollow">' in response.content


def test_the_page_takes_few_queries(reader, invitation, django_assert_num_queries):
    with django_assert_num_queries(3):
        reader.get(page(invitation))
