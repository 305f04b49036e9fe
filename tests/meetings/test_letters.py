"""Tests of meetings.letters, and of the texts of invitations and reminders themselves."""

import re
from datetime import date, time
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from meetings import answers, invitations, letters, mail_texts, reminders
from meetings.models import Invitation, ReminderRule, Stop, Visibility
from meetings.visibility import Viewer
from outbox.models import Message
from tests.factories import make_meeting, make_official, make_stop, make_venue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings", "empty_audiences")]

MISSING = "(nothing of that name)"
ENGINE: dict[str, Any] = settings.TEMPLATES[0]
LOUD = [{**ENGINE, "OPTIONS": {**ENGINE["OPTIONS"], "string_if_invalid": MISSING}}]


def everything_written(stop, language, audience_of):
    """Every text this module writes, to people reading `language`, once."""
    professionals, seated = audience_of("professionals", invitable=True), audience_of("seated")
    attended = audience_of("attended")
    for people in (professionals, seated, attended):
        people.add(language=language, name="M'hamed <Aït>", key=f"registration:{id(people)}")
    for name in ("president", "silence", "delegue"):
        make_official(email=f"{name}@crt.example", language=language, function_fr="Président de l'<ONMT>")
    invitations.write_to(stop, ["crt", "professionals"], limit=10)
    president, _silence, delegue, _professional = Invitation.objects.order_by("pk")
    answers.accept(president)
    answers.decline(president)
    answers.accept(president)
    answers.replace(delegue, name="Directeur", email="directeur@crt.example")
    answers.decline(delegue)
    answers.replace(delegue, name="Directeur", email="directeur@crt.example")
    stop.current_release = stop.releases.get()
    reminders.lay_down(stop.tour)
    rows = {(row.audience, row.key): row for row in Invitation.objects.all()}
    there = mail_texts.standing(stop.tour_id)
    for rule in ReminderRule.objects.exclude(kind="invitation"):
        item = reminders.Due(rule, stop)
        for audience, person in reminders.concerned(item, None):
            office = invitations.officials.by_key([person.key]).get(person.key)
            text = reminders._text(item, (audience, person), there)
            reminders._enqueue(item, audience, person, text, office, rows.get((audience, person.key)))
    return Message.objects.order_by("pk")


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_every_text_is_whole_in_every_language_and_says_the_facts(language, audience_of):
    stop = make_stop(
        date=date(2027, 3, 18), venue=make_venue(name_fr="Palais", name_ar="القصر", name_en="Palace")
    )
    with override_settings(TEMPLATES=LOUD):
        written = list(everything_written(stop, language, audience_of))
    assert {message.purpose for message in written} == {
        *("invitation", "accepted", "declined"),
        *("no_answer", "seated_week", "seated_eve", "thanks"),
    }
    place = {"fr": "Palais", "ar": "القصر", "en": "Palace"}[language]
    for message in written:
        whole = message.headline + message.text + message.html
        assert MISSING not in whole, message.key
        assert not re.search(r"{[{%]|%\(|&lt;p|&amp;lt;|\bNone\b", whole), message.key
        assert f'lang="{language}"' in message.html
        if message.purpose != "thanks":
            for part in (message.text, message.html):
                assert place in part
                assert re.search("10h00|10:00", part)
                assert "2027" in part


def test_names_are_escaped_in_html_and_only_there(audience_of):
    written = everything_written(make_stop(), "fr", audience_of)
    message = written.get(purpose="seated_week", recipient__contains="hotel")
    assert "Bonjour M'hamed <Aït>," in message.text
    assert "Bonjour M&#x27;hamed &lt;Aït&gt;," in message.html
    replacement = written.filter(purpose="accepted", recipient="directeur@crt.example").first()
    assert "Président de l'<ONMT>" in replacement.text
    assert "Président de l&#x27;&lt;ONMT&gt;" in replacement.html


def test_answers_go_to_the_contact_that_was_released_not_to_the_one_being_edited(audience_of):
    stop = make_stop()
    released = stop.contact_email
    Stop.objects.update(contact_email="brouillon@portal.example")
    stop.refresh_from_db()
    written = everything_written(stop, "fr", audience_of)
    assert set(written.values_list("reply_to", flat=True)) == {released}


def test_what_tells_of_ones_own_seat_cannot_be_refused(audience_of):
    written = everything_written(make_stop(), "fr", audience_of)
    refusable = {message.purpose for message in written if "List-Unsubscribe" in message.headers}
    shown = {message.purpose for message in written if "/desabonnement/" in message.text}
    assert refusable == shown == {"invitation", "no_answer", "thanks"}


def test_the_programme_has_what_its_reader_may_know_of():
    stop = make_stop(published=False)
    make_meeting(stop, title_fr="Entre inscrits", visibility=Visibility.REGISTERED, starts=time(11))
    make_meeting(stop, title_fr="Huis clos", visibility=Visibility.INVITED, starts=time(12), room="Salle B")
    from meetings import releases

    release = releases.publish(stop, by=None)

    def titles(viewer):
        return [meeting["title"] for meeting in letters.about(release, "fr", viewer=viewer)["programme"]]

    here = frozenset([stop.pk])
    assert titles(Viewer()) == ["Séance plénière"]
    assert titles(Viewer(registered_at=here)) == ["Séance plénière", "Entre inscrits"]
    assert titles(Viewer(expected_at=here)) == ["Séance plénière", "Entre inscrits", "Huis clos"]


def test_a_message_says_which_day_it_tells():
    stop = make_stop(date=date(2027, 3, 18))
    assert letters.revision(stop) == "20270318.1"


@pytest.mark.parametrize(
    ("address", "reached"),
    [("president@crt.example", True), ("", False), ("president.crt", False), ("a@b@c.example", False)],
)
def test_an_address_that_is_none_reaches_nobody(address, reached):
    assert letters.reaches(address) is reached
