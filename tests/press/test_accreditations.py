"""The press and a stop: invited from the file, accredited by accepting, told of changes, awaited."""

from datetime import time

import pytest
from django.test import Client

from accounts import links as sealed
from meetings import answers, audiences, held_seats, invitations, letters, lifecycle, releases
from meetings.models import Answer, Channel, HeldFor, Invitation, MeetingKind, Stop, Visibility
from outbox import incoming
from outbox.models import Message, MessageStatus
from press import accreditations, audience, links, press_file
from press.models import Journalist
from tests import telling
from tests.factories import make_meeting, make_region, make_registration, make_stop, make_user
from tests.outbox import came_back
from tests.press.rows import make_journalist

pytestmark = pytest.mark.django_db


def invited(stop: Stop, journalist: Journalist) -> Invitation:
    invitations.write_to(stop, ["press"], limit=100)
    return Invitation.objects.get(key=journalist.key)


def purposes() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("purpose", flat=True))


def test_the_press_of_the_region_and_of_the_country_is_invited_once_and_no_other() -> None:
    stop = make_stop()
    national, local = make_journalist(), make_journalist(region=stop.region)
    make_journalist(region=make_region("MA-01"))
    make_journalist(active=False)
    called = make_journalist(email="")
    assert invitations.write_to(stop, ["press"], limit=100) == 3
    assert invitations.write_to(stop, ["press"], limit=100) == 0
    by_key = {row.key: row.channel for row in Invitation.objects.all()}
    assert by_key == {
        national.key: Channel.MAIL, local.key: Channel.MAIL, called.key: Channel.LETTER,
    }  # fmt: skip
    assert sorted(Message.objects.values_list("recipient", flat=True)) == sorted(
        [national.email, local.email]
    )


def test_a_journalist_whose_calendar_declines_is_asked_once_with_the_link_of_their_accreditation() -> None:
    stop, journalist = make_stop(), make_journalist()
    invitation = accreditations.accept(invited(stop, journalist), journalist)
    Stop.objects.filter(pk=stop.pk).update(contact_email="brouillon@onmt.example")  # not released
    entry = Message.objects.get(purpose="accredited")
    for number in range(2):
        incoming.take(came_back.reply(entry, notice=f"<{number}@calendar.example>", partstat="DECLINED"))
    [asked] = Message.objects.filter(purpose="declined_in_calendar")
    assert (asked.recipient, asked.reply_to) == (journalist.email, letters.reply_to(stop))
    assert f"/fr/presse/{links.token(invitation)}/" in asked.text
    invitation.refresh_from_db()
    assert invitation.answer == Answer.ACCEPTED
    accreditations.decline(invitation, journalist)
    asked.refresh_from_db()
    assert asked.status == MessageStatus.SUPERSEDED


def test_the_press_is_invited_while_registration_is_closed() -> None:
    stop = make_stop(registration_paused=True)
    assert (invitations.invitable(stop, "press"), invitations.invitable(stop, "professionals")) == (
        True,
        False,
    )


def test_opening_the_link_changes_nothing_and_accepting_accredits_once(client: Client) -> None:
    stop, journalist = make_stop(), make_journalist()
    invitation = invited(stop, journalist)
    path = f"/fr/presse/{links.token(invitation)}/"
    assert path in Message.objects.get().text
    opened = client.get(path)
    assert (opened.status_code, opened["Cache-Control"], opened["X-Robots-Tag"]) == (
        200, "no-store, private", "noindex, nofollow",
    )  # fmt: skip
    assert (purposes(), Invitation.objects.get().answer) == (["invitation"], Answer.NONE)
    for _ in range(2):
        assert client.post(path, {"answer": "yes"}).status_code == 302
    assert purposes() == ["invitation", "accredited"]
    mail = Message.objects.get(purpose="accredited")
    assert (mail.calendar_method, "avis-de-presse" in mail.text) == ("REQUEST", True)
    assert [person.key for person in audiences.get("accredited").members(stop)] == [journalist.key]


def test_who_gives_up_gets_the_entry_out_again_and_may_come_back(client: Client) -> None:
    stop, journalist = make_stop(), make_journalist()
    path = f"/ar/presse/{links.token(invited(stop, journalist))}/"
    for answer in ("yes", "no", "yes"):
        client.post(path, {"answer": answer})
    assert purposes() == ["invitation", "accredited", "accreditation_ended", "accredited"]
    methods = [row.calendar_method for row in Message.objects.exclude(purpose="invitation").order_by("pk")]
    assert methods == ["REQUEST", "CANCEL", "REQUEST"]
    states = Message.objects.filter(purpose="accredited").order_by("pk").values_list("status", flat=True)
    assert list(states) == ["superseded", "queued"]


def test_once_the_stop_is_off_answers_are_taken_no_more(client: Client) -> None:
    stop, journalist = make_stop(), make_journalist()
    path = f"/fr/presse/{links.token(invited(stop, journalist))}/"
    lifecycle.cancel(stop, by=None)
    assert client.post(path, {"answer": "yes"}).status_code == 409
    assert Invitation.objects.get().answer == Answer.NONE


def test_a_link_of_another_kind_of_a_renewed_invitation_or_of_somebody_erased_opens_nothing(
    client: Client,
) -> None:
    stop, journalist = make_stop(), make_journalist()
    row = invited(stop, journalist)
    good = links.token(row)
    others = [
        sealed.token("invitation", row.pk, row.nonce),
        sealed.token("press", row.pk + 1, row.nonce),
        "x",
    ]
    assert [client.get(f"/fr/presse/{text}/").status_code for text in others] == [404] * 3
    press_file.erase(journalist, by=None)
    assert client.get(f"/fr/presse/{good}/").status_code == 404


def test_the_press_reads_what_everybody_reads_and_no_more(client: Client) -> None:
    stop = make_stop(published=False)
    slot = {"starts": time(11), "ends": time(12)}
    for kind, visibility in (
        (MeetingKind.COUNCIL, Visibility.INVITED),
        (MeetingKind.B2B, Visibility.REGISTERED),
    ):
        make_meeting(stop, kind=kind, visibility=visibility, title_fr=f"Réservé aux {visibility}", **slot)
    releases.publish(stop, by=None)
    stop.refresh_from_db()
    journalist = make_journalist()
    path = f"/fr/presse/{links.token(invited(stop, journalist))}/"
    client.post(path, {"answer": "yes"})
    lifecycle.change(stop, changes={"starts": time(9)}, by=None)
    telling.tell()
    said = client.get(path).content.decode() + "".join(
        row.text + row.html + row.calendar for row in Message.objects.all()
    )
    assert purposes() == ["invitation", "accredited", "moved"]
    assert ("Réservé aux" in said, "Séance plénière" in said) == (False, True)


def test_who_is_accredited_hears_of_a_change_with_the_entry_anew() -> None:
    stop, journalist = make_stop(), make_journalist()
    accreditations.note(stop, journalist, comes=True, by=make_user(role="press"))
    lifecycle.change(stop, changes={"starts": time(9)}, by=None)
    telling.tell()
    mail = Message.objects.get(purpose="moved")
    assert (mail.recipient, mail.calendar_method) == (journalist.email, "REQUEST")
    assert "Votre accréditation reste valable." in mail.text


def test_staff_note_what_was_said_by_telephone() -> None:
    stop, by = make_stop(), make_user(role="press")
    journalist = make_journalist(email="")
    accreditations.note(stop, journalist, comes=True, by=by)
    accreditations.note(stop, journalist, comes=True, by=by)
    assert [one.journalist for one in accreditations.at_the_door(stop)] == [journalist]
    accreditations.note(stop, journalist, comes=False, by=by)
    assert (accreditations.at_the_door(stop), len(accreditations.listed(stop)), purposes()) == ([], 1, [])
    lifecycle.postpone(stop, by=None)
    with pytest.raises(answers.TooLate):
        accreditations.note(stop, journalist, comes=True, by=by)


def test_erasing_somebody_leaves_nothing_of_them() -> None:
    stop, journalist = make_stop(), make_journalist(name="Une personne précise", email="elle@media.example")
    other = make_journalist(email="elle@media.example")
    invitations.write_to(stop, ["press"], limit=100)
    accreditations.note(stop, journalist, comes=True, by=make_user(role="press"))
    press_file.erase(journalist, by=None)
    assert list(Journalist.objects.all()) == [other]
    assert [row.key for row in Invitation.objects.all()] == [other.key]
    kept = Message.objects.filter(key__contains=f":{journalist.key}:")
    assert {(row.recipient, row.headline, row.text, row.html, row.calendar) for row in kept} <= {("",) * 5}
    assert Message.objects.filter(recipient="elle@media.example").count() == 1


@pytest.mark.parametrize("many", [1, 3])
def test_audiences_are_asked_in_few_queries(django_assert_num_queries: object, many: int) -> None:
    stop, by = make_stop(), make_user(role="press")
    for _ in range(many):
        accreditations.note(stop, make_journalist(), comes=True, by=by)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(audience.members(stop)) == many
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len(audience.accredited(stop)) == many
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len(accreditations.at_the_door(stop)) == many


def test_the_press_sits_on_the_seats_held_for_it_and_then_on_free_ones(client: Client) -> None:
    stop, by = make_stop(seats=2), make_user(role="press")
    held_seats.hold(stop, HeldFor.PRESS, 1, by=None)
    make_registration(stop)
    paths = []
    for _ in range(2):
        journalist = make_journalist()
        paths.append(f"/fr/presse/{links.token(invited(stop, journalist))}/")
    assert client.post(paths[0], {"answer": "yes"}).status_code == 302
    full = client.post(paths[1], {"answer": "yes"})
    assert (full.status_code, "appelez le contact presse" in full.content.decode()) == (409, True)
    with pytest.raises(held_seats.NoSeatLeft):
        accreditations.note(stop, make_journalist(), comes=True, by=by)
    client.post(paths[0], {"answer": "no"})
    assert client.post(paths[1], {"answer": "yes"}).status_code == 302
    assert len(accreditations.at_the_door(stop)) == 1


def test_the_seat_of_somebody_erased_is_free_again() -> None:
    stop, by = make_stop(seats=1), make_user(role="press")
    first = make_journalist()
    accreditations.note(stop, first, comes=True, by=by)
    with pytest.raises(held_seats.NoSeatLeft):
        accreditations.note(stop, make_journalist(), comes=True, by=by)
    press_file.erase(first, by=None)
    accreditations.note(stop, make_journalist(), comes=True, by=by)
