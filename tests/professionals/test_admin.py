"""What the team sees and does of people and registrations."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from outbox import clock, returns
from outbox.models import Message, ReturnKind
from professionals.models import Organisation, Professional, Registration, RegistrationStatus, WorkshopSeat
from professionals.personal_links import registration_token
from tests.factories import (
    make_category,
    make_delegation,
    make_meeting,
    make_message,
    make_organisation,
    make_professional,
    make_region,
    make_registration,
    make_staff,
    make_stop,
    make_user,
)

pytestmark = pytest.mark.django_db

MODELS = ["organisation", "professional", "registration", "workshopseat", "delegation"]


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_staff())
    return client


def changelist(model: str) -> str:
    return reverse(f"admin:professionals_{model}_changelist")


def found(staff: Client, model: str, term: str) -> list[int]:
    answer = staff.get(changelist(model), {"q": term})
    assert answer.status_code == 200
    return [row.pk for row in answer.context["cl"].result_list]


def act(staff: Client, action: str, *chosen: Registration, **more: Any) -> Any:
    data = {"action": action, "_selected_action": [one.pk for one in chosen], **more}
    return staff.post(changelist("registration"), data, follow=False)


def make_row(model: str) -> None:
    stop = make_stop() if not Registration.objects.exists() else Registration.objects.first().stop
    registration = make_registration(stop)
    if model == "delegation":
        make_delegation(stop)
    if model == "workshopseat":
        WorkshopSeat.objects.create(
            registration=registration, meeting=make_meeting(stop), chosen_at=clock.now()
        )


QUERIES = {"organisation": 6, "professional": 6, "registration": 6, "workshopseat": 5, "delegation": 6}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("model", MODELS)
def test_a_list_asks_as_often_for_many_as_for_one(
    staff: Client, django_assert_num_queries, model: str, rows: int
) -> None:
    for _ in range(rows):
        make_row(model)
    staff.get(changelist(model))
    with django_assert_num_queries(QUERIES[model]):
        assert staff.get(changelist(model)).status_code == 200


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("Fatima-Zahra Aït Benhaddou", "fatima zahra"),
        ("Fatima-Zahra Aït Benhaddou", "AIT BENHADDOU"),
        ("Fatima-Zahra Aït Benhaddou", "benhaddou fatima"),
        ("فَاطِمَة الزهراء آيت بنحدو", "فاطمه"),
        ("فاطمة الزهراء أيت بنحدو", "ايت بنحدو"),
    ],
)
def test_people_are_found_in_both_scripts_whatever_the_accents(staff: Client, name: str, term: str) -> None:
    person = make_professional(name=name)
    other = make_registration(make_stop())
    mine = make_registration(other.stop, professional=person)
    assert found(staff, "professional", term) == [person.pk]
    assert found(staff, "registration", term) == [mine.pk]


def test_people_are_found_by_establishment_and_address(staff: Client) -> None:
    house = make_organisation(name="Riad de l’Étoile")
    person = make_professional(organisation=house, email="direction@etoile.example")
    make_professional()
    assert found(staff, "organisation", "etoile") == [house.pk]
    assert found(staff, "professional", "riad etoile") == [person.pk]
    assert found(staff, "professional", "direction@etoile") == [person.pk]
    assert found(staff, "professional", "personne de ce nom") == []
    assert found(staff, "professional", "***") == sorted(Professional.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("model", MODELS)
def test_a_staff_account_without_the_right_sees_nothing(client: Client, model: str) -> None:
    client.force_login(make_user(is_staff=True))
    assert client.get(changelist(model)).status_code == 403


# Establishments and people


def person_form(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Responsable commercial",
        "email": "Commercial@Riad.example",
        "phone_0": "",
        "phone": "+212612345678",
        "organisation": make_organisation().pk,
        "language": "fr",
        "source": "liste du CRT",
        "legal_basis": "mission de service public",
        **changes,
    }


def test_a_person_is_added_with_where_it_is_known_from(staff: Client) -> None:
    url = reverse("admin:professionals_professional_add")
    refused = staff.post(url, person_form(source=""))
    assert refused.status_code == 200
    assert "base légale" in str(refused.context["adminform"].form.errors)
    assert staff.post(url, person_form()).status_code == 302
    person = Professional.objects.get()
    assert (person.name_key, person.email) == ("responsable commercial", "commercial@riad.example")
    assert person.consented_at is None


def test_the_same_person_is_not_added_twice(staff: Client) -> None:
    make_professional(name="RESPONSABLE COMMERCIAL", email="commercial@riad.example")
    answer = staff.post(reverse("admin:professionals_professional_add"), person_form())
    assert answer.status_code == 200
    assert "Cette personne existe déjà." in str(answer.context["adminform"].form.errors)


def test_a_changed_name_changes_its_key_and_nothing_else(staff: Client) -> None:
    house = make_organisation(name="Hôtel ancien", region=make_region(), category=make_category())
    url = reverse("admin:professionals_organisation_change", args=[house.pk])
    form = {"name": "Hôtel de l’Étoile", "region": house.region_id, "category": house.category_id}
    assert staff.post(url, form).status_code == 302
    house.refresh_from_db()
    assert (house.name, house.name_key) == ("Hôtel de l’Étoile", "hotel de letoile")
    assert AuditEntry.objects.filter(target=f"organisation:{house.pk}").latest("pk").fields == [
        "name",
        "name_key",
    ]


def test_an_establishment_is_not_made_twice(staff: Client) -> None:
    house = make_organisation(name="Hôtel du Lac")
    form = {"name": "HOTEL DU LAC", "region": house.region_id, "category": house.category_id}
    answer = staff.post(reverse("admin:professionals_organisation_add"), form)
    assert answer.status_code == 200
    assert Organisation.objects.count() == 1


def test_a_person_is_not_deleted_like_a_row(staff: Client) -> None:
    person = make_professional()
    url = reverse("admin:professionals_professional_delete", args=[person.pk])
    assert staff.post(url, {"post": "yes"}).status_code == 403


# Registrations


@pytest.mark.parametrize("model", ["registration", "workshopseat"])
def test_registrations_are_neither_added_nor_typed_over_nor_deleted(staff: Client, model: str) -> None:
    make_row("workshopseat")
    row = {"registration": Registration.objects, "workshopseat": WorkshopSeat.objects}[model].get()
    assert staff.get(reverse(f"admin:professionals_{model}_add")).status_code == 403
    change = reverse(f"admin:professionals_{model}_change", args=[row.pk])
    assert staff.get(change).status_code == 200
    assert staff.post(change, {"status": "cancelled"}).status_code == 403
    assert staff.post(reverse(f"admin:professionals_{model}_delete", args=[row.pk])).status_code == 403


def test_no_page_of_the_team_shows_a_personal_link(staff: Client) -> None:
    registration = make_registration(make_stop())
    for url in (
        changelist("registration"),
        reverse("admin:professionals_registration_change", args=[registration.pk]),
    ):
        content = staff.get(url).content.decode()
        assert registration.nonce not in content
        assert registration_token(registration) not in content


def test_withdrawing_asks_first_then_tells_the_person_and_moves_the_queue_up(staff: Client) -> None:
    stop = make_stop(seats=1)
    seated, waiting = make_registration(stop), make_registration(stop, status=RegistrationStatus.WAITING)
    asked = act(staff, "withdraw", seated)
    assert asked.status_code == 200
    assert seated.professional.name in asked.content.decode()
    seated.refresh_from_db()
    assert (seated.status, Message.objects.count()) == ("seated", 0)

    assert act(staff, "withdraw", seated, confirmed="yes").status_code == 302
    seated.refresh_from_db()
    waiting.refresh_from_db()
    assert (seated.status, waiting.status) == ("cancelled", "seated")
    assert list(Message.objects.order_by("pk").values_list("purpose", flat=True)) == ["withdrawn", "promoted"]
    entry = AuditEntry.objects.get(verb="withdrew")
    assert entry.target == f"registration:{seated.pk}"


def test_who_is_there_is_not_withdrawn_and_staff_are_told(staff: Client) -> None:
    stop = make_stop()
    there, absent = make_registration(stop, checked_in_at=clock.now()), make_registration(stop)
    answer = staff.post(
        changelist("registration"),
        {"action": "withdraw", "_selected_action": [there.pk, absent.pk], "confirmed": "yes"},
        follow=True,
    )
    there.refresh_from_db()
    absent.refresh_from_db()
    assert (there.status, absent.status) == ("seated", "cancelled")
    assert "1 inscription ne peut pas être annulée" in answer.content.decode()


def test_promoting_gives_free_seats_in_the_order_of_the_queue_whoever_was_ticked(staff: Client) -> None:
    stop = make_stop(seats=1)
    first, second = (make_registration(stop, status=RegistrationStatus.WAITING) for _ in range(2))
    act(staff, "promote", second)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("seated", "waiting")
    act(staff, "promote", second)
    assert Message.objects.filter(purpose="promoted").count() == 1


def test_a_renewed_link_revokes_the_old_and_leaves_by_mail(staff: Client) -> None:
    registration = make_registration(make_stop())
    before = registration_token(registration)
    act(staff, "renew_link", registration)
    registration.refresh_from_db()
    assert registration_token(registration) != before
    assert Message.objects.get().purpose == "link_again"


def test_who_may_only_read_is_offered_no_action(client: Client) -> None:
    reader = make_user(is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_registration"))
    client.force_login(reader)
    registration = make_registration(make_stop())
    page = client.get(changelist("registration"))
    assert page.status_code == 200
    assert "withdraw" not in page.content.decode()
    act(client, "withdraw", registration, confirmed="yes")
    registration.refresh_from_db()
    assert registration.status == "seated"


@pytest.mark.parametrize("mails", [1, 3])
def test_a_registration_shows_its_mails_and_those_of_the_invitation_before_it(
    staff: Client, mails: int, django_assert_num_queries
) -> None:
    registration = make_registration(make_stop())
    subject = f"stop:{registration.stop_id}"
    make_message(key=f"invitation:professional:{registration.professional_id}:1", subject=subject)
    for number in range(mails):
        bounced = make_message(
            key=f"seat:registration:{registration.pk}:{number}",
            subject=subject,
            calendar_method="REQUEST",
            calendar_sequence=3,
        )
    returns.record(bounced, kind=ReturnKind.PERMANENT, code="5.1.1", notice="a")
    make_message(key=f"seat:registration:{registration.pk}9:1", subject=subject)
    address = reverse("admin:professionals_registration_change", args=[registration.pk])
    staff.get(address)

    with django_assert_num_queries(12):
        answer = staff.get(address)
    page = answer.content.decode().replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert len(answer.context["mails"]) == mails + 1
    assert "refusé pour de bon (5.1.1 : adresse inconnue)" in page
    assert "version 3" in page
