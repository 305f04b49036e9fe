"""Who a person is: the rules of the tables, and what is shown of them."""

import pytest
from django.db import IntegrityError, transaction

from professionals import people
from professionals.models import Professional
from tests.factories import make_category, make_organisation, make_professional, make_region

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
