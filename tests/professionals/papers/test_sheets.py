"""Sheets to sign and the list for the door."""

import json

import pytest

from professionals.papers import sheets
from tests.factories import (
    make_meeting,
    make_official,
    make_organisation,
    make_professional,
    make_registration,
    make_stop,
)

pytestmark = pytest.mark.django_db


def test_a_sheet_to_sign_numbers_everybody_and_leaves_blank_lines() -> None:
    stop = make_stop()
    make_official(name="Prénom Nom", function_fr="Président", body="crt")
    house = make_organisation(name="Hôtel du Littoral")
    make_registration(stop, professional=make_professional(name="Directrice", organisation=house))
    words = sheets.to_sign(stop, make_meeting(stop, room="Salle 1"), "fr")
    assert [column["name"] for column in words["columns"]] == [
        *("N°", "Nom", "Fonction, établissement", "Signature")
    ]
    assert [
        [line["text"] for cell in row for line in cell] for group in words["groups"] for row in group["rows"]
    ] == [
        ["1", "Prénom Nom", "Président", "Conseil régional du tourisme"],
        ["2", "Directrice", "Hôtel du Littoral"],
    ]
    assert (words["blank"], words["signature"]) == (12, True)
    assert words["facts"][-1]["text"] == "2 personnes attendues"


def test_the_list_for_the_door_says_name_function_organisation_and_nothing_else() -> None:
    stop = make_stop()
    make_official(name="Prénom Nom", function_fr="Président", phone="+212600000077")
    make_registration(
        stop,
        professional=make_professional(
            name="Directrice", email="directrice@hotel.example", phone="+212600000099"
        ),
    )
    words = sheets.for_the_door(stop, "fr")
    assert [column["name"] for column in words["columns"]] == ["Nom", "Fonction", "Organisation"]
    assert {len(row) for group in words["groups"] for row in group["rows"]} == {3}
    written = json.dumps(words)
    assert [secret for secret in ("hotel.example", "crt.example", "6000000") if secret in written] == []


def test_the_list_for_the_door_has_no_room_for_those_who_only_wait() -> None:
    stop = make_stop()
    make_registration(stop, status="waiting")
    make_registration(stop, status="cancelled")
    assert sheets.for_the_door(stop, "ar")["groups"] == []
