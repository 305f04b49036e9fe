"""Letters about accounts: to the owner alone, in the owner's language, once for each thing that happened."""

import re
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import translation

from accounts import letters
from accounts.letters import Event
from accounts.models import User
from outbox import clock
from outbox.models import Message
from tests.factories import make_staff

LANGUAGES = ["fr", "ar"]  # those an account may have
WELCOME = {
    "fr": "Votre compte sur le portail de la tournée",
    "ar": "حسابكم في بوابة الجولة",
}
EVENTS = {
    Event.PASSWORD_CHANGED: "Votre mot de passe a été changé",
    Event.SECOND_FACTOR_ADDED: "Votre second facteur est activé",
    Event.SECOND_FACTOR_REMOVED: "Votre second facteur a été retiré",
    Event.CODES_MADE: "De nouveaux codes de secours ont été créés",
}

pytestmark = pytest.mark.django_db


def written() -> Message:
    """The one letter there is."""
    return Message.objects.get()


def link(message: Message) -> str:
    [found] = set(re.findall(r"https?://\S+/compte/\S+", message.text))
    return str(found)


def open_form(address: str) -> tuple[Client, str]:
    """A browser on the page of the link, and where its form is sent; a dead link leads to no form."""
    browser = Client()
    answer = browser.get(address, follow=True)
    return browser, answer.redirect_chain[-1][0] if b"password1" in answer.content else ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_account_is_told_in_its_own_language(language: str) -> None:
    user = make_staff(language=language)
    with translation.override("fr" if language != "fr" else "ar"):
        letters.welcome(user)
    letter = written()
    assert (letter.recipient, letter.language, letter.headline) == (user.email, language, WELCOME[language])
    assert (letter.purpose, letter.subject) == ("account", f"user:{user.pk}")
    assert f"/{language}/compte/mot-de-passe/nouveau/" in link(letter)
    assert f'lang="{language}"' in letter.html
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in letter.html


@pytest.mark.parametrize("letter", [letters.welcome, letters.new_password])
def test_the_link_sets_the_password_once(letter, settings: LazySettings) -> None:
    user = make_staff()
    settings.SITE_URL = "http://testserver"
    letter(user)
    address = link(written())
    browser, form = open_form(address)
    new = "la-caravane-passe-par-zagora"
    assert browser.post(form, {"password1": new, "password2": new}).status_code == 302
    assert User.objects.get(pk=user.pk).check_password(new)
    assert open_form(address)[1] == ""


def test_a_link_asked_for_before_the_password_changed_opens_nothing() -> None:
    user = make_staff()
    letters.new_password(user)
    user.set_password("autre-chose-de-plus-long")
    user.save(update_fields=["password"])
    assert open_form(link(written()))[1] == ""


def test_a_letter_is_not_sent_after_its_link_has_died(settings: LazySettings) -> None:
    settings.PASSWORD_RESET_TIMEOUT = 2 * 3600
    before = clock.now()
    letters.new_password(make_staff())
    letter = written()
    assert timedelta(hours=2) <= letter.valid_until - before < timedelta(hours=2, minutes=1)
    assert "reste valable 2 heures" in letter.text


def test_asking_twice_within_a_second_is_asking_once(monkeypatch: pytest.MonkeyPatch) -> None:
    user, now = make_staff(), clock.now()
    monkeypatch.setattr(letters, "password_link", lambda user: "https://portal.example/compte/1")
    monkeypatch.setattr(clock, "now", lambda: now)
    letters.new_password(user)
    letters.new_password(user)
    assert Message.objects.count() == 1


@pytest.mark.parametrize("event", Event)
def test_what_happened_to_an_account_is_said_in_the_headline(event: Event) -> None:
    user = make_staff()
    letters.tell(user, event)
    letter = written()
    assert (letter.recipient, letter.headline) == (user.email, EVENTS[event])
    assert "prévenez aussitôt l’équipe de la tournée" in letter.text
    assert letter.valid_until is None


def test_each_event_has_words_of_its_own_in_arabic_too() -> None:
    user = make_staff(language="ar")
    for event in Event:
        letters.tell(user, event)
    headlines = set(Message.objects.values_list("headline", flat=True))
    assert len(headlines) == len(Event)
    assert headlines.isdisjoint(EVENTS.values())


def test_the_same_event_twice_is_told_twice() -> None:
    user = make_staff()
    letters.tell(user, Event.PASSWORD_CHANGED)
    letters.tell(user, Event.PASSWORD_CHANGED)
    assert Message.objects.count() == 2


def test_no_letter_says_a_password_or_a_role() -> None:
    """What stands in a mailbox is read by others: function and rights stay inside."""
    user = make_staff(function="Pilotage", password="la-caravane-passe-par-zagora")
    letters.welcome(user)
    said = written().text + written().html
    assert [word for word in ("caravane", "Pilotage", "superuser") if word in said] == []
