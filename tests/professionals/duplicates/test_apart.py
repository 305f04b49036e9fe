"""Two who look like one and are two: the team says so once, and may say otherwise later."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from outbox import clock
from professionals.duplicates import apart, finding, merging, undoing
from professionals.duplicates.models import ApartOrganisations, ApartPeople, MergeKind
from professionals.models import Professional
from tests.factories import make_category, make_organisation, make_professional, make_staff
from tests.test_html import errors

pytestmark = pytest.mark.django_db
PEOPLE, HOUSES = MergeKind.PROFESSIONAL, MergeKind.ORGANISATION


@pytest.fixture
def staff() -> User:
    return make_staff()


def alike(number: int) -> list[Professional]:
    """So many of one name."""
    return [make_professional(name="Salma Directrice") for _ in range(number)]


def offered() -> list[tuple[int, int]]:
    return [(pair.one, pair.other) for pair in finding.people()]


def told() -> list[tuple[int, int]]:
    return sorted(ApartPeople.objects.values_list("one_id", "other_id"))


def test_who_was_told_apart_is_offered_no_more_until_that_is_taken_back(staff: User) -> None:
    one, other, third = alike(3)
    apart.tell(PEOPLE, other.pk, one.pk, by=staff)
    apart.tell(PEOPLE, one.pk, other.pk, by=staff)
    assert offered() == [(one.pk, third.pk), (other.pk, third.pk)]
    [pair] = ApartPeople.objects.all()
    apart.take_back(PEOPLE, pair.pk, by=staff)
    apart.take_back(PEOPLE, pair.pk, by=staff)
    assert offered() == [(one.pk, other.pk), (one.pk, third.pk), (other.pk, third.pk)]
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", "target", "fields")) == [
        ("told_apart", f"professional:{one.pk}", [f"professional:{other.pk}"]),
        ("told_alike", f"professional:{one.pk}", [f"professional:{other.pk}"]),
    ]


def test_establishments_are_told_apart_likewise(staff: User) -> None:
    one, other = (
        make_organisation(name="Riad"),
        make_organisation(name="Riad", category=make_category("guide")),
    )
    assert len(finding.organisations()) == 1
    apart.tell(HOUSES, one.pk, other.pk, by=staff)
    assert (finding.organisations(), ApartOrganisations.objects.count()) == ([], 1)


def test_a_pair_is_there_once_and_nobody_is_told_apart_from_themselves(staff: User) -> None:
    one, other = alike(2)
    apart.tell(PEOPLE, one.pk, other.pk, by=staff)
    for first, second in ((one, other), (other, one), (one, one)):
        with pytest.raises(IntegrityError), transaction.atomic():
            ApartPeople.objects.create(one=first, other=second, at=clock.now(), by=staff)
    for wrong in (one.pk, 0):
        with pytest.raises(apart.CannotTellApart):
            apart.tell(PEOPLE, one.pk, wrong, by=staff)


def test_who_was_told_apart_is_merged_only_once_that_is_taken_back(staff: User) -> None:
    one, other = alike(2)
    apart.tell(PEOPLE, one.pk, other.pk, by=staff)
    with pytest.raises(merging.ToldApart):
        merging.people(one.pk, other.pk, by=staff)
    apart.take_back(PEOPLE, ApartPeople.objects.get().pk, by=staff)
    merging.people(one.pk, other.pk, by=staff)
    assert Professional.objects.get() == one


def test_a_merge_carries_from_whom_somebody_was_told_apart_and_gives_it_back(staff: User) -> None:
    kept, gone, both, his = alike(4)
    for one, other in ((kept, both), (gone, both), (gone, his)):
        apart.tell(PEOPLE, one.pk, other.pk, by=staff)
    before = list(ApartPeople.objects.order_by("one", "other").values("one", "other", "at", "by"))
    merge = merging.people(kept.pk, gone.pk, by=staff)
    assert told() == [(kept.pk, both.pk), (kept.pk, his.pk)]
    undoing.undo(merge, by=staff)
    assert list(ApartPeople.objects.order_by("one", "other").values("one", "other", "at", "by")) == before


def test_what_was_taken_back_meanwhile_does_not_return_with_the_merge_undone(staff: User) -> None:
    kept, gone, his = alike(3)
    apart.tell(PEOPLE, gone.pk, his.pk, by=staff)
    merge = merging.people(kept.pk, gone.pk, by=staff)
    apart.take_back(PEOPLE, ApartPeople.objects.get().pk, by=staff)
    undoing.undo(merge, by=staff)
    assert told() == []


def test_the_page_tells_apart_and_takes_back(client: Client, staff: User) -> None:
    client.force_login(staff)
    one, other = alike(2)
    page = reverse("team:duplicates")
    assert errors(client.get(page).content.decode()) == []
    said = client.post(reverse("team:tell_apart"), {"one": one.pk, "other": other.pk}, follow=True)
    assert [str(words) for words in said.context["messages"]] == [
        "C’est noté\u202f: ces deux fiches ne seront plus proposées."
    ]
    assert (said.context["pairs"], [pair.one for pair in said.context["apart"]]) == ([], [one])
    assert errors(said.content.decode()) == []
    merged = client.post(reverse("team:merge"), {"keep": one.pk, "gone": other.pk}, follow=True)
    assert [str(words) for words in merged.context["messages"]] == [
        "L’équipe a dit que ces deux fiches sont distinctes\u202f: remettez-les d’abord dans la liste."
    ]
    back = client.post(reverse("team:alike", args=[ApartPeople.objects.get().pk]), follow=True)
    assert len(back.context["pairs"]) == 1
    gone = client.post(reverse("team:tell_apart"), {"one": one.pk, "other": "x"}, follow=True)
    assert [str(words) for words in gone.context["messages"]] == ["L’une de ces fiches n’est plus là."]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_for_many_as_for_one(
    client: Client, staff: User, django_assert_num_queries: Any, rows: int
) -> None:
    client.force_login(staff)
    people = [alike(2) for _ in range(rows)]
    for one, other in people[:-1]:
        apart.tell(PEOPLE, one.pk, other.pk, by=staff)
    last = make_professional(name="Salma Directrice")
    apart.tell(PEOPLE, people[0][0].pk, last.pk, by=staff)
    with django_assert_num_queries(7):
        assert client.get(reverse("team:duplicates")).status_code == 200
