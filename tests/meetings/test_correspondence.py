"""Letters on paper: numbered without holes and for good, made anew when the stop changes, handed over."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEntry
from meetings import answers, correspondence, invitations, letter_words, lifecycle, mail_texts, overtaken
from meetings.correspondence import Misdated, NotNow, lock_year
from meetings.models import (
    Answer,
    Channel,
    Guest,
    Invitation,
    Letter,
    LetterYear,
    MailText,
    Stop,
    TextKind,
    Tour,
    Visibility,
)
from outbox.models import Message, MessageStatus
from regions import legal_time
from regions.models import Body
from tests.factories import (
    make_invitation,
    make_letter,
    make_meeting,
    make_official,
    make_staff,
    make_stop,
    make_venue,
    releases,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings")]


def make(stop, **more):
    return correspondence.make(stop, **{"dated": legal_time.today(), "by": None} | more)


def numbers():
    return [letter.number for letter in Letter.objects.order_by("pk")]


def test_officials_without_an_address_are_invited_by_the_letters_that_are_made():
    stop = make_stop()
    silent, asked = make_official(email="", protocol_rank=2), make_official(by_letter=True, protocol_rank=1)
    make_official()  # by mail: not a matter of letters
    made = make(stop, by=make_staff())
    year = legal_time.today().year
    assert [str(letter) for letter in made.letters] == [f"0001/{year}", f"0002/{year}"]
    found = Invitation.objects.order_by("pk").values_list("key", "channel")
    assert sorted(found) == sorted((f"official:{one.pk}", Channel.LETTER) for one in (silent, asked))
    assert made.letters[0].invitation.key == f"official:{asked.pk}"  # in the order of protocol
    assert (make(stop).letters, numbers()) == ([], [1, 2])  # twice is once
    assert not Message.objects.exists()
    entry = AuditEntry.objects.get(verb="letters_made")
    assert entry.fields == [f"0001/{year}", f"0002/{year}"]


def test_numbers_of_a_year_follow_one_another_over_all_stops_and_are_never_taken_back():
    one, other = make_stop(), make_stop(region="MA-01")
    national = make_official(region=None, body=Body.CNT, by_letter=True)
    for stop in (one, other):
        Guest.objects.create(stop=stop, official=national, rank=1)
        make(stop)
    with pytest.raises(Misdated), transaction.atomic():
        make(one, dated=legal_time.today() + timedelta(days=16))
    make_official(by_letter=True)
    make(one)
    assert numbers() == [1, 2, 3]
    letter = Letter.objects.first()
    for change in ({"number": 9}, {"words": {}}, {"dated": legal_time.today() + timedelta(days=1)}):
        with pytest.raises(IntegrityError, match="keeps its number"), transaction.atomic():
            Letter.objects.filter(pk=letter.pk).update(**change)
    with pytest.raises(IntegrityError, match="keeps its number"), transaction.atomic():
        letter.delete()


def test_a_letter_that_cannot_be_written_takes_no_number(monkeypatch):
    stop = make_stop()
    make_official(by_letter=True)
    monkeypatch.setattr(letter_words, "addressee", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        make(stop)
    monkeypatch.undo()
    make(stop)
    assert numbers() == [1]


def test_after_a_move_a_new_letter_annuls_the_one_before_and_the_person_is_to_be_told():
    stop, staff = make_stop(), make_staff()
    official = make_official(by_letter=True)
    first = make(stop).letters[0]
    correspondence.hand_over([first.pk], stop=stop, on=legal_time.today(), carrier="Coursier", by=staff)
    [line] = correspondence.lines(stop)
    assert (line.to_make, line.silent, line.to_tell) == (False, True, False)
    lifecycle.change(stop, changes={"venue": make_venue()}, by=None)
    stop.refresh_from_db()
    [line] = correspondence.lines(stop)
    assert (line.to_make, line.to_hand, line.to_tell) == (True, False, True)
    correspondence.tell(first, by=staff)
    assert correspondence.lines(stop)[0].to_tell is False
    second = make(stop).letters[0]
    assert (second.number, second.replaces) == (2, first)
    day = letter_words.dates.long_date(first.dated, "fr")
    assert second.words["replaces"] == f"Cette lettre annule et remplace la lettre n° {first} du {day}."
    assert first.words["replaces"] == ""
    [line] = correspondence.lines(stop)
    assert (line.letter, line.to_make, line.to_hand) == (second, False, True)
    # Called off, nobody is written an invitation any more, but is told.
    lifecycle.cancel(stop, by=None)
    stop.refresh_from_db()
    with pytest.raises(NotNow), transaction.atomic():
        make(stop)
    assert correspondence.lines(stop)[0].to_tell is True
    assert official.pk == line.official.pk


def test_a_letter_is_made_anew_on_request_and_who_declined_gets_none():
    stop = make_stop()
    declined = make_invitation(stop, official=make_official(by_letter=True), answer=Answer.DECLINED)
    Invitation.objects.filter(pk=declined.pk).update(channel=Channel.LETTER)
    asked = make_invitation(stop, official=make_official(by_letter=True), answer=Answer.NONE)
    first = make_letter(asked)
    assert [one.number for one in make(stop, again=[asked.pk]).letters] == [2]
    assert [letter.invitation_id for letter in Letter.objects.all()] == [asked.pk, asked.pk]
    assert Letter.objects.get(number=2).replaces == first


def test_nothing_is_numbered_in_words_nobody_stands_for_or_without_a_signatory():
    stop = make_stop()
    for language in ("fr", "ar", "en"):
        make_official(by_letter=True, language=language)
    text = MailText.objects.get(kind=TextKind.INVITATION_LETTER, language="ar")
    mail_texts.withdraw(text, by=make_staff())
    made = make(stop)
    assert [letter.language for letter in made.letters] == ["fr"]
    assert (made.unvalidated, made.unsigned) == (Counter(ar=1), Counter(en=1))
    Tour.objects.update(signatory_en="The Director General")
    assert [letter.language for letter in make(Stop.objects.get(pk=stop.pk)).letters] == ["en"]
    assert numbers() == [1, 2]


def test_what_a_letter_says_is_what_its_reader_may_know():
    stop = make_stop(published=False, venue=make_venue())
    make_meeting(stop, title_ar="اجتماع مغلق", visibility=Visibility.INVITED)
    releases.publish(stop, by=None)
    stop.refresh_from_db()
    make_official(
        by_letter=True, language="ar", civility="السيد", title="الوالي", name="A. B.", name_ar="عبد الله",
        function_ar="والي الجهة",
    )  # fmt: skip
    words = make(stop).letters[0].words
    assert words["to"]["lines"] == ["السيد الوالي", "عبد الله", "والي الجهة"]
    assert words["paragraphs"][0]["text"] == "السيد الوالي،"
    assert words["signatory"] == "المدير العام"
    assert words["enclosure"]["text"] == "برنامج اللقاء"
    assert sorted(one["title"] for one in words["programme"]) == ["اجتماع مغلق", "جلسة عامة"]
    said = str(words)
    assert "http" not in said
    assert "/invitation/" not in said


@pytest.mark.parametrize(
    ("fields", "lines"),
    [
        ({"function_fr": "Présidente du CRT"}, ["Présidente du CRT"]),
        (
            {"civility": "Madame", "name": "Z. A.", "function_fr": "Directrice"},
            ["Madame Z. A.", "Directrice"],
        ),
        ({"title": "Monsieur le Wali", "function_fr": "Wali"}, ["Monsieur le Wali"]),
    ],
)
def test_nothing_is_said_twice_in_an_address(fields, lines):
    assert list(letter_words.addressee(make_official(**fields), "fr")) == lines


def test_handing_over_is_noted_once_with_who_carried_it_and_can_be_taken_back():
    stop, staff = make_stop(), make_staff()
    letter = make_letter(make_invitation(stop, answer=Answer.NONE))
    today, note = legal_time.today(), correspondence.hand_over
    for on in (today + timedelta(days=1), today - timedelta(days=1)):
        with pytest.raises(Misdated):
            note([letter.pk], stop=stop, on=on, carrier="Coursier", by=staff)
    with pytest.raises(ValueError, match="somebody"):
        note([letter.pk], stop=stop, on=today, carrier=" ", by=staff)
    assert note([letter.pk], stop=make_stop(region="MA-01"), on=today, carrier="Coursier", by=staff) == 0
    assert note([letter.pk], stop=stop, on=today, carrier="Coursier", by=staff) == 1
    assert note([letter.pk], stop=stop, on=today, carrier="Un autre", by=staff) == 0
    letter.refresh_from_db()
    assert (letter.handed_on, letter.handed_by) == (today, "Coursier")
    assert correspondence.not_handed_over(letter, by=staff) is True
    assert correspondence.not_handed_over(letter, by=staff) is False
    rows = AuditEntry.objects.filter(target=f"letter:{letter.pk}").order_by("pk")
    assert [row.verb for row in rows] == ["letter_handed_over", "letter_not_handed_over"]


def test_whoever_was_invited_by_mail_can_be_written_a_letter_instead_and_back():
    stop, official = make_stop(), make_official()
    invitations.write_to(stop, ["crt"], limit=9)
    row = Invitation.objects.get()
    assert correspondence.write_letters_to(row, by=None) is True
    assert list(Message.objects.values_list("status", flat=True)) == [MessageStatus.SUPERSEDED]
    row.refresh_from_db()
    assert (row.channel, row.recipient_hash) == (Channel.LETTER, "")
    assert overtaken.rewrite(stop.pk) == 0
    assert correspondence.write_mails_to(row, official, by=None) is True
    lifecycle.change(stop, changes={"venue": make_venue()}, by=None)
    assert overtaken.rewrite(stop.pk) == 1
    make_letter(row)
    with pytest.raises(correspondence.AlreadyWritten):
        correspondence.write_mails_to(row, official, by=None)


def test_an_answer_noted_for_a_letter_holds_the_seats_and_writes_to_nobody():
    stop = make_stop()
    row = make_letter(make_invitation(stop, answer=Answer.NONE)).invitation
    answers.accept(row, companions=3)
    row.refresh_from_db()
    assert (row.answer, row.companions) == (Answer.ACCEPTED, 3)
    assert not Message.objects.exists()


def race(monkeypatch, lock):
    """Two stops have a letter made at once; each counted the register before the other wrote."""
    monkeypatch.setattr(correspondence, "lock_year", lock)
    stops = [make_stop(region=code) for code in ("MA-01", "MA-02")]
    for stop in stops:
        make_official(region=stop.region, by_letter=True)
    LetterYear.objects.create(year=legal_time.today().year)
    refused = []

    def work(stop):
        try:
            make(stop)
        except IntegrityError:
            refused.append(stop)
        finally:
            connection.close()

    both = [threading.Thread(target=work, args=[stop]) for stop in stops]
    for one in both:
        one.start()
    for one in both:
        one.join()
    return sorted(numbers()), len(refused)


@pytest.mark.django_db(transaction=True)
def test_two_letters_at_once_get_two_numbers(monkeypatch):
    assert race(monkeypatch, lock_year) == ([1, 2], 0)


@pytest.mark.django_db(transaction=True)
def test_the_race_above_is_real(monkeypatch):
    """Without the lock both take the same number, and one is refused."""
    counted = threading.Barrier(2, timeout=5)
    plain = letter_words.of

    def of(*given, **more):
        counted.wait()
        return plain(*given, **more)

    monkeypatch.setattr(letter_words, "of", of)
    assert race(monkeypatch, lambda year: LetterYear.objects.get(year=year)) == ([1], 1)
