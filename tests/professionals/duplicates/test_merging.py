"""Duplicates found, merged with all that hangs on them, and taken apart again within a day."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from meetings import gate
from meetings.models import Invitation, Meeting
from outbox import clock
from outbox.models import Message
from professionals import contributions, people, promotion, seats
from professionals.duplicates import finding, merging, undoing
from professionals.duplicates.models import Merge
from professionals.models import Organisation, Professional, Registration, WorkshopSeat, WorkshopWait
from tests.factories import (
    make_meeting,
    make_organisation,
    make_professional,
    make_registration,
    make_staff,
    make_stop,
)
from tests.professionals.conftest import Clock
from tests.test_html import errors

pytestmark = pytest.mark.django_db


def twins(**gone: Any) -> tuple[Professional, Professional, User]:
    kept = make_professional(name="Salma Directrice", email="salma@hotel.example", phone="+212661000001")
    fields = {"name": "Directrice Salma", "email": "", "phone": "+212661000002", "function": "Directrice"}
    return kept, make_professional(**fields | gone), make_staff()


def test_pairs_are_found_by_mail_mobile_and_name_in_either_script() -> None:
    one = make_professional(name="Salma Directrice", name_ar_key=people.key_of("سلمى المديرة"))
    same_name = make_professional(name="DIRECTRICE Salma")
    arabic = make_professional(name="المديرة سلمى")
    mailbox = make_professional(name="Comptable", email=one.email)
    mobile = make_professional(name="Gardien", phone=str(same_name.phone))
    make_professional(name="Quelqu’un d’autre")
    found = {(pair.one, pair.other): [str(reason) for reason in pair.reasons] for pair in finding.people()}
    assert found == {
        (one.pk, same_name.pk): ["même nom"],
        (one.pk, arabic.pk): ["même nom"],
        (one.pk, mailbox.pk): ["même adresse"],
        (same_name.pk, mobile.pk): ["même mobile"],
    }


def test_everything_that_hangs_on_one_hangs_on_the_other() -> None:
    kept, gone, staff = twins()
    stop = make_stop()
    registration = seats.register(stop, professional=gone)
    contributions.say(registration, "Des vols.", language="fr")
    invitation = Invitation.objects.create(
        stop=stop, audience="professionals", key=f"professional:{gone.pk}", written_at=clock.now()
    )
    merge = merging.people(kept.pk, gone.pk, by=staff)
    registration.refresh_from_db()
    invitation.refresh_from_db()
    kept.refresh_from_db()
    assert registration.professional == kept
    assert [one.text for one in kept.contributions.all()] == ["Des vols."]
    assert invitation.key == f"professional:{kept.pk}"
    assert (kept.function, str(kept.phone)) == ("Directrice", "+212661000001")
    assert list(Professional.objects.all()) == [kept]
    told = Message.objects.get()
    assert (told.purpose, told.recipient) == ("link_again", "salma@hotel.example")
    entry = AuditEntry.objects.get(verb="merged")
    assert (entry.target, entry.fields) == (f"professional:{merge.gone}", [f"professional:{kept.pk}"])


def test_of_two_registrations_at_a_stop_the_seat_stays_and_a_second_one_goes_to_the_queue() -> None:
    kept, gone, staff = twins()
    stop = make_stop(seats=2)
    seats.register(stop, professional=kept)
    second = seats.register(stop, professional=gone)
    waiting = seats.register(stop, professional=make_professional())
    assert waiting.status == "waiting"
    merging.people(kept.pk, gone.pk, by=staff)
    waiting.refresh_from_db()
    assert waiting.status == "seated"
    assert not Registration.objects.filter(pk=second.pk).exists()
    assert kept.registrations.get().status == "seated"


def test_the_better_registration_stays_whoever_it_was_of_and_keeps_its_link() -> None:
    kept, gone, staff = twins()
    stop = make_stop()
    make_registration(stop, professional=kept, status="cancelled")
    seat = make_registration(stop, professional=gone)
    merging.people(kept.pk, gone.pk, by=staff)
    assert (kept.registrations.get().pk, kept.registrations.get().nonce) == (seat.pk, seat.nonce)


def test_two_who_were_both_seen_at_one_stop_are_two_people() -> None:
    kept, gone, staff = twins()
    stop = make_stop()
    for person in (kept, gone):
        make_registration(stop, professional=person, checked_in_at=clock.now())
    with pytest.raises(merging.CannotMerge):
        merging.people(kept.pk, gone.pk, by=staff)
    with pytest.raises(merging.CannotMerge):
        merging.people(kept.pk, kept.pk, by=staff)
    assert Professional.objects.count() == 2


def everything() -> list[Any]:
    models: tuple[Any, ...] = (Professional, Registration, WorkshopSeat, Invitation)
    skipped = {"calendar_step"}  # grows for good: calendars drop what does not outdo what they have
    return [
        sorted(
            tuple((k, v) for k, v in sorted(row.items()) if k not in skipped)
            for row in model.objects.values()
        )
        for model in models
    ]


def test_a_merge_taken_back_leaves_everything_as_it_was() -> None:
    kept, gone, staff = twins(ice="0" * 15)
    stop = make_stop()
    workshop = make_meeting(stop, kind="workshop", seats=5, points=0)
    for person in (kept, gone):
        registration = make_registration(stop, professional=person)
        WorkshopSeat.objects.create(registration=registration, meeting=workshop, chosen_at=clock.now())
    make_registration(make_stop(region="MA-11"), professional=gone)
    Invitation.objects.create(
        stop=stop, audience="professionals", key=f"professional:{gone.pk}", written_at=clock.now()
    )
    before = everything()
    merge = merging.people(kept.pk, gone.pk, by=staff)
    assert everything() != before
    undoing.undo(merge, by=staff)
    assert everything() == before
    merge.refresh_from_db()
    assert merge.memory == {}
    with pytest.raises(undoing.TooLate):
        undoing.undo(merge, by=staff)


def test_who_comes_back_to_a_full_stop_waits() -> None:
    kept, gone, staff = twins()
    stop = make_stop(seats=2)
    seats.register(stop, professional=kept)
    seats.register(stop, professional=gone)
    merge = merging.people(kept.pk, gone.pk, by=staff)
    assert seats.register(stop, professional=make_professional()).status == "seated"
    undoing.undo(merge, by=staff)
    assert Registration.objects.get(professional=gone.pk).status == "waiting"
    assert Registration.objects.filter(stop=stop).seated().count() == 2


def test_after_a_day_nothing_is_undone_and_nothing_remembered(later: Clock) -> None:
    kept, gone, staff = twins()
    merge = merging.people(kept.pk, gone.pk, by=staff)
    assert undoing.forget(clock.now()) == 0
    later(timedelta(days=1, seconds=1))
    with pytest.raises(undoing.TooLate):
        undoing.undo(merge, by=staff)
    assert (undoing.forget(clock.now()), undoing.forget(clock.now())) == (1, 0)
    assert Merge.objects.get().memory == {}


def test_establishments_are_merged_with_their_people_and_taken_apart_again() -> None:
    kept, gone = make_organisation(name="Riad du Port"), make_organisation(name="Port du riad", approved=True)
    person, staff = make_professional(organisation=gone), make_staff()
    assert [(p.one, p.other) for p in finding.organisations()] == [(kept.pk, gone.pk)]
    merge = merging.organisations(kept.pk, gone.pk, by=staff)
    person.refresh_from_db()
    assert (person.organisation, person.organisation.approved) == (kept, True)
    undoing.undo(merge, by=staff)
    person.refresh_from_db()
    assert (person.organisation_id, Organisation.objects.get(pk=kept.pk).approved) == (gone.pk, False)


def test_the_page_merges_and_undoes(client: Client) -> None:
    kept, gone, staff = twins()
    make_organisation(name="Riad du Port")
    make_organisation(name="Port du riad")
    page = reverse("team:duplicates")
    assert client.get(page).status_code == 302
    client.force_login(staff)
    for address in (page, f"{page}?type=etablissements"):
        assert errors(client.get(address).content.decode()) == []
    client.post(reverse("team:merge"), {"keep": kept.pk, "gone": gone.pk})
    merge = Merge.objects.get()
    shown = client.get(page)
    assert (list(shown.context["merges"]), errors(shown.content.decode())) == ([merge], [])
    client.post(reverse("team:unmerge", args=[merge.pk]))
    assert Professional.objects.count() == 2


def test_who_waited_for_a_workshop_in_one_row_and_has_a_seat_in_the_other_has_the_seat() -> None:
    kept, gone, staff = twins()
    stop = make_stop()
    workshop = make_meeting(stop, kind="workshop", seats=1, points=0)
    mine, same = (make_registration(stop, professional=one) for one in (kept, gone))
    other = make_registration(stop)
    WorkshopSeat.objects.create(registration=mine, meeting=workshop, chosen_at=clock.now())
    for one in (same, other):
        WorkshopWait.objects.create(registration=one, meeting=workshop, asked_at=clock.now())
    merging.people(kept.pk, gone.pk, by=staff)
    Meeting.objects.update(seats=2)
    promotion.room_changed(stop)
    assert [place.registration for place in WorkshopSeat.objects.order_by("pk")] == [mine, other]
    assert WorkshopWait.objects.count() == 0


def test_who_came_to_an_establishment_while_it_is_merged_keeps_it_for_another_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept, gone = make_organisation(), make_organisation()
    monkeypatch.setattr(merging.rows, "hanging_on", lambda row: [])  # looked before they came
    make_professional(organisation=gone)
    with pytest.raises(gate.Busy):
        merging.organisations(kept.pk, gone.pk, by=make_staff())
