"""Who a person is: the rules of the tables, and what is shown of them."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from outbox import clock
from professionals import people, seat_requests
from professionals.models import Professional
from tests.factories import make_category, make_organisation, make_professional, make_region, make_stop
from tests.professionals.filling import ask

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "fields",
    [
        {"consented_at": None},
        {"consent_text": ""},
        {"consented_at": None, "source": "fichier du salon"},
        {"consented_at": None, "legal_basis": "intérêt légitime"},
    ],
)
def test_nobody_is_known_without_consent_or_a_legal_basis(fields: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match="professional_is_known_lawfully"), transaction.atomic():
        make_professional(**fields)


def test_a_source_and_a_legal_basis_are_enough() -> None:
    make_professional(consented_at=None, consent_text="", source="fichier", legal_basis="mission")


def test_addresses_are_kept_in_small_letters() -> None:
    with pytest.raises(IntegrityError, match="professional_email_is_lower_case"):
        make_professional(email="Direction@hotel.example")


def test_an_establishment_is_one_per_name_region_and_category() -> None:
    region, hotel, guide = make_region(), make_category(), make_category("guide")
    first = people.establishment("Dar El Oued", region=region, category=hotel)
    assert people.establishment("DAR EL-OUED", region=region.pk, category=hotel.pk) == first
    assert people.establishment("Dar El Oued", region=region, category=guide) != first
    assert people.establishment("Dar El Oued", region=make_region("MA-11"), category=hotel) != first


def test_a_very_long_name_in_ligatures_still_fits_its_key() -> None:
    assert len(people.key_of("ﷺ" * 120)) == 120
    house = people.establishment("ﷺ" * 160, region=make_region(), category=make_category())
    assert len(house.name_key) == 160


def test_a_person_reads_as_a_number_in_logs() -> None:
    person = make_professional(name="Directrice", organisation=make_organisation())
    assert str(person) == f"professionnel {person.pk}"


def test_masks_recognise_without_telling() -> None:
    person = Professional(email="direction@riad.example", phone="+212612345678")
    assert (people.masked_email(person), people.masked_phone(person)) == ("d…@riad.example", "… 78")


def told(**changes: Any) -> people.Told:
    defaults: dict[str, Any] = {
        "name": "Patronne du riad",
        "phone": "+212661000001",
        "organisation": "Riad de la Médina",
        "language": "ar",
        "consent_version": "2026-12-1",
        "consent_text": "Lu au téléphone.",
        "consented_at": clock.now(),
    }
    if "category" not in changes:
        defaults["category"] = make_category()
    return people.Told(**defaults | changes)


def test_masks_of_what_is_not_there_are_empty() -> None:
    person = Professional(email="", phone="")
    assert (people.masked_email(person), people.masked_phone(person)) == ("", "")


def test_who_has_no_mail_is_known_by_mobile_and_name() -> None:
    region = make_region()
    first = people.of_call(told(), region=region)
    assert (first.email, first.known_by, str(first.phone)) == ("", "+212661000001", "+212661000001")
    assert people.of_call(told(name="PATRONNE du Riad"), region=region) == first
    assert people.of_call(told(name="Gérante"), region=region) != first
    assert people.of_call(told(phone="+212661000002"), region=region) != first
    assert Professional.objects.count() == 3


def test_the_database_knows_who_has_no_mail_by_mobile_and_name() -> None:
    make_professional(email="", name="Gérante", phone="+212661000001")
    make_professional(email="", name="Gérante", phone="+212661000002")
    with pytest.raises(IntegrityError, match="once_per_mail_or_mobile_and_name"), transaction.atomic():
        make_professional(email="", name="Gérante", phone="+212661000001")


def test_nobody_is_without_mail_and_without_mobile() -> None:
    make_professional(phone="")
    with pytest.raises(IntegrityError, match="professional_can_be_reached"), transaction.atomic():
        make_professional(email="", phone="")


def test_a_call_finds_who_registered_by_themselves_and_changes_nothing_of_them() -> None:
    person = make_professional(
        name="Gérante", email="gerante@hotel.example", phone="+212661000001", consent_text="Lu et accepté."
    )
    by_mobile = people.of_call(told(name="gerante"), region=make_region())
    by_mail = people.of_call(
        told(name="Gérante", email="Gerante@hotel.example", phone="+212661999999"), region=make_region()
    )
    assert by_mobile == by_mail == person
    person.refresh_from_db()
    kept = (str(person.phone), person.consent_text, person.language)
    assert kept == ("+212661000001", "Lu et accepté.", "fr")
    assert person.organisation.name != "Riad de la Médina"


def test_a_confirmed_mailbox_still_replaces_what_was_known() -> None:
    stop = make_stop()
    seat_requests.confirm(ask(stop, phone="+212661000005"))
    seat_requests.confirm(ask(make_stop(region="MA-11"), phone="+212661000006"))
    person = Professional.objects.get()
    assert (str(person.phone), person.known_by) == ("+212661000006", "ventes@hotel.example")
