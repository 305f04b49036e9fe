"""meetings.copies: what informs an official goes to their assistant too, and opens nothing of theirs."""

import re
import threading
from collections import Counter
from datetime import time, timedelta
from email import message_from_bytes, policy

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from meetings import (
    again,
    answers,
    broadcasts,
    campaign_files,
    campaign_words,
    campaigns,
    copies,
    correspondence,
    departures,
    forecast,
    invitations,
    lifecycle,
    mail_texts,
    officials,
    overtaken,
    previews,
    reach,
    reminders,
)
from meetings.models import Invitation, MailText, Stop
from meetings.reach import Reach
from outbox import (
    calendar_replies,
    clock,
    decisions,
    doorbell,
    holds,
    incoming,
    mime,
    returns,
    suppressions,
    timeline,
    turns,
)
from outbox.masking import links_masked, unfolded
from outbox.models import Kind, Message, MessageStatus, Returned, ReturnKind, Suppression
from outbox.queue import hash_of
from regions import dates, legal_time, people_import, waiting_mails
from regions.models import Body, Official
from regions.table_import import Origin
from tests import official_mails
from tests.factories import make_invitation, make_official, make_staff, make_stop, make_venue, next_thursday
from tests.meetings.test_invitations import two_workers
from tests.outbox import came_back
from tests.telling import tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings")]

ASSISTANT = "secretariat@crt.example"
# What informs of a stop is copied; receipts, questions and what speaks of an absence are not.
COPIED = {
    *("invitation", "no_answer", "seated_week", "seated_eve", "thanks"),
    *("moved", "venue_changed", "postponed", "cancelled", "urgent", "message"),
}
LINK = re.compile(r"https?://[^\s<>\"')\]]+")


def principal(**fields) -> Official:
    defaults = {"email": "president@crt.example", "assistant_email": ASSISTANT}
    return make_official(**{**defaults, **fields})


def copied() -> list[Message]:
    return list(Message.objects.exclude(copy_of="").order_by("pk"))


def invite(stop: Stop) -> None:
    invitations.write_to(stop, [Body.CRT], limit=100)


def source(mail: Message) -> str:
    """A mail as it goes over the wire, and all it says once its parts are decoded."""
    raw = mime.build(mail, now=clock.now())
    parsed = message_from_bytes(raw, policy=policy.default)
    headers = [f"{name}: {value}" for name, value in parsed.items()]
    parts = [part.get_content() for part in parsed.walk() if not part.is_multipart()]
    bodies = [part if isinstance(part, str) else part.decode() for part in parts]
    return "\n".join([raw.decode(), *headers, *(unfolded(body) for body in bodies)])


def tokens(mail: Message) -> set[str]:
    """All in a mail to an official that acts for them, or says who they are to a machine."""
    found = {mail.recipient, mail.recipient_hash}
    said = [mail.text, mail.html, unfolded(mail.calendar), *mail.headers.values()]
    for address in LINK.findall("\n".join(said)):
        shown = links_masked(address).split("/")
        found |= {part for part, kept in zip(address.split("/"), shown, strict=False) if part != kept}
    if mail.calendar_uid:
        organizer = calendar_replies.organizer(mail.calendar_uid, mail.recipient)
        found |= {mail.calendar_uid, "BEGIN:VCALENDAR", *filter(None, [organizer])}
    return found


def test_of_all_that_an_official_is_written_what_informs_is_copied_and_holds_nothing_of_theirs(
    set_clock, settings
):
    settings.REPLIES_ADDRESS = "reponses+*@portal.example"
    fields = {"region": None, "body": official_mails.BODY, "title": "Madame la Présidente"}
    one = principal(**fields, function_fr="Présidente de la Confédération")
    by_letter = principal(**fields, email="wali@wilaya.example", by_letter=True)
    herself = principal(**fields, email=ASSISTANT.upper())
    official_mails.walk([one, by_letter, herself], set_clock)

    mails = list(Message.objects.filter(recipient=one.email))
    written = Counter(mail.purpose for mail in mails)
    assert written.keys() > COPIED == copies.PURPOSES
    assert Counter(copy.purpose for copy in copied()) == Counter(
        {purpose: count for purpose, count in written.items() if purpose in COPIED}
    )
    originals = {mail.key: mail for mail in mails}
    theirs = {token for mail in mails for token in tokens(mail)}
    assert len(theirs) > 8
    for copy in copied():
        mail, said = originals[copy.copy_of], source(copy)
        assert (copy.recipient, copy.calendar, copy.kind) == (ASSISTANT, "", Kind.COPIES)
        assert copy.message_id != mail.message_id
        assert [token for token in theirs if token in said] == []
        # Every link of a personal page in it refuses copies, and nothing else.
        own = {address for address in LINK.findall(copy.text + copy.html) if links_masked(address) != address}
        [refusal] = re.findall("<(.*)>", copy.headers["List-Unsubscribe"])
        assert own == {refusal}
        assert "Madame la Présidente, Présidente de la Confédération" in copy.text
        assert copy.headline == f"Copie : {mail.headline}"
        # The control: the mail that was copied holds them where it has any.
        assert any(token in source(mail) for token in tokens(mail))
    assert all(officials.answer_url(row, "fr") for row in Invitation.objects.all())


def test_an_answer_link_in_the_mail_is_none_in_its_copy_which_says_whose_answer_it_is():
    stop = make_stop(contact_phone="+212522000000", contact_email="etape@onmt.example")
    principal(function_fr="Président du CRT", civility="Monsieur", title="le Président")
    invite(stop)
    mail, copy = Message.objects.order_by("pk")
    link = officials.answer_url(Invitation.objects.get(), "fr")
    assert (link in mail.text, link in mail.html) == (True, True)
    assert (link in copy.text, link in copy.html) == (False, False)
    assert (
        "Copie pour information\nCe message a été adressé à : Monsieur le Président, Président du CRT."
        in copy.text
    )
    assert "elle revient à son destinataire" in copy.text
    # The text speaks of the link: where it stood it is said where it is.
    left_out = "Répondre à l’invitation : lien personnel, qui ne figure que dans le message du destinataire."
    assert (left_out in copy.text.splitlines(), left_out in mail.text) == (True, False)
    assert copy.reply_to == mail.reply_to == stop.current_release.document["contact"]["email"]
    assert (copy.key, copy.copy_of) == (mail.key.replace("official", "assistant"), mail.key)


@pytest.mark.parametrize(
    ("title", "function", "language", "said"),
    [
        ("Monsieur le Wali", "Wali de Souss-Massa", "fr", "Monsieur le Wali, Wali de Souss-Massa"),
        ("Présidente du CRT", "Présidente du CRT", "fr", "Présidente du CRT"),
        ("", "Présidente du CRT", "en", "Présidente du CRT"),
        ("السيد الوالي", "Wali", "fr", "Wali"),
        ("السيد الوالي", "Wali", "ar", "السيد الوالي، والي الجهة"),
    ],
)
def test_whom_a_mail_was_for_is_told_by_title_and_function(title, function, language, said):
    one = Official(title=title, function_fr=function, function_ar="والي الجهة")
    assert officials.office(one, language) == said


def test_documents_of_their_own_page_are_left_out_and_those_of_everybody_kept():
    page = "https://portal.example/fr/etapes/dakhla/"
    own = "https://portal.example/fr/invitation/1.abc/documents/3/"
    said = {
        "handouts": [{"url": f"{page}documents/2/"}, {"url": own}],
        "stop_url": page,
        "manage_url": own,
        "has_entry": True,
        "city": "Dakhla",
    }
    assert copies.bare(said) == {
        "handouts": [{"url": f"{page}documents/2/"}],
        "stop_url": page,
        "manage_url": "",
        "has_entry": "",
        "city": "Dakhla",
        "kept_back": {"manage_url", "has_entry"},
    }


def test_nothing_is_copied_where_nothing_is_written():
    """By letter, refused, no address of their own, no words validated: then there is no copy either."""
    stop = make_stop()
    for number, fields in enumerate(
        [{"by_letter": True}, {"email": ""}, {"assistant_email": ""}, {"email": "silencieux@crt.example"}]
    ):
        principal(name=str(number), **fields)
    suppressions.suppress(hash_of("silencieux@crt.example"), kinds=[Kind.INVITATIONS])
    invite(stop)
    assert copied() == []
    assert Invitation.objects.count() == 4
    # Who declined hears no more of it, nor does the assistant.
    other = make_invitation(make_stop(region="MA-02"), official=principal(name="5"), answer="declined")
    lifecycle.change(other.stop, changes={"ends": time(14)}, by=None)
    tell()
    assert copied() == []


def test_two_officials_with_one_assistant_make_two_copies_and_hers_as_an_official_stays_hers():
    stop = make_stop()
    first, second = principal(name="A"), principal(name="B", email="vice@crt.example")
    own = make_official(email=ASSISTANT)
    invite(stop)
    invite(stop)
    assert [copy.key.split(":")[2] for copy in copied()] == [str(first.pk), str(second.pk)]
    [hers] = Message.objects.filter(recipient=ASSISTANT, copy_of="")
    assert hers.key.startswith(f"invitation:official:{own.pk}:")
    # Refusing copies is of her address and of copies alone.
    suppressions.suppress(hash_of(ASSISTANT), kinds=[Kind.COPIES])
    assert [copy.status for copy in copied()] == [MessageStatus.SUPERSEDED] * 2
    assert Message.objects.filter(status=MessageStatus.QUEUED, copy_of="").count() == 3
    lifecycle.change(stop, changes={"ends": time(14)}, by=None)
    overtaken.rewrite(stop.pk)
    assert (len(copied()), Message.objects.filter(copy_of="", status=MessageStatus.QUEUED).count()) == (2, 3)


def test_an_assistant_refuses_copies_on_a_page_that_asks_about_nothing_else(client):
    stop = make_stop()
    principal()
    invite(stop)
    [copy] = copied()
    path = re.sub(r"^https?://[^/]+", "", re.findall("<(.*)>", copy.headers["List-Unsubscribe"])[0])
    assert re.findall(r'name="kind" value="(\w+)"', client.get(path).content.decode()) == ["copies"]
    Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
    assert list(Suppression.objects.values_list("recipient_hash", "kind")) == [(hash_of(ASSISTANT), "copies")]
    assert Message.objects.get(copy_of="").status == MessageStatus.QUEUED


def test_what_stops_a_mail_stops_its_copy():
    """Refused, moved, its words taken back, or written by letter from now on."""
    stop = make_stop()
    one = principal()

    def states():
        return list(Message.objects.order_by("pk").values_list("status", flat=True))

    def written():
        Message.objects.all().delete()
        Invitation.objects.all().delete()
        invite(stop)
        assert states() == [MessageStatus.QUEUED] * 2

    gone = [MessageStatus.SUPERSEDED] * 2
    written()
    suppressions.suppress(hash_of(one.email), kinds=[Kind.INVITATIONS])
    assert states() == gone
    suppressions.lift(hash_of(one.email))
    written()
    correspondence.write_letters_to(Invitation.objects.get(), by=None)
    assert states() == gone
    written()
    Official.objects.update(by_letter=True)
    one.refresh_from_db()
    waiting_mails.changed(one, ["by_letter"])
    assert states() == gone
    Official.objects.update(by_letter=False)
    written()
    text = MailText.objects.get(kind="invitation_official", language="fr", tour=stop.tour)
    mail_texts.withdraw(text, by=make_staff())
    assert states() == gone


def test_no_copy_leaves_with_the_old_hour_and_the_invitation_written_anew_is_copied_anew():
    stop = make_stop()
    principal()
    invite(stop)
    lifecycle.change(stop, changes={"date": stop.date + timedelta(days=7)}, by=None)
    assert {copy.status for copy in copied()} == {MessageStatus.SUPERSEDED}
    overtaken.rewrite(stop.pk)
    overtaken.rewrite(stop.pk)
    old, new = copied()
    stop.refresh_from_db()
    day = dates.long_date(stop.date, "fr")
    assert (old.status, new.status) == (MessageStatus.SUPERSEDED, MessageStatus.QUEUED)
    assert (day in new.text, day in old.text) == (True, False)


def test_a_copy_that_waits_for_an_address_of_before_does_not_leave_and_the_next_goes_to_the_new_one(client):
    stop = make_stop()
    one = principal()
    invite(stop)
    client.force_login(make_staff())
    address = reverse("admin:regions_official_change", args=[one.pk])
    form = client.get(address).context["adminform"].form
    data = {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}
    data |= {"phone_0": "MA", "phone_1": ""}
    data = {name: value for name, value in data.items() if value is not False}
    assert client.post(address, data | {"assistant_email": "nouveau@crt.example"}).status_code == 302
    assert [copy.status for copy in copied()] == [MessageStatus.SUPERSEDED]
    assert Message.objects.get(copy_of="").status == MessageStatus.QUEUED
    official_mails.arrive()
    lifecycle.change(stop, changes={"ends": time(14)}, by=None)
    tell()
    assert [(copy.purpose, copy.recipient) for copy in copied()][1:] == [("moved", "nouveau@crt.example")]
    # The same by a file; emptied, nothing is copied any more.
    people_import.run(
        "institution;fonction;région;adresse électronique;adresse du secrétariat\n"
        f"CRT;{one.function_fr};{one.region.name_fr};{one.email};encore@crt.example\n".encode(),
        origin=Origin("liste", "mission de service public"),
        by=None,
    )
    assert [copy.status for copy in copied()] == [MessageStatus.SUPERSEDED] * 2
    client.post(reverse("admin:regions_official_delete", args=[one.pk]), {"post": "yes"})
    assert not Message.objects.filter(status=MessageStatus.QUEUED).exists()


def test_what_comes_back_of_a_copy_counts_for_the_assistant_and_answers_for_nobody():
    stop = make_stop()
    one = principal()
    invite(stop)
    row = Invitation.objects.get()
    for ends in (time(14), time(15)):
        official_mails.arrive()
        lifecycle.change(stop, changes={"ends": ends}, by=None)
        tell()
    official_mails.arrive()
    for copy in copied():
        incoming.take(came_back.failure(copy, notice=f"<{copy.pk}@relay.example>"))
    assert suppressions.refused_by(hash_of(ASSISTANT)) == set(Kind)
    assert suppressions.refused_by(hash_of(one.email)) == set()
    # Their calendar says yes for them; hers, which was sent no entry, says nothing for anybody.
    answers.accept(row)
    entry = Message.objects.get(purpose="accepted")
    forged = came_back.reply(entry, attendee=ASSISTANT, partstat="DECLINED")
    assert incoming.take(forged) is incoming.Taken.LEFT
    copy = copied()[0]
    for uid in ("", entry.calendar_uid):
        copy.calendar_uid = uid
        answer = came_back.reply(copy, partstat="DECLINED", sequence=0)
        assert incoming.take(answer) is incoming.Taken.LEFT
    assert not Returned.objects.filter(kind=ReturnKind.REPLY).exists()
    row.refresh_from_db()
    assert row.answer == "accepted"


def test_a_copy_has_a_line_of_its_own_beside_the_mail_and_is_sent_again_as_one():
    stop = make_stop()
    one = principal()
    invite(stop)
    official_mails.arrive()
    lines = timeline.of(subject=f"stop:{stop.pk}", people=[f"official:{one.pk}"])
    assert [line.purpose for line in lines] == ["invitation", "invitation, copie au secrétariat"]
    again = decisions.resend(copied()[0].pk, by=None)
    assert (again.copy_of, again.recipient) == (lines[0].message.key, ASSISTANT)
    assert len(timeline.of(subject=f"stop:{stop.pk}", people=[f"official:{one.pk}"])) == 3


@pytest.mark.parametrize(
    ("people", "assistant", "queries"), [(1, "", 12), (1, ASSISTANT, 13), (3, ASSISTANT, 13)]
)
def test_writing_copies_costs_one_query_a_batch(people, assistant, queries, django_assert_num_queries):
    """Who refuses copies is asked in it."""
    stop = make_stop()
    for number in range(people):
        principal(name=str(number), assistant_email=assistant)
    there = mail_texts.standing(stop.tour_id, invitations.PURPOSE)
    found = invitations.sort(stop, Body.CRT, there).by_mail
    with django_assert_num_queries(queries):
        assert invitations.write_batch(stop.pk, Body.CRT, found) == people
    assert len(copied()) == (people if assistant else 0)


def test_copies_are_counted_apart_foretold_rehearsed_and_held_with_their_mails(client, set_clock):
    stop = make_stop(date=next_thursday(35))
    reminders.lay_down(stop.tour)
    at = legal_time.instant(stop.date - timedelta(days=22), time(10))
    set_clock(at)
    principal(name="A")
    principal(name="B", assistant_email="refuse@crt.example")
    make_official(name="C")
    suppressions.suppress(hash_of("refuse@crt.example"), kinds=[Kind.COPIES])

    def lines():
        found = departures.lines(stop.tour)
        return [(one.purpose, one.people, one.copies, one.written is None) for one in found]

    assert lines() == [("invitation", 3, 1, True)]
    [line] = departures.lines(stop.tour)
    assert [one.copies for one in forecast.departures(stop.tour, now=at, until=stop.starts_at)] == [1, 1]
    team = make_staff(email="equipe@onmt.example")
    client.force_login(team)
    for path in ("", "simulation/"):
        assert "secrétariat" in client.get(f"/pilotage/departs/{path}").content.decode()
    # What is to be written is rehearsed as it will be, copies too; nothing of it stays.
    assert departures.rehearse("a", to=team) == 4
    rehearsed = Message.objects.filter(purpose="rehearsal").values_list("headline", flat=True)
    assert [one.partition("]")[0] for one in rehearsed if "Copie" in one] == [
        f"[Répétition, pour {ASSISTANT}"
    ]
    assert not Invitation.objects.exists()

    set_clock(at + timedelta(days=1))
    Message.objects.all().delete()
    reminders.write_due()
    assert lines() == [("invitation", 3, 1, False)]
    [line] = departures.lines(stop.tour)
    assert Message.objects.get(pk=line.written).copy_of == ""
    departures.hold(line.marks, by=team)
    assert not Message.objects.filter(holds.not_held()).exists()
    Message.objects.filter(copy_of="").update(status=MessageStatus.SENT)
    assert lines() == [("invitation", 0, 1, False)]
    assert "0 personne" not in client.get("/pilotage/departs/").content.decode()
    # « Suspendre tous les envois » holds a copy as it holds its mail, also in a worker's hands.
    departures.let_go(line.marks, by=team)
    [copy] = copied()
    Message.objects.filter(pk=copy.pk).update(
        status=MessageStatus.CLAIMED, claim="t", lease_until=clock.now() + timedelta(minutes=2)
    )
    departures.hold(holds.EVERYTHING, by=team)
    assert turns.turn([], [copy.pk], token="t") == (set(), set())
    departures.let_go(holds.EVERYTHING, by=team)
    assert turns.turn([], [copy.pk], token="t") == (set(), {copy.pk})


def test_an_order_counts_copies_apart_and_nobody_is_reached_by_one(client, django_assert_num_queries):
    stop = make_stop()
    for number in range(3):
        principal(name=str(number), email=f"o{number}@crt.example")
    told = previews.preview(stop, [Body.CRT])
    assert list(campaign_words.sentences(told)) == [
        "3 copies pour information partiront aussi, aux secrétariats des responsables."
    ]
    order = invitations.invite(stop, audiences=[Body.CRT], by=None)
    while campaigns.write(order, limit=100):
        pass
    Message.objects.filter(copy_of="").update(status=MessageStatus.FAILED)
    first, second, _third = copied()
    Message.objects.filter(pk__in=[first.pk, second.pk]).update(status=MessageStatus.SENT)
    returns.record(second, kind=ReturnKind.PERMANENT, notice="a")
    with django_assert_num_queries(5):
        found = reach.figures(order)
    assert (found.people, found.written, found.reached) == (3, 3, Counter({Reach.FAILED: 3}))
    assert found.copies == Counter([Reach.DELIVERED, Reach.BOUNCED, Reach.WAITING])
    assert (found.waiting, sum(found.languages.values())) == (1, 3)
    client.force_login(make_staff())
    page = client.get(reverse("campaigns:progress", args=[stop.slug, order.pk])).content.decode()
    assert "Copies aux secrétariats, comptées à part" in page
    lines = [line.split(";") for line in campaign_files.csv(order).decode("utf-8-sig").splitlines()]
    assert [line[-1] for line in lines] == ["Copie au secrétariat", "remise", "revenue", "attend de partir"]
    # One letter more on a mail that failed: who is asked again makes one more copy, of that mail.
    Official.objects.filter(name="0").update(email="nouvelle@crt.example")
    further = again.order(order, by=make_staff())
    while campaigns.write(further, limit=100):
        pass
    assert reach.figures(further).copies == Counter([Reach.WAITING])
    assert len({copy.key for copy in copied()}) == 4
    admin = client.get(reverse("admin:outbox_message_change", args=[first.pk])).content.decode()
    original = Message.objects.get(key=first.copy_of)
    assert f'<a href="{reverse("admin:outbox_message_change", args=[original.pk])}">' in admin


def test_a_change_and_a_message_say_before_how_many_copies_they_make():
    stop = make_stop(venue=make_venue())
    make_invitation(stop, official=principal())
    said = "1 copie pour information partira aussi, au secrétariat d’un responsable."
    assert lifecycle.preview(stop, {"ends": time(14)}).warnings == [said]
    assert lifecycle.preview_calling_off(stop).warnings == [said]
    assert lifecycle.preview_calling_off(make_stop(region="MA-02")).warnings == []
    told = [one.person for one in broadcasts.people(stop, ["accepted"])]
    assert copies.sentences(told, "urgent") == [said]
    assert copies.sentences(told, "accepted") == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_one_that_fell_over_write_each_copy_once(monkeypatch):
    stop = make_stop()
    for number in range(3):
        principal(name=str(number), email=f"o{number}@crt.example")

    def fall_over():
        raise RuntimeError

    with monkeypatch.context() as fault:
        fault.setattr(doorbell, "ring_at_commit", fall_over)
        with pytest.raises(RuntimeError):
            invite(stop)
    assert not Message.objects.exists()
    assert two_workers(stop, monkeypatch, Body.CRT) == []
    assert (len(copied()), Message.objects.count()) == (3, 6)
    assert {copy.recipient for copy in copied()} == {ASSISTANT}


def rename_while_writing(stop: Stop, one: Official, monkeypatch) -> list[str]:
    """A worker has read the official; the address changes; then the worker writes. Who gets what
    waits."""
    read, changed = threading.Event(), threading.Event()
    real = invitations.queue.enqueue_all

    def later(letters):
        made = list(letters)  # with the address that was read
        read.set()
        changed.wait(timeout=1)  # under the lock nobody changes it before we are done
        return real(made)

    monkeypatch.setattr(invitations.queue, "enqueue_all", later)

    def rename():
        read.wait(timeout=10)
        with transaction.atomic():
            Official.objects.filter(pk=one.pk).update(assistant_email="nouveau@crt.example")
            one.refresh_from_db()
            waiting_mails.changed(one, ["assistant_email"])
        changed.set()
        connection.close()

    other = threading.Thread(target=rename)
    other.start()
    invite(stop)
    other.join()
    waiting = Message.objects.filter(status=MessageStatus.QUEUED).exclude(copy_of="")
    return list(waiting.values_list("recipient", flat=True))


@pytest.mark.django_db(transaction=True)
def test_an_address_changed_while_copies_are_written_gets_none_of_them(monkeypatch):
    stop, one = make_stop(), principal()
    assert rename_while_writing(stop, one, monkeypatch) == []


@pytest.mark.django_db(transaction=True)
def test_the_race_above_is_real(monkeypatch):
    """Where the official is not held, a copy leaves for an address that is theirs no more."""
    stop, one = make_stop(), principal()
    real = officials.by_key
    monkeypatch.setattr(officials, "by_key", lambda keys, *, hold=False: real(keys))
    assert rename_while_writing(stop, one, monkeypatch) == [ASSISTANT]
