"""Whom to call, and who was reached by whom."""

import pytest

from meetings import calls
from meetings.models import Addressee, Answer
from tests.factories import make_official, make_professional, make_registration, make_staff, make_stop
from tests.meetings.test_broadcasts import invite, tell

pytestmark = pytest.mark.django_db


def test_everybody_has_name_telephone_language_and_a_conversation_ready() -> None:
    stop = make_stop()
    make_registration(
        stop, professional=make_professional(name="Gérante", language="ar", phone="+212612345678")
    )
    [call] = calls.of(tell(stop, "seated"))
    assert (call.name, call.phone, call.language_name) == ("Gérante", "+212612345678", "العربية")
    assert call.whatsapp == (
        "https://wa.me/212612345678?text="
        "%D8%AA%D8%BA%D9%8A%D8%B1%D8%AA%20%D8%A7%D9%84%D9%82%D8%A7%D8%B9%D8%A9."
    )


def test_the_seated_the_invited_and_those_who_come_for_their_office_are_called() -> None:
    stop = make_stop()
    make_registration(stop, professional=make_professional(name="Inscrite"))
    make_registration(stop, status="waiting", professional=make_professional(name="En attente"))
    for name, answer in (("Invité", Answer.NONE), ("Attendue", Answer.ACCEPTED), ("Absent", Answer.DECLINED)):
        invite(stop, make_official(name=name, phone="+212600000001"), answer)
    found = calls.of(tell(stop, "seated", "waiting", "accepted", "crt"))
    assert sorted(call.name for call in found) == ["Attendue", "En attente", "Inscrite", "Invité"]


@pytest.mark.parametrize(
    ("phone", "link"), [("", ""), ("+212512345678", ""), ("+33612345678", "33612345678")]
)
def test_only_telephones_that_take_messages_have_a_conversation(phone: str, link: str) -> None:
    assert calls.whatsapp(phone, "a") == (f"https://wa.me/{link}?text=a" if link else "")


def test_the_first_who_reached_somebody_is_remembered_and_a_slip_is_taken_back() -> None:
    stop = make_stop()
    make_registration(stop)
    broadcast = tell(stop, "seated")
    first, second = make_staff(function="Accueil"), make_staff()
    row = broadcast.addressees.get()
    assert [calls.reach(broadcast, row.pk, by=user) for user in (first, second)] == [True, False]
    assert calls.of(broadcast)[0].row.reached_by == first
    assert calls.of(broadcast, left=True) == []
    assert calls.take_back(broadcast, row.pk)
    assert len(calls.of(broadcast, left=True)) == 1


def test_an_addressee_of_another_order_is_not_ticked_here() -> None:
    stop = make_stop()
    make_registration(stop)
    mine, other = tell(stop, "seated"), tell(stop, "seated", form="autre")
    with pytest.raises(Addressee.DoesNotExist):
        calls.reach(mine, other.addressees.get().pk, by=make_staff())


def test_the_table_is_inert_and_says_who_was_reached() -> None:
    stop = make_stop()
    make_registration(stop, professional=make_professional(name="=1+1", phone="+212612345678"))
    broadcast = tell(stop, "seated")
    lines = calls.csv(broadcast, "fr").decode("utf-8-sig").splitlines()
    assert lines == [
        "Nom;Téléphone;Langue;Public;Joint le;Par",
        "'=1+1;'+212612345678;Français;Inscrits avec une place;;",
    ]


def test_on_paper_stand_those_who_are_left() -> None:
    stop = make_stop()
    make_registration(stop, professional=make_professional(name="Jointe"))
    make_registration(stop, professional=make_professional(name="Reste", phone="+212612345678"))
    broadcast = tell(stop, "seated")
    calls.reach(broadcast, broadcast.addressees.first().pk, by=make_staff())
    [group] = calls.printed(broadcast, "fr")["groups"]
    assert [[line["text"] for cell in row for line in cell] for row in group["rows"]] == [
        ["1", "Reste", "+212612345678", "Français"]
    ]
