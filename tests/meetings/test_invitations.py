"""Tests of meetings.invitations."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from meetings import invitations, previews, releases, tasks, unsubscribing
from meetings.models import Answer, Campaign, Channel, Guest, Invitation, Stop, StopStatus, Visibility
from outbox import clock, queue, suppressions
from outbox.models import Kind, Message, Priority
from regions.models import Body
from tests.factories import make_meeting, make_official, make_region, make_staff, make_stop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings")]


def invite(stop, *audiences):
    """Order and carry out."""
    campaign = invitations.invite(stop, audiences=audiences, by=None)
    while invitations.write(campaign, limit=500):
        pass
    campaign.refresh_from_db()
    return campaign


def invited(stop):
    return sorted(Invitation.objects.filter(stop=stop).values_list("key", "channel"))


def written_to():
    """Whom mails were written to, as often as they were."""
    return sorted(Message.objects.values_list("recipient", flat=True))


def words_of(text):
    return [line for line in text.splitlines() if "://" not in line]


def call_off(stop, status):
    """As the life cycle does."""
    from meetings import gate

    with gate.opened():
        Stop.objects.filter(pk=stop.pk).update(status=status)
    stop.refresh_from_db()


def test_each_person_gets_one_letter_in_their_language(professionals):
    stop = make_stop()
    official = make_official(email="president@crt.example", language="ar")
    professionals.add("direction@riad.example", language="en")
    campaign = invite(stop, Body.CRT, "professionals")
    assert campaign.done_at is not None
    assert invited(stop) == [(f"official:{official.pk}", "mail"), ("professional:1", "mail")]
    assert dict(Message.objects.values_list("recipient", "language")) == {
        "president@crt.example": "ar",
        "direction@riad.example": "en",
    }


def test_a_letter_leaves_as_a_campaign_that_can_be_refused(professionals):
    stop = make_stop()
    professionals.add()
    invite(stop, "professionals")
    message = Message.objects.get()
    invitation = Invitation.objects.get()
    address = unsubscribing.address(message.recipient, Kind.INVITATIONS, "fr")
    assert message.headers == {
        "List-Unsubscribe": f"<{address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert (message.purpose, message.subject) == ("invitation", f"stop:{stop.pk}")
    assert (message.priority, message.valid_until) == (Priority.CAMPAIGN, stop.starts_at)
    assert message.recipient_hash == invitation.recipient_hash
    assert message.reply_to == stop.contact_email


def test_who_cannot_be_mailed_is_invited_by_letter_and_counted():
    stop = make_stop()
    nobody = make_official(email="")
    broken = make_official(email="president.crt")
    found = previews.preview(stop, [Body.CRT])
    assert (found.total, len(found.by_audience[Body.CRT].by_letter)) == (2, 2)
    invite(stop, Body.CRT)
    assert invited(stop) == sorted([(f"official:{o.pk}", "letter") for o in (nobody, broken)])
    assert written_to() == []


def test_the_institutions_of_the_region_are_invited_and_those_of_elsewhere_are_not():
    stop = make_stop(region="MA-12")
    elsewhere = make_region("MA-07")
    make_official(email="wali-ailleurs@wilaya.example", body=Body.WILAYA, region=elsewhere)
    make_official(email="federation@cnt.example", body=Body.CNT, region=None)
    make_official(email="ancien@crt.example", active=False)
    listed = make_official(email="presidence@cnt.example", body=Body.CNT, region=None)
    Guest.objects.create(stop=stop, official=listed, rank=3)
    invite(stop, *Body.values)
    assert written_to() == ["presidence@cnt.example"]

    make_official(email="nouveau@crt.example")
    invite(stop, *Body.values)
    assert written_to() == ["nouveau@crt.example", "presidence@cnt.example"]


def test_the_guest_list_gives_the_order_of_protocol():
    stop = make_stop()
    second = make_official(protocol_rank=2)
    last = make_official(protocol_rank=1)
    first = make_official(protocol_rank=90)
    Guest.objects.create(stop=stop, official=first, rank=1)
    Guest.objects.create(stop=stop, official=last, rank=9)
    keys = [person.key for person in invitations.sort(stop, Body.CRT).by_mail]
    assert keys == [f"official:{official.pk}" for official in (first, second, last)]


def test_a_second_click_writes_to_nobody_twice(professionals):
    stop = make_stop()
    professionals.add()
    first = invitations.invite(stop, audiences=["professionals"], by=None)
    assert invitations.invite(stop, audiences=["professionals"], by=None) == first
    invite(stop, "professionals")
    invite(stop, "professionals")
    assert len(written_to()) == 1
    assert Campaign.objects.filter(done_at=None).count() == 0


def test_an_order_is_carried_out_by_the_task(professionals, monkeypatch):
    stop = make_stop()
    for _ in range(5):
        professionals.add()
    monkeypatch.setattr(tasks, "INVITATIONS_PER_TASK", 2)
    again = []
    monkeypatch.setattr(tasks.write_invitations, "delay", again.append)
    campaign = invitations.invite(stop, audiences=["professionals"], by=None)
    for expected in (2, 4, 5, 5):
        tasks.write_invitations(campaign.pk)
        assert len(written_to()) == expected
    assert again == [campaign.pk] * 3
    assert Campaign.objects.get().done_at is not None


def test_the_order_is_in_the_journal_and_told_to_a_worker(
    professionals, rings, django_capture_on_commit_callbacks
):
    from accounts.models import AuditEntry

    stop, staff = make_stop(), make_staff()
    with django_capture_on_commit_callbacks(execute=True):
        campaign = invitations.invite(stop, audiences=[Body.CRT, "professionals"], by=staff)
    entry = AuditEntry.objects.get(verb="invite")
    assert (entry.actor, entry.target, entry.fields) == (staff, f"stop:{stop.pk}", ["crt", "professionals"])
    assert rings == [campaign.pk]


def test_a_crash_in_the_middle_of_a_batch_loses_nobody_and_doubles_nobody(professionals, monkeypatch):
    stop = make_stop()
    for _ in range(7):
        professionals.add()
    monkeypatch.setattr(invitations, "BATCH", 3)
    batches: list[int] = []

    def killed(letters):
        batches.append(real(letters))
        if len(batches) == 2:
            raise KeyboardInterrupt
        return batches[-1]

    real = queue.enqueue_all
    monkeypatch.setattr(queue, "enqueue_all", killed)
    campaign = invitations.invite(stop, audiences=["professionals"], by=None)
    with pytest.raises(KeyboardInterrupt):
        invitations.write(campaign, limit=500)
    assert (batches, len(written_to()), Invitation.objects.count()) == ([3, 3], 3, 3)

    monkeypatch.setattr(queue, "enqueue_all", real)
    invite(stop, "professionals")
    assert written_to() == sorted(person.email for person in professionals)
    assert Invitation.objects.count() == 7


def test_an_order_ends_where_the_stop_is_called_off(professionals, monkeypatch):
    stop = make_stop()
    for _ in range(4):
        professionals.add()
    monkeypatch.setattr(invitations, "BATCH", 2)
    campaign = invitations.invite(stop, audiences=["professionals"], by=None)
    assert invitations.write(campaign, limit=2) == 2
    call_off(stop, StopStatus.CANCELLED)
    campaign.stop.refresh_from_db()
    assert invitations.write(campaign, limit=500) == 0
    assert len(written_to()) == 2
    assert Campaign.objects.get().done_at is not None


def test_a_stop_called_off_after_the_count_asks_nobody(professionals):
    """The batch reads the stop again under its lock, whatever the worker believed before."""
    stop = make_stop()
    people = [professionals.add()]
    call_off(stop, StopStatus.CANCELLED)
    assert invitations.write_batch(stop.pk, "professionals", people) == 0
    assert written_to() == []


def test_an_order_waits_while_registration_is_paused(professionals):
    stop = make_stop()
    professionals.add()
    campaign = invitations.invite(stop, audiences=["professionals"], by=None)
    Stop.objects.filter(pk=stop.pk).update(registration_paused=True)
    campaign.stop.refresh_from_db()
    assert invitations.write(campaign, limit=500) == 0
    assert (written_to(), Campaign.objects.get().done_at) == ([], None)
    Stop.objects.filter(pk=stop.pk).update(registration_paused=False)
    campaign.stop.refresh_from_db()
    assert invitations.write(campaign, limit=500) == 1


@pytest.mark.parametrize("how", ["draft", "cancelled", "begun"])
def test_a_stop_that_cannot_ask_refuses_the_order(how, set_clock):
    stop = make_stop(published=how != "draft")
    if how == "cancelled":
        call_off(stop, StopStatus.CANCELLED)
    elif how == "begun":
        set_clock(stop.starts_at)
    make_official()
    with pytest.raises(invitations.NotInvitable):
        invitations.invite(stop, audiences=[Body.CRT], by=None)
    assert previews.preview(stop, [Body.CRT]).closed == [Body.CRT]


def test_professionals_are_asked_only_while_they_can_register(professionals):
    soon = clock.now().date() + timedelta(days=5)
    stop = make_stop(registration_opens_on=soon)
    professionals.add()
    make_official()
    found = previews.preview(stop, [Body.CRT, "professionals"])
    assert (found.total, found.closed) == (1, ["professionals"])
    with pytest.raises(invitations.NotInvitable):
        invitations.invite(stop, audiences=["professionals"], by=None)


def test_the_seated_cannot_be_invited(audience_of):
    stop = make_stop()
    audience_of("seated").add()
    with pytest.raises(invitations.NotInvitable):
        invitations.invite(stop, audiences=["seated"], by=None)


def test_who_wants_no_invitations_gets_none_and_officials_get_a_letter(professionals):
    stop = make_stop()
    official = make_official(email="president@crt.example")
    professionals.add("direction@riad.example")
    for address in ("president@crt.example", "direction@riad.example"):
        suppressions.suppress(queue.hash_of(address))
    found = previews.preview(stop, [Body.CRT, "professionals"])
    assert (found.total, found.by_audience["professionals"].refusing) == (1, 1)
    invite(stop, Body.CRT, "professionals")
    assert invited(stop) == [(f"official:{official.pk}", "letter")]
    assert written_to() == []


def test_a_wish_still_counts_when_the_key_of_the_links_is_replaced(professionals, settings):
    stop = make_stop()
    professionals.add("direction@riad.example")
    suppressions.suppress(queue.hash_of("direction@riad.example"))
    settings.LINK_KEY, settings.LINK_KEY_FALLBACKS = "a-new-key", []
    assert invitations.sort(stop, "professionals").refusing == 1


def test_an_official_who_is_a_professional_too_is_asked_once(professionals):
    stop = make_stop()
    make_official(email="riad@hotel.example", name="Direction  du Riad")
    professionals.add("Riad@hotel.example", name="RIAD, direction du")
    professionals.add("riad@hotel.example", name="Accueil du Riad")
    assert invitations.sort(stop, "professionals").as_officials == 1
    invite(stop, Body.CRT, "professionals")
    assert invited(stop)[-1] == ("professional:2", "mail")
    assert len(written_to()) == 2


def test_the_preview_counts_what_the_order_then_writes(professionals):
    stop = make_stop()
    make_official(language="ar")
    make_official(email="")
    professionals.add(language="ar")
    professionals.add()
    professionals.add()
    found = previews.preview(stop, ["professionals", Body.CRT])
    assert found.counts == {("crt", "ar"): 1, ("professionals", "ar"): 1, ("professionals", "fr"): 2}
    assert Invitation.objects.count() == Message.objects.count() == 0
    invite(stop, "professionals", Body.CRT)
    assert Invitation.objects.count() == found.total == 5
    assert {row.already for row in previews.preview(stop, ["professionals"]).by_audience.values()} == {3}


def test_the_example_is_the_letter_that_leaves_but_for_its_links():
    stop = make_stop()
    make_official()
    (sample,) = previews.preview(stop, [Body.CRT]).samples
    invite(stop, Body.CRT)
    message = Message.objects.get()
    assert (sample.audience, sample.language) == (Body.CRT, "fr")
    assert sample.said.headline == message.headline
    assert words_of(sample.said.text) == words_of(message.text)


@pytest.mark.parametrize("people", [1, 3])
def test_a_preview_takes_as_many_queries_for_many_as_for_one(
    people, professionals, django_assert_num_queries
):
    stop = make_stop()
    for _ in range(people):
        make_official()
        professionals.add()
    with django_assert_num_queries(11):
        previews.preview(stop, [Body.CRT, "professionals"])


def test_officials_read_of_meetings_that_professionals_do_not(professionals):
    stop = make_stop(published=False)
    make_meeting(stop, title_fr="Échange à huis clos", visibility=Visibility.INVITED, starts=stop.starts)
    make_meeting(stop, title_fr="Entre inscrits", visibility=Visibility.REGISTERED)
    releases.publish(stop, by=None)
    make_official(email="president@crt.example")
    professionals.add("direction@riad.example")
    invite(stop, Body.CRT, "professionals")
    texts = dict(Message.objects.values_list("recipient", "text"))
    assert "huis clos" in texts["president@crt.example"]
    assert "huis clos" not in texts["direction@riad.example"]
    assert "Entre inscrits" not in texts["direction@riad.example"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"civility": "Monsieur", "title": "le Wali"}, "Monsieur le Wali,"),
        ({"civility": "Monsieur", "title": "Monsieur le Président"}, "Monsieur le Président,"),
        ({"civility": "Madame", "name": "Direction du CRT"}, "Madame Direction du CRT,"),
        ({}, "Madame, Monsieur,"),
        ({"title": "السيد الوالي"}, "Madame, Monsieur,"),
    ],
)
def test_officials_are_addressed_by_their_title(fields, words):
    stop = make_stop()
    make_official(**fields)
    invite(stop, Body.CRT)
    message = Message.objects.get()
    assert words in message.text.splitlines()
    assert f"agréer, {words} l’expression" in message.text


def test_an_answer_stays_when_the_audience_is_invited_again():
    stop = make_stop()
    make_official()
    invite(stop, Body.CRT)
    Invitation.objects.update(answer=Answer.DECLINED, answered_at=clock.now())
    invite(stop, Body.CRT)
    assert Invitation.objects.get().answer == Answer.DECLINED


def two_workers(stop, monkeypatch, audience="professionals"):
    """Two workers carry out one order, each having sorted the audience before either wrote."""
    both_sorted = threading.Barrier(2, timeout=10)
    sort, failures = invitations.sort, []

    def slowly(*args):
        found = sort(*args)
        both_sorted.wait()
        return found

    monkeypatch.setattr(invitations, "sort", slowly)

    def work():
        try:
            invitations.write_to(Stop.objects.get(pk=stop.pk), [audience], limit=500)
        except IntegrityError as error:
            failures.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return failures


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_to_nobody_twice(professionals, monkeypatch):
    stop = make_stop()
    for _ in range(6):
        professionals.add()
    monkeypatch.setattr(invitations, "BATCH", 2)
    assert two_workers(stop, monkeypatch) == []
    assert written_to() == sorted(person.email for person in professionals)


@pytest.mark.django_db(transaction=True)
def test_the_race_above_is_real(professionals, monkeypatch):
    """Without the lock both write the same people, and only the constraint stops the second."""
    stop = make_stop()
    for _ in range(6):
        professionals.add()
    met = threading.Barrier(2, timeout=10)

    def no_lock(pk):
        return Stop.objects.get(pk=pk)

    real = invitations.officials.by_key

    def both_read(keys, *, hold):
        met.wait()  # each has looked up who is known, none has written
        return real(keys, hold=hold)

    monkeypatch.setattr(invitations.gate, "lock", no_lock)
    monkeypatch.setattr(invitations.officials, "by_key", both_read)
    assert len(two_workers(stop, monkeypatch)) == 1
    assert written_to() == sorted(person.email for person in professionals)


def test_letters_have_a_channel_of_their_own():
    stop = make_stop()
    make_official(email="")
    invite(stop, Body.CRT)
    assert Invitation.objects.get().channel == Channel.LETTER
