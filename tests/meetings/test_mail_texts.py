"""Tests of meetings.mail_texts: words in versions, and that nothing leaves in words nobody stands for."""

import threading
from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from meetings import gate, invitations, lifecycle, mail_texts, previews, reminders, tasks
from meetings.models import Campaign, Invitation, MailText, ReminderKind, Stop, TextKind, TextLanguage
from outbox import clock
from outbox.models import Message, MessageStatus
from regions import legal_time
from tests.factories import make_message, make_official, make_region, make_staff, make_stop, make_tour

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings", "empty_audiences")]

DAY = date(2027, 3, 18)
KIND = TextKind.INVITATION_PROFESSIONAL


@pytest.fixture
def staff():
    return make_staff(function="Direction")


@pytest.fixture
def tour():
    """A tour with words nobody stands for."""
    made = make_tour(texts=False)
    mail_texts.lay_down(made)
    return made


def newest(tour, kind=KIND, language="fr"):
    return mail_texts.newest(tour.pk).get(kind=kind, language=language)


def approve(tour, staff, *pairs):
    for kind, language in pairs:
        mail_texts.validate(newest(tour, kind, language), by=staff)


def rewrite(tour, staff, subject="Un autre objet : {ville}", *, kind=KIND, language="fr"):
    last = newest(tour, kind, language)
    words = {"subject": subject, "title": last.title, "body": last.body}
    return mail_texts.write(tour, kind, language, over=last.version, by=staff, **words)


def written():
    return sorted(Message.objects.values_list("purpose", "language", "status"))


def test_a_tour_gets_the_usual_words_once_and_nobody_stands_for_them(tour):
    mail_texts.lay_down(tour)
    assert tour.mail_texts.count() == len(TextKind) * len(TextLanguage) == 42
    assert not tour.mail_texts.exclude(validated_at=None).exists()
    assert len(mail_texts.missing(tour.pk)) == 42


def test_the_texts_of_tests_are_those_of_the_portal():
    """`make_tour` lays them down in a way of its own, which is faster."""
    fields = ("kind", "language", "version", "subject", "title", "body", "written_by", "withdrawn_at")
    fast = make_tour()
    usual = make_tour(slug="autre", is_current=False, texts=False)
    mail_texts.lay_down(usual, validated_by=fast.mail_texts.all()[0].validated_by)
    rows = [list(tour.mail_texts.order_by("pk").values(*fields, "validated_by")) for tour in (fast, usual)]
    assert len(rows[0]) == len(mail_texts.usual())
    assert rows[0] == rows[1]


def test_what_leaves_is_the_newest_validated_version(tour, staff):
    approve(tour, staff, (KIND, "fr"))
    second = rewrite(tour, staff)
    assert mail_texts.standing(tour.pk)[KIND, "fr"].version == 1
    mail_texts.validate(second, by=staff)
    assert mail_texts.standing(tour.pk)[KIND, "fr"] == second
    assert list(mail_texts.standing(tour.pk)) == [(KIND, "fr")]


def test_what_somebody_took_back_does_not_give_way_to_older_words(tour, staff):
    approve(tour, staff, (KIND, "fr"))
    second = rewrite(tour, staff)
    mail_texts.validate(second, by=staff)
    mail_texts.withdraw(second, by=staff)
    assert mail_texts.standing(tour.pk) == {}
    with pytest.raises(mail_texts.Outdated):
        mail_texts.validate(newest(tour), by=staff)
    again = rewrite(tour, staff)
    assert again.version == 3
    mail_texts.validate(again, by=staff)
    assert mail_texts.standing(tour.pk)[KIND, "fr"] == again


def test_who_wrote_and_who_validated_is_kept_and_the_first_name_stays(tour, staff):
    text = rewrite(tour, staff)
    mail_texts.validate(text, by=staff)
    mail_texts.validate(text, by=make_staff())
    text.refresh_from_db()
    assert (text.written_by, text.validated_by, text.version) == (staff, staff, 2)
    assert list(staff.audit_entries.order_by("pk").values_list("verb", "target")) == [
        ("mail_text_written", f"mailtext:{text.pk}"),
        ("mail_text_validated", f"mailtext:{text.pk}"),
    ]


def test_words_that_are_wrong_or_unchanged_make_no_version(tour, staff):
    with pytest.raises(mail_texts.Wrong) as wrong:
        rewrite(tour, staff, "{prenom}")
    assert list(wrong.value.problems) == ["subject"]
    assert rewrite(tour, staff, newest(tour).subject).version == 1


def test_whoever_read_an_older_version_neither_writes_nor_validates(tour, staff):
    read = newest(tour)
    rewrite(tour, staff)
    words = {"subject": "Le mien", "title": read.title, "body": read.body}
    with pytest.raises(mail_texts.Outdated):
        mail_texts.write(tour, KIND, "fr", over=read.version, by=staff, **words)
    with pytest.raises(mail_texts.Outdated):
        mail_texts.validate(read, by=staff)
    with pytest.raises(mail_texts.Outdated):
        mail_texts.withdraw(read, by=staff)


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "Autre"},
        {"body": "Autre"},
        {"version": 9},
        {"validated_at": None, "validated_by": None},
    ],
)
def test_a_version_that_was_validated_never_changes(change, tour, staff):
    approve(tour, staff, (KIND, "fr"))
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        MailText.objects.filter(pk=newest(tour).pk).update(**change)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"validated_at": clock.now()}, "mailtext_validated_by_somebody"),
        ({"withdrawn_at": clock.now()}, "mailtext_withdrawn_was_validated"),
    ],
)
def test_nothing_is_validated_by_nobody(change, name, tour):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        MailText.objects.filter(pk=newest(tour).pk).update(**change)


@pytest.fixture
def stop(tour, set_clock):
    """Three weeks before a stop whose mails nobody has validated, and an official in each language."""
    set_clock(legal_time.instant(DAY - timedelta(days=21), time(9)))
    found = make_stop(tour=tour, date=DAY)
    reminders.lay_down(tour)
    for language in TextLanguage:
        make_official(email=f"{language}@crt.example", language=language)
    return found


def test_the_beat_invites_nobody_in_words_nobody_stands_for_and_forgets_nobody(stop, tour, staff):
    assert reminders.write_due() == 0
    assert not Invitation.objects.exists()
    approve(tour, staff, ("invitation_official", "ar"))
    assert reminders.write_due() == 1
    assert written() == [("invitation", "ar", "queued")]
    approve(tour, staff, ("invitation_official", "fr"), ("invitation_professional", "en"))
    assert reminders.write_due() == 1
    assert written() == [("invitation", "ar", "queued"), ("invitation", "fr", "queued")]


def test_a_click_invites_nobody_in_words_nobody_stands_for_and_stays_open(stop, tour, staff):
    found = previews.preview(stop, ["crt"])
    assert (found.total, found.counts, found.samples) == (0, {}, [])
    assert found.unvalidated == {("crt", "fr"): 1, ("crt", "ar"): 1, ("crt", "en"): 1}
    campaign = invitations.invite(stop, audiences=["crt"], by=staff)
    tasks.write_invitations(campaign.pk)
    assert (written(), Campaign.objects.get().done_at) == ([], None)
    approve(tour, staff, *[("invitation_official", language) for language in TextLanguage])
    assert invitations.write(campaign, limit=500) == 3
    assert invitations.write(campaign, limit=500) == 0
    assert Campaign.objects.get().done_at is not None


def test_those_who_wait_for_their_words_keep_nobody_else_waiting(stop, tour, staff):
    approve(tour, staff, ("invitation_official", "en"))
    assert invitations.write_to(stop, ["crt"], limit=1) == 1
    assert written() == [("invitation", "en", "queued")]


def test_a_letter_on_paper_needs_no_mail_text(stop):
    Invitation.objects.all().delete()
    make_official(email="")
    assert invitations.write_to(stop, ["crt"], limit=10) == 1
    assert Invitation.objects.get().channel == "letter"


def test_reminders_wait_for_their_words_language_by_language(stop, tour, staff, audience_of, set_clock):
    seated = audience_of("seated")
    for number, language in enumerate(TextLanguage):
        person = seated.add(key=f"registration:{number}", language=language)
        make_message(
            key=f"seat:{person.key}:1",
            subject=f"stop:{stop.pk}",
            recipient=person.email,
            status=MessageStatus.SENT,
            final_at=clock.now(),
        )
    Message.objects.filter(purpose="invitation").delete()
    set_clock(legal_time.instant(DAY - timedelta(days=7), time(9)))
    assert reminders.write_due() == 0
    approve(tour, staff, ("seated_week_professional", "ar"))
    reminders.write_due()
    assert [row for row in written() if row[0] == "seated_week"] == [("seated_week", "ar", "queued")]
    approve(tour, staff, ("seated_week_professional", "fr"))
    set_clock(legal_time.instant(DAY - timedelta(days=1), time(9)))  # it makes no sense any more
    reminders.write_due()
    assert [row for row in written() if row[0] == "seated_week"] == [("seated_week", "ar", "queued")]


def test_an_invitation_overtaken_is_not_written_anew_in_words_taken_back(stop, tour, staff):
    approve(tour, staff, ("invitation_official", "fr"))
    reminders.write_due()
    lifecycle.change(stop, changes={"date": DAY + timedelta(days=7)}, by=None)
    mail_texts.withdraw(newest(tour, "invitation_official"), by=staff)
    assert reminders.write_due() == 0
    approve_again = rewrite(tour, staff, kind="invitation_official")
    mail_texts.validate(approve_again, by=staff)
    assert reminders.write_due() == 1
    assert written() == [("invitation", "fr", "queued"), ("invitation", "fr", "superseded")]


def test_mails_that_wait_in_words_taken_back_are_stopped_and_no_others(stop, tour, staff, professionals):
    professionals.add(language="fr")
    approve(tour, staff, ("invitation_official", "fr"), ("invitation_official", "ar"), (KIND, "fr"))
    reminders.write_due()
    text = newest(tour, "invitation_official")
    assert mail_texts.withdraw(text, by=staff) == 1
    assert sorted(Message.objects.values_list("recipient", "status")) == [
        ("ar@crt.example", "queued"),
        ("etablissement-1@hotel.example", "queued"),
        ("fr@crt.example", "superseded"),
    ]
    mail_texts.validate(rewrite(tour, staff, kind="invitation_official"), by=staff)
    assert reminders.write_due() == 1
    assert Message.objects.filter(recipient="fr@crt.example", status="queued").count() == 1


def race_withdrawal_against_a_batch(stop, staff):
    """Words are taken back while a batch is being written; what is queued in them in the end."""
    about_to_write, errors = threading.Event(), []
    text = newest(stop.tour, "invitation_official")

    def take_back():
        try:
            about_to_write.wait(5)
            mail_texts.withdraw(text, by=staff)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=take_back)
    other.start()
    with transaction.atomic():
        gate.lock(stop.pk)
        there = mail_texts.standing(stop.tour_id)
        about_to_write.set()
        other.join(0.5)  # the withdrawal waits for us, or has happened
        [person] = invitations.sort(stop, "crt", there).by_mail
        invitations._write(stop, "crt", [person], silent=set(), campaign=None, there=there)
    other.join()
    assert errors == []
    return Message.objects.filter(status="queued").count()


@pytest.fixture
def one_invited(tour, staff):
    stop = make_stop(tour=tour, region=make_region())
    make_official(email="fr@crt.example", region=stop.region)
    approve(tour, staff, ("invitation_official", "fr"))
    return stop


@pytest.mark.django_db(transaction=True)
def test_no_mail_is_written_in_words_taken_back_while_a_batch_was_under_way(one_invited, staff):
    assert race_withdrawal_against_a_batch(one_invited, staff) == 0


@pytest.mark.django_db(transaction=True)
def test_the_race_above_is_real(one_invited, staff, monkeypatch):
    """Without the stop's lock a mail stays queued in words taken back."""
    monkeypatch.setattr(gate, "lock", lambda pk: Stop.objects.get(pk=pk))
    assert race_withdrawal_against_a_batch(one_invited, staff) == 1


@pytest.mark.parametrize(
    ("purpose", "audience", "kind"),
    [
        ("invitation", "crt", "invitation_official"),
        ("invitation", "professionals", "invitation_professional"),
        ("no_answer", "wilaya", "no_answer_official"),
        ("seated_week", "accepted", "seated_week_official"),
        ("seated_eve", "seated", "seated_eve_professional"),
        ("thanks", "attended", "thanks"),
    ],
)
def test_each_audience_is_written_to_in_words_of_its_own(purpose, audience, kind):
    assert mail_texts.kind_of(purpose, audience) == kind
    assert mail_texts.purpose_of(kind) == purpose


def test_every_kind_belongs_to_a_purpose():
    assert {mail_texts.purpose_of(kind) for kind in TextKind} == set(ReminderKind)
