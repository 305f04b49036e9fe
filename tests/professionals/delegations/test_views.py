"""The public form for several places, the mail that confirms it, and the page where people are named."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from meetings import gate
from meetings.models import Access, Stop
from outbox.models import Message
from professionals import personal_links, rate_limit, seat_requests, seats
from professionals.delegations import keeping, naming
from professionals.delegations.forms import NamedForm
from professionals.models import Delegation, Registration, SeatRequest
from tests.factories import make_professional, make_registration, make_stop
from tests.professionals.conftest import Clock
from tests.professionals.delegations.asked import ask_for, standing
from tests.professionals.filling import ask, last_message, link_in, typed
from tests.test_html import errors

pytestmark = pytest.mark.django_db


def form_of(stop: Stop, language: str = "fr") -> str:
    return f"/{language}/etapes/{stop.slug}/inscription/delegation/"


def send(client: Client, stop: Stop, **changes: Any) -> Any:
    return client.post(form_of(stop), typed(**{"places": "3", "whole": "partie"} | changes))


def page_of(delegation: Delegation) -> str:
    return reverse("professionals:delegation", args=[personal_links.delegation_token(delegation)])


def said(answer: Any) -> str:
    return str(answer.content.decode())


# The form and its confirmation


def test_an_establishment_asks_in_one_screen_one_mail_and_one_button(client: Client) -> None:
    stop = make_stop(seats=5)
    assert client.get(form_of(stop)).status_code == 200
    sent = send(client, stop)
    assert (sent.status_code, sent["Location"]) == (302, f"/fr/etapes/{stop.slug}/inscription/demandee/")
    assert (Delegation.objects.count(), last_message().purpose) == (0, "confirm_address")
    link = link_in(last_message())
    assert "3 places demandées" in said(client.get(link))
    assert Delegation.objects.count() == 0
    confirmed = client.post(link)
    delegation = Delegation.objects.get()
    assert standing(delegation) == [("active", 3, 3)]
    assert confirmed["Location"] == page_of(delegation) == link_in(last_message())
    assert client.get(confirmed["Location"]).status_code == 200
    # The button has nothing left to do, however often the link is opened.
    assert client.get(link)["Location"] == client.post(link)["Location"] == page_of(delegation)
    assert (Delegation.objects.count(), Registration.objects.count()) == (1, 0)


def test_the_registration_page_leads_to_it(client: Client) -> None:
    stop = make_stop()
    assert form_of(stop) in said(client.get(f"/fr/etapes/{stop.slug}/inscription/"))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"places": "1"}, "Pour une seule personne, remplissez la demande de place."),
        ({"places": "41"}, "Pour plus de 40 places, appelez le contact de l’étape."),
        ({"places": "beaucoup"}, "Saisissez un nombre, en chiffres."),
        ({"places": None}, "Saisissez le nombre de places."),
        ({"whole": None}, "Choisissez l’une des deux réponses."),
    ],
)
def test_what_is_to_be_corrected_is_said_and_nothing_is_lost(
    client: Client, wrong: dict[str, Any], words: str
) -> None:
    answer = send(client, make_stop(), **wrong)
    assert answer.status_code == 422
    assert words in said(answer)
    assert 'value="Hôtel de la Lagune"' in said(answer)
    assert SeatRequest.objects.count() == 0


def test_more_than_any_establishment_may_have_is_said_at_once(client: Client) -> None:
    answer = send(client, make_stop(per_organisation=2))
    assert answer.status_code == 422
    assert "Un établissement a au plus 2 places à cette étape." in said(answer)


def test_the_answer_is_the_same_whoever_is_known_and_only_they_get_their_link(client: Client) -> None:
    stop = make_stop()
    unknown = send(client, stop, name="Quelqu’un", email="quelquun@hotel.example")
    contact = make_professional(name="Responsable des ventes", email="ventes@hotel.example")
    delegation = ask_for(stop, 2, contact=contact)
    known = send(client, stop)
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert (last_message().recipient, link_in(last_message())) == (contact.email, page_of(delegation))
    assert standing(delegation) == [("active", 2, 2)]


def test_a_seat_of_ones_own_and_places_for_ones_establishment_are_two_things(client: Client) -> None:
    stop = make_stop()
    mine = seat_requests.confirm(ask(stop))
    assert isinstance(mine, Registration)
    send(client, stop)
    client.post(link_in(last_message()))
    assert (Delegation.objects.get().contact, Registration.objects.get()) == (mine.professional, mine)


def test_closed_the_form_says_why_and_a_late_one_is_refused(client: Client) -> None:
    for stop in (make_stop(registration_paused=True), make_stop(region="MA-11", access=Access.INVITATION)):
        page = client.get(form_of(stop))
        assert (page.status_code, "<form class" in said(page)) == (200, False)
        assert send(client, stop).status_code == 409


def test_a_machine_and_a_flood_are_met_as_on_the_other_form(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = make_stop()
    assert send(client, stop, website="https://spam.example").status_code == 302
    assert SeatRequest.objects.count() == 0
    monkeypatch.setattr(rate_limit, "wait", lambda limit, sender: 60)
    answer = send(client, stop)
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")


def test_confirmed_too_late_or_for_too_many_it_says_so_and_takes_nothing(
    client: Client, later: Clock
) -> None:
    stop = make_stop(per_organisation=3)
    mine = seat_requests.confirm(ask(stop))
    assert isinstance(mine, Registration)
    send(client, stop)
    link = link_in(last_message())
    answer = client.post(link)
    assert answer.status_code == 409
    assert "il n’en reste pas autant au vôtre" in said(answer)
    later(seat_requests.VALID)
    assert client.post(link).status_code == 410
    assert form_of(stop) in said(client.get(link))
    assert Delegation.objects.count() == 0


def test_who_does_not_confirm_is_asked_once_more_and_the_team_sees_them(later: Clock) -> None:
    stop = make_stop()
    asked = ask(stop, places=3)
    later(seat_requests.AGAIN_AFTER)
    assert seat_requests.unconfirmed(stop) == [asked]
    assert seat_requests.write_again(asked.asked_at + seat_requests.AGAIN_AFTER) == 1
    assert "Des places pour une délégation" in last_message().text
    seat_requests.confirm(asked)
    assert seat_requests.unconfirmed(stop) == []


# The page


def test_people_are_named_replaced_and_taken_back_on_the_page(client: Client) -> None:
    delegation = ask_for(make_stop(), 2)
    page = page_of(delegation)
    answer = client.post(page, {"act": "name", "name": "Guide", "email": "guide@hotel.example", "phone": ""})
    assert (answer.status_code, answer["Location"]) == (302, f"{page}#personnes")
    registration = delegation.members.get()
    assert "Guide" in said(client.get(page))
    assert "À la place de Guide" in said(client.get(f"{page}?remplacer={registration.pk}"))
    client.post(page, {"act": "replace", "who": registration.pk, "name": "Relève", "phone": "06 61 00 00 42"})
    other = delegation.members.get()
    assert (other.professional.name, str(other.professional.phone)) == ("Relève", "+212661000042")
    client.post(page, {"act": "me"})
    assert delegation.members.filter(professional=delegation.contact).count() == 1
    client.post(page, {"act": "remove", "who": other.pk})
    assert [one.professional for one in delegation.members.all()] == [delegation.contact]


def test_fewer_all_or_part_and_none_on_the_page(client: Client) -> None:
    delegation = ask_for(make_stop(seats=4), 5, whole=True)
    page = page_of(delegation)
    assert "Vous attendez 5 places ensemble" in said(client.get(page))
    assert client.post(page, {"act": "part"}).status_code == 302
    assert standing(delegation) == [("active", 4, 5)]
    assert client.post(page, {"act": "fewer", "places": "2"}).status_code == 302
    assert standing(delegation) == [("active", 2, 2)]
    cancel = reverse("professionals:cancel_delegation", args=[personal_links.delegation_token(delegation)])
    assert client.get(cancel).status_code == 200
    assert standing(delegation) == [("active", 2, 2)]
    assert client.post(cancel)["Location"] == page
    assert standing(delegation) == [("cancelled", 0, 2)]
    assert "Votre délégation est annulée" in said(client.get(page))
    assert client.get(cancel)["Location"] == page


def test_opening_the_page_changes_nothing(client: Client) -> None:
    delegation = ask_for(make_stop(), 2)
    before = (list(Delegation.objects.values()), Message.objects.count(), Registration.objects.count())
    for act in ("name", "remove", "me", "part", "fewer"):
        client.get(page_of(delegation), {"act": act, "name": "Guide", "places": "1"})
    assert (
        list(Delegation.objects.values()),
        Message.objects.count(),
        Registration.objects.count(),
    ) == before


def test_what_cannot_be_is_said_and_what_was_typed_is_kept(client: Client) -> None:
    stop = make_stop()
    delegation = ask_for(stop, 1)
    page = page_of(delegation)
    stranger = make_registration(stop).professional
    answer = client.post(page, {"act": "name", "name": stranger.name, "email": stranger.email})
    assert answer.status_code == 409
    assert "Cette personne ne peut pas recevoir cette place" in said(answer)
    assert f'value="{stranger.email}"' in said(answer)
    assert client.post(page, {"act": "name", "name": "", "email": "x"}).status_code == 422
    assert client.post(page, {"act": "fewer", "places": "0"}).status_code == 422
    registration = naming.name(delegation, name="Guide")
    assert client.post(page, {"act": "name", "name": "Autre"}).status_code == 409
    assert client.post(page, {"act": "remove", "who": "999999"}).status_code == 409
    keeping.cancel(delegation)
    assert client.post(page, {"act": "remove", "who": registration.pk}).status_code == 409


def test_while_others_change_the_stop_one_is_asked_to_come_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    delegation = ask_for(make_stop(), 2)

    def busy(stop_id: int) -> None:
        raise gate.Busy

    monkeypatch.setattr(gate, "lock", busy)
    answer = client.post(page_of(delegation), {"act": "name", "name": "Guide"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert 'value="Guide"' in said(answer)


def test_a_link_of_another_kind_or_revoked_opens_nothing(client: Client) -> None:
    stop = make_stop()
    delegation, registration = ask_for(stop, 2), seats.register(stop, professional=make_professional())
    for token in (personal_links.registration_token(registration), f"{delegation.pk}.x", "x"):
        assert client.get(reverse("professionals:delegation", args=[token])).status_code == 404
    page = page_of(delegation)
    Delegation.objects.update(nonce="another")
    assert client.get(page).status_code == 404


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_page_is_whole_in_every_state_and_language(client: Client, language: str) -> None:
    stop = make_stop(seats=6)
    full, part, whole = ask_for(stop, 2), ask_for(stop, 5), ask_for(stop, 3, whole=True)
    for number in range(2):
        naming.name(full, name=f"Guide {number}", email=f"guide-{number}@hotel.example")
    naming.name(part, name="Chauffeur")
    over = ask_for(stop, 2)
    keeping.cancel(over)
    for one in (full, part, whole, over):
        page = page_of(one).replace("/fr/", f"/{language}/", 1)
        answer = client.get(page)
        assert answer.status_code == 200
        assert errors(said(answer)) == []
    Delegation.objects.filter(pk=whole.pk).update(status="pending")
    assert errors(said(client.get(page_of(whole)))) == []
    assert errors(said(client.get(form_of(stop, language)))) == []


@pytest.mark.parametrize("people", [1, 3])
def test_the_page_asks_as_much_for_one_as_for_three(
    client: Client, people: int, django_assert_num_queries: Any
) -> None:
    delegation = ask_for(make_stop(), 4)
    for number in range(people):
        naming.name(delegation, name=f"Guide {number}", email=f"guide-{number}@hotel.example")
    page = page_of(delegation)
    client.get(page)
    with django_assert_num_queries(3):
        client.get(page)


def test_a_number_and_an_address_may_be_left_out_but_not_be_wrong() -> None:
    form = NamedForm({"name": "Guide", "email": "", "phone": ""})
    assert form.is_valid()
    assert form.cleaned_data == {"name": "Guide", "email": "", "phone": ""}
    with pytest.raises(ValidationError):
        form.fields["email"].clean("guide@localhost")
