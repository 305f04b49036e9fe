"""Tests of meetings.lifecycle: what becomes of a released stop (invariants 6 and 10)."""

import contextlib
import threading
from datetime import date, time, timedelta

import pytest
from django.db import connection, transaction

from accounts.models import AuditEntry
from meetings import agenda, attendance, gate, lifecycle, releases
from meetings.attendance import Taken
from meetings.documents import build
from meetings.models import Meeting, Release, Stop, StopStatus, Visibility
from outbox import clock
from regions import legal_time
from tests.factories import make_meeting, make_staff, make_stop, make_venue, next_thursday

pytestmark = pytest.mark.django_db

REASON = {"fr": "Tempête de sable.", "ar": "عاصفة رملية.", "en": "Sandstorm."}


def later(stop, days=7):
    return stop.date + timedelta(days=days)


def only_difference(before, after):
    """The names of a document's fields that differ."""
    return {name for name in after if before.get(name) != after[name]}


def test_moving_a_stop_releases_the_new_date_and_nothing_else():
    stop = make_stop(venue=make_venue())
    staff = make_staff()
    # Edits nobody released yet, of each kind: text, meeting, point, venue.
    stop.intro_fr = "Mot-secret"
    stop.save(update_fields=["intro_fr"])
    make_meeting(stop, title_fr="Rencontre secrète", room="B")
    Meeting.objects.filter(pk=stop.meetings.first().pk).update(title_fr="Titre secret")
    stop.venue.address_fr = "Rue secrète"
    stop.venue.save(update_fields=["address_fr"])
    before = stop.current_release.document

    lifecycle.change(stop, changes={"date": later(stop)}, by=staff)

    after = agenda.stop(stop.slug)
    assert only_difference(before, after.document) == {"date", "calendar"}
    assert after.document["date"] == later(stop).isoformat()
    assert (after.release_number, after.document["calendar"]["sequence"]) == (2, 1)
    stop.refresh_from_db()
    assert (stop.date.isoformat(), stop.sequence) == (after.document["date"], 1)
    # The unreleased edits are still there to be released.
    assert len(releases.unreleased_changes(stop)) == 4


@pytest.mark.parametrize(
    ("wanted", "grows"),
    [
        ({"date": timedelta(days=1)}, True),
        ({"starts": time(9)}, True),
        ({"ends": time(14)}, True),
        ({"city_en": "Ad-Dakhla"}, True),
        ({"venue": "new"}, True),
        ({"seats": 120}, False),
        ({"registration_closes_on": date(2040, 1, 1)}, False),
    ],
)
def test_the_sequence_grows_when_the_instant_or_place_changes_and_only_then(wanted, grows):
    stop = make_stop()
    if "date" in wanted:
        wanted = {"date": stop.date + wanted["date"]}
    if "venue" in wanted:
        wanted = {"venue": make_venue()}
    uid = stop.calendar_uid
    release = lifecycle.change(stop, changes=wanted, by=None)
    stop.refresh_from_db()
    assert (stop.sequence, release.document["calendar"]["sequence"]) == (int(grows), int(grows))
    assert (stop.calendar_uid, release.document["calendar"]["uid"]) == (uid, uid)


def test_a_text_that_is_released_leaves_the_sequence_alone_and_a_corrected_place_does_not():
    stop = make_stop(venue=make_venue())
    stop.venue.access_fr, stop.venue.access_ar, stop.venue.access_en = "Par la mer", "عبر البحر", "By sea"
    stop.venue.save(update_fields=["access_fr", "access_ar", "access_en"])
    releases.release_changes(stop, by=None)
    stop.refresh_from_db()
    assert stop.sequence == 0
    stop.venue.address_fr = "Avenue Hassan II"
    stop.venue.save(update_fields=["address_fr"])
    release = releases.release_changes(stop, by=None)
    stop.refresh_from_db()
    assert (stop.sequence, release.document["calendar"]["sequence"]) == (1, 1)


def test_the_same_values_again_change_nothing():
    stop = make_stop()
    with pytest.raises(lifecycle.Refused) as refused:
        lifecycle.change(stop, changes={"date": stop.date, "seats": stop.seats}, by=None)
    assert refused.value.problems == ["Rien ne change."]
    assert stop.releases.count() == 1


def test_a_field_that_is_not_the_life_cycles_is_refused():
    with pytest.raises(ValueError, match="intro_fr"):
        lifecycle.change(make_stop(), changes={"intro_fr": "Mot-secret"}, by=None)


def test_the_meetings_move_with_the_beginning_in_the_rows_and_as_released():
    stop = make_stop(meetings=False, published=False)
    make_meeting(stop, starts=time(10), ends=time(11), room="A")
    # In the same room, back to back: each takes the place the other leaves.
    make_meeting(stop, starts=time(11), ends=time(12), room="A")
    make_meeting(stop, starts=time(12), ends=time(13), room="A", visibility=Visibility.INVITED)
    releases.publish(stop, by=None)
    release = lifecycle.change(stop, changes={"starts": time(11), "ends": time(14, 30)}, by=None)
    hours = [(meeting.starts, meeting.ends) for meeting in stop.meetings.order_by("starts")]
    assert hours == [(time(11), time(12)), (time(12), time(13)), (time(13), time(14))]
    assert [(one["starts"], one["ends"]) for one in release.document["meetings"]] == [
        ("11:00", "12:00"),
        ("12:00", "13:00"),
    ]
    assert release.document["meetings"][0]["items"][1]["starts"] == "11:30"
    assert release.restricted["invited"][0]["starts"] == "13:00"
    stop.refresh_from_db()
    assert build(stop) == release.document


@pytest.mark.parametrize("unreleased", [False, True])
def test_meetings_that_no_longer_fit_refuse_the_change_released_or_not(unreleased):
    stop = make_stop(meetings=False, published=False)
    make_meeting(stop, starts=time(10), ends=time(11 if unreleased else 13))
    releases.publish(stop, by=None)
    if unreleased:
        stop.meetings.update(ends=time(13))
    with pytest.raises(lifecycle.Refused) as refused:
        lifecycle.change(stop, changes={"ends": time(12)}, by=None)
    assert refused.value.problems == [
        "Les rencontres, décalées avec le début, ne tiennent plus entre 10:00 et 12:00 : "
        "raccourcissez-les ou changez la fin de l’étape."
    ]


def test_meetings_do_not_move_past_midnight_into_the_morning():
    stop = make_stop()
    with pytest.raises(lifecycle.Refused):
        lifecycle.change(stop, changes={"starts": time(22), "ends": time(23, 30)}, by=None)


def test_a_stop_does_not_move_into_the_past_nor_end_before_it_starts():
    stop = make_stop()
    for wanted, sentence in [
        ({"date": legal_time.today() - timedelta(days=1)}, "La nouvelle date est passée."),
        ({"ends": time(9)}, "La fin doit venir après le début."),
    ]:
        with pytest.raises(lifecycle.Refused) as refused:
            lifecycle.change(stop, changes=wanted, by=None)
        assert refused.value.problems == [sentence]


def test_seats_above_the_room_are_refused_whichever_of_the_two_changes():
    stop = make_stop(venue=make_venue(seats=150))
    with pytest.raises(lifecycle.Refused):
        lifecycle.change(stop, changes={"seats": 151}, by=None)
    with pytest.raises(lifecycle.Refused):
        lifecycle.change(stop, changes={"venue": make_venue(seats=99)}, by=None)
    lifecycle.change(stop, changes={"seats": 150}, by=None)


def test_a_venue_of_another_region_is_refused():
    stop = make_stop(region="MA-12")
    other = make_venue(region=make_stop(region="MA-01", published=False).region)
    with pytest.raises(lifecycle.Refused):
        lifecycle.change(stop, changes={"venue": other}, by=None)


class Counted:
    """An attendance that writes down what it is told."""

    def __init__(self):
        self.heard = []

    def taken(self, stop_ids):
        return {pk: Taken(seated=80) for pk in stop_ids}

    def room_changed(self, stop):
        # Inside the transaction, with the new facts already there.
        self.heard.append((stop.seats, stop.status, connection.in_atomic_block))

    def meeting_withdrawn(self, meeting):
        self.heard.append(meeting.pk)


@pytest.mark.usefixtures("own_attendance")
def test_other_seats_are_told_to_those_who_keep_the_queue_and_fewer_evict_nobody():
    stop = make_stop()
    attendance.register(counted := Counted())
    seen = lifecycle.preview(stop, {"seats": 50})
    assert seen.warnings[-1] == (
        "80 places sont attribuées ou réservées, pour 50 : personne ne perd la sienne, et personne d’autre "
        "n’en reçoit."
    )
    lifecycle.change(stop, changes={"seats": 50}, by=None)
    lifecycle.change(stop, changes={"date": later(stop)}, by=None)
    assert counted.heard == [(50, StopStatus.PUBLISHED, True)]


def test_a_cancelled_stop_says_why_and_changes_no_more():
    stop = make_stop()
    release = lifecycle.cancel(stop, by=None, reason=REASON)
    stop.refresh_from_db()
    assert (stop.status, stop.sequence) == (StopStatus.CANCELLED, 1)
    assert only_difference(stop.releases.get(number=1).document, release.document) == {
        "reason",
        "called_off",
        "calendar",
    }
    assert release.document["reason"] == REASON
    for verb in [
        lambda: lifecycle.cancel(stop, by=None),
        lambda: lifecycle.postpone(stop, by=None),
        lambda: lifecycle.change(stop, changes={"date": later(stop)}, by=None),
        lambda: lifecycle.pause_registration(stop, by=None),
        lambda: lifecycle.hold(stop, by=None),
    ]:
        with pytest.raises(lifecycle.Refused):
            verb()


def test_a_reason_is_given_in_three_languages_or_not_at_all():
    stop = make_stop()
    with pytest.raises(lifecycle.Refused):
        lifecycle.cancel(stop, by=None, reason={**REASON, "ar": ""})
    lifecycle.cancel(stop, by=None)


@pytest.mark.usefixtures("own_attendance")
def test_a_postponed_stop_is_on_again_with_the_same_uid_once_it_has_a_day():
    stop = make_stop()
    uid = stop.calendar_uid
    lifecycle.postpone(stop, by=None, reason=REASON)
    stop.refresh_from_db()
    assert (stop.status, stop.sequence) == (StopStatus.POSTPONED, 1)
    attendance.register(counted := Counted())
    release = lifecycle.change(stop, changes={"date": later(stop)}, by=None)
    stop.refresh_from_db()
    assert (stop.status, stop.sequence, stop.calendar_uid) == (StopStatus.PUBLISHED, 2, uid)
    assert release.document["reason"] == {"fr": "", "ar": "", "en": ""}
    assert counted.heard == [(100, StopStatus.PUBLISHED, True)]


def test_a_postponed_stop_may_take_its_old_day_again():
    stop = make_stop()
    lifecycle.postpone(stop, by=None)
    lifecycle.change(stop, changes={"date": stop.date}, by=None)
    stop.refresh_from_db()
    assert (stop.status, stop.sequence) == (StopStatus.PUBLISHED, 2)


def test_a_stop_is_held_once_it_has_begun(monkeypatch):
    stop = make_stop()
    with pytest.raises(lifecycle.Refused):
        lifecycle.hold(stop, by=None)
    monkeypatch.setattr(clock, "now", lambda: stop.starts_at)
    lifecycle.hold(stop, by=None)
    stop.refresh_from_db()
    assert (stop.status, stop.sequence, stop.releases.count()) == (StopStatus.HELD, 0, 1)


def test_registration_pauses_and_resumes_and_pages_hear_of_it():
    stop = make_stop()
    lifecycle.pause_registration(stop, by=None)
    lifecycle.pause_registration(stop, by=None)
    paused = Stop.objects.get(pk=stop.pk)
    assert (paused.registration_paused, paused.revision) == (True, stop.revision + 1)
    lifecycle.resume_registration(stop, by=None)
    assert Stop.objects.get(pk=stop.pk).takes_registrations(at=clock.now())


@pytest.mark.usefixtures("own_attendance")
def test_a_withdrawn_meeting_leaves_the_public_document_and_nothing_else_changes():
    stop = make_stop()
    kept = stop.meetings.get()
    gone = make_meeting(stop, title_fr="Atelier", room="B")
    releases.release_changes(stop, by=None)
    stop.refresh_from_db()
    kept.title_fr = "Mot-secret"
    kept.save(update_fields=["title_fr"])
    attendance.register(counted := Counted())
    pk = gone.pk
    lifecycle.withdraw_meeting(gone, by=None)
    document = agenda.stop(stop.slug).document
    assert [meeting["title"]["fr"] for meeting in document["meetings"]] == ["Séance plénière"]
    assert counted.heard == [pk]


def test_every_operation_stands_in_the_journal_without_what_was_written():
    stop, staff = make_stop(), make_staff()
    lifecycle.pause_registration(stop, by=staff)
    lifecycle.change(stop, changes={"date": later(stop), "seats": 50}, by=staff)
    lifecycle.postpone(stop, by=staff)
    lifecycle.cancel(stop, by=staff, reason=REASON)
    found = AuditEntry.objects.filter(target=f"stop:{stop.pk}", actor=staff).order_by("pk")
    assert [(entry.verb, entry.fields) for entry in found] == [
        ("pause_registration", []),
        ("change", ["date", "seats"]),
        ("postponed", []),
        ("cancelled", []),
    ]


def test_a_refused_operation_leaves_nothing_behind():
    stop = make_stop()
    revision = Stop.objects.values_list("revision", flat=True).get(pk=stop.pk)
    with pytest.raises(lifecycle.Refused):
        lifecycle.change(stop, changes={"ends": time(10, 30), "seats": 50}, by=None)
    assert Stop.objects.values_list("revision", "seats").get(pk=stop.pk) == (revision, 100)
    assert not AuditEntry.objects.filter(verb="change").exists()


def test_a_preview_writes_nothing():
    stop = make_stop()
    seen = lifecycle.preview(stop, {"date": next_thursday(60), "seats": 50})
    assert seen.differences[-1] == "places : 100 → 50"
    assert (seen.problems, Release.objects.count(), Stop.objects.get().date) == ([], 1, stop.date)


def move_at_once(stop):
    """Two of the staff move a stop by a day and by two, each deciding before the other has written."""
    both_read = threading.Barrier(2, timeout=1)
    failed = []
    work_out = lifecycle.work_out

    def slow(*args):
        found = work_out(*args)
        # With the lock, the other one is still waiting for it.
        with contextlib.suppress(threading.BrokenBarrierError):
            both_read.wait()
        return found

    lifecycle.work_out = slow
    try:
        threads = [threading.Thread(target=move, args=(stop, days, failed)) for days in (1, 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        lifecycle.work_out = work_out
    stop.refresh_from_db()
    return stop.sequence, len(failed)


def move(stop, days, failed):
    try:
        lifecycle.change(stop, changes={"date": later(stop, days)}, by=None)
    except Exception as error:
        failed.append(error)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_follow_one_another():
    stop = make_stop()
    assert move_at_once(stop) == (2, 0)
    assert stop.current_release.number == 3
    assert stop.current_release.document["date"] == stop.date.isoformat()


@pytest.mark.django_db(transaction=True)
def test_the_race_above_is_real(monkeypatch):
    """Without the lock one of the two is lost: if this fails, the test above proves nothing."""
    monkeypatch.setattr(lifecycle, "lock", lambda pk: Stop.objects.get(pk=pk))
    assert move_at_once(make_stop()) == (1, 1)


def test_the_lock_of_the_life_cycle_is_the_gates():
    assert lifecycle.lock is gate.lock
    stop = make_stop()
    with transaction.atomic():
        assert lifecycle.lock(stop.pk) == stop
