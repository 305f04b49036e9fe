"""Nothing that was not released to everybody is told to anybody, in any format and language.

A word of its own is planted in every text field of every row that is not public: drafts, edits not
released yet, meetings of the registered and of the invited, people, mail. Every public address is
then fetched, cold and warm, and must contain none of those words; personal pages may contain what
their bearer may read, and nothing more. New text fields and new routes are covered by themselves.
"""

import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import count
from typing import Any

import pytest
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.test import Client
from phonenumber_field.modelfields import PhoneNumberField

from accounts.models import User
from meetings import invitations, lifecycle, printing, releases
from meetings.models import (
    AgendaItem,
    Guest,
    Handout,
    House,
    Invitation,
    Meeting,
    Outcome,
    PressContact,
    ReadBy,
    Stop,
    Venue,
    Visibility,
)
from outbox.models import Message
from press.models import Journalist, Photo, PressRelease
from professionals import contributions
from professionals.models import Contribution, Organisation, Professional, Registration
from regions.models import Official
from tests import addresses, factories, telling
from tests.addresses import Address, World
from tests.press import rows as press_rows
from tests.reading import spoken

CANARY = re.compile(r"canari(draft|registered|invited|officials|press|person)[0-9]+")
# Chosen, computed or meant to be public: no text of a person's or a draft's own.
LEFT_ALONE = {"nonce", "slug", "key", "name_key", "digest", "calendar_uid", "message_id", "language"}
LEFT_ALONE |= {"recipient_hash", "password", "consent_version", "calendar_method", "claim", "audience"}
LEFT_ALONE |= {"ice", "news_text", "news_version"}
# What the bearer of a personal link may read besides the released.
MAY_READ = {
    "": set(),
    "asked": set(),
    "professional": set(),
    "journalist": {"press"},
    "registration": {"registered"},
    "delegation": set(),
    "official": {"registered", "invited", "officials"},
}
HELD = "MA-04"  # the region of a stop that was held
_numbers = count(1)
DRAWN: dict[bytes, str] = {}  # picture → what it says


def words(model: type[models.Model], label: str) -> dict[str, str]:
    """A canary for every text field of `model`."""
    found = {}
    for field in model._meta.concrete_fields:
        free = isinstance(field, models.CharField | models.TextField) and not field.choices
        if not free or field.name in LEFT_ALONE or isinstance(field, PhoneNumberField):
            continue
        word = f"canari{label}{next(_numbers)}"
        found[field.name] = f"{word}@x.invalid" if isinstance(field, models.EmailField) else word
    return found


def plant(rows: models.QuerySet[Any], label: str, *, without: tuple[str, ...] = ()) -> None:
    for row in rows:
        fields = {name: word for name, word in words(rows.model, label).items() if name not in without}
        changed = rows.model._base_manager.filter(pk=row.pk).update(**fields)
        assert changed == 1
        assert fields, rows.model


@pytest.fixture
def world(db: None) -> World:
    """Restricted words are released with the stop; draft words are typed after that."""
    made = addresses.make_world()
    for visibility in (Visibility.REGISTERED, Visibility.INVITED):
        meetings = made.stop.meetings.filter(visibility=visibility)
        plant(meetings, visibility.value)
        plant(AgendaItem.objects.filter(meeting__in=meetings), visibility.value)
    for handout in Handout.objects.exclude(read_by=ReadBy.PUBLIC):
        plant(Handout.objects.filter(pk=handout.pk), handout.read_by, without=("file",))
    releases.publish(made.stop, by=None)
    made.stop.refresh_from_db()
    factories.make_outcome(factories.make_held(region=HELD))  # written up, not released
    _plant_strangers(made)
    return made


def _plant_strangers(made: World) -> None:
    """People with rows everywhere, none of whom reads any of these pages."""
    other = factories.make_registration(made.stop)
    Guest.objects.create(stop=made.stop, official=factories.make_official(), rank=1)
    invited = Invitation.objects.create(
        stop=made.stop, audience="crt", key="official:0", written_at=other.asked_at
    )
    factories.make_message()
    factories.make_staff()
    contributions.say(other, "Des vols directs.", language="fr")
    known = [made.registration.professional_id, made.delegation.contact_id, _pk(made.professional)]
    plant(Professional.objects.exclude(pk__in=known), "person")
    plant(Organisation.objects.filter(professionals=other.professional_id), "person")
    plant(Official.objects.exclude(pk=_pk(made.official)), "person")
    plant(Contribution.objects.all(), "person")
    press_rows.make_journalist()
    plant(Journalist.objects.exclude(pk=_pk(made.journalist)), "person")

    plant(Invitation.objects.filter(pk=invited.pk), "person")
    plant(Message.objects.all(), "person")
    plant(User.objects.all(), "person")


def _plant_drafts(made: World) -> None:
    plant(Stop.objects.filter(pk=made.draft.pk), "draft")
    plant(Meeting.objects.filter(stop=made.draft), "draft")
    plant(AgendaItem.objects.filter(meeting__stop=made.draft), "draft")
    # Edits of a released stop; what is frozen changes through the life cycle only.
    plant(Stop.objects.filter(pk=made.stop.pk), "draft", without=Stop.frozen_once_published)
    plant(Meeting.objects.filter(stop=made.stop), "draft")
    plant(AgendaItem.objects.filter(meeting__stop=made.stop), "draft")
    plant(Venue.objects.all(), "draft")
    plant(Outcome.objects.all(), "draft")
    plant(Handout.objects.all(), "draft", without=("file",))
    _plant_press()


def _plant_press() -> None:
    """Drafts of the press room, and what is under embargo: that is written while it is no communiqué yet."""
    hidden = Q(published_at=None) | Q(embargo_on__isnull=False)
    kept: list[PressRelease | Photo] = [*PressRelease.objects.filter(hidden), *Photo.objects.filter(hidden)]
    for row in kept:
        found: models.QuerySet[Any] = type(row)._base_manager.filter(pk=row.pk)
        found.update(published_at=None)
        plant(found, "draft", without=("document", "file", "thumbnail"))
        found.update(published_at=row.published_at)
    PressContact.objects.filter(house=House.ONMT).update(verified=False)
    plant(PressContact.objects.filter(verified=False), "draft")


def _pk(invitation: Invitation) -> int:
    return int(invitation.key.partition(":")[2])


@pytest.fixture(autouse=True)
def _words_of_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remember what each picture was drawn from: nobody can read it out of its points."""
    draw = printing.document

    def heard(key: str, words: Callable[[], dict[str, Any]], **options: Any) -> bytes:
        made = draw(key, words, **options)
        DRAWN[made] = json.dumps(words(), ensure_ascii=False)
        return made

    monkeypatch.setattr(printing, "document", heard)


def said(content: bytes, content_type: str) -> str:
    """What an answer says; of a picture, what it was drawn from."""
    if content_type == "image/jpeg":
        return ""  # a photo; which one may be had is asked in tests/press
    if content_type == "application/zip":
        return "\n".join(_unpacked(content))
    return DRAWN[content] if content_type == "image/png" else spoken(content, content_type)


def _unpacked(content: bytes) -> Iterator[str]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            yield name
            if name.endswith(".txt"):
                yield archive.read(name).decode()


def _of_the_held(languages: tuple[str, ...]) -> Iterator[Address]:
    """Where the stop that was held is told of, besides home and the tour's files."""
    slug = factories.make_region(HELD).slug
    files = [f"etapes/{slug}/agenda.{kind}" for kind in addresses.DOWNLOADS]
    for language in languages:
        for place in (f"etapes/{slug}/", f"regions/{slug}/", *files):
            yield Address("", f"/{language}/{place}", language)


def leaks(
    made: World, *, allowed: bool = True, languages: tuple[str, ...] = addresses.LANGUAGES
) -> Iterator[str]:
    every = [*addresses.every_address(made, languages=languages), *_of_the_held(languages)]
    for address in every:
        answer = Client().get(address.path, follow=True)  # short addresses lead on
        assert answer.status_code == 200, address
        text = said(b"".join(answer) if answer.streaming else answer.content, answer["Content-Type"])
        may = MAY_READ[address.personal] if allowed else set()
        for match in CANARY.finditer(text):
            if match[1] not in may:
                yield f"{address.path} says {match[0]}"


def test_every_public_route_has_an_example(world: World) -> None:
    assert sorted(set(addresses.routes())) == sorted(addresses.examples(world))


def test_no_page_and_no_file_says_what_was_not_released(world: World) -> None:
    _plant_drafts(world)
    shutil.rmtree(settings.VAR_DIR / "documents", ignore_errors=True)
    assert list(leaks(world)) == []  # cold
    assert list(leaks(world)) == []  # warm


def test_the_walk_above_would_see_a_leak(world: World) -> None:
    """The restricted words do stand on the pages of those who may read them; draft words do once
    they are released."""
    seen = {leak.rpartition(" ")[2] for leak in leaks(world, allowed=False, languages=("fr",))}
    assert {word for word in seen if "registered" in word}
    assert {word for word in seen if "invited" in word}
    assert {word for word in seen if "officials" in word}
    assert {word for word in seen if "press" in word}
    _plant_drafts(world)
    Meeting.objects.filter(stop=world.stop).exclude(visibility=Visibility.PUBLIC).delete()
    Venue.objects.update(latitude=None, longitude=None)
    releases.release_changes(world.stop, by=None)
    releases.release_changes(Outcome.objects.get().stop, by=None)
    told = [leak.split()[0] for leak in leaks(world, languages=("fr",)) if "canaridraft" in leak]
    assert {path.rpartition(".")[2] for path in told} >= {"pdf", "ics", "csv", "json", "png"}
    held = factories.make_region(HELD).slug
    here = {"/fr/", f"/fr/regions/{held}/", f"/fr/etapes/{held}/", f"/fr/etapes/{held}/agenda.json"}
    assert {*told} & here == here


def test_no_mail_says_what_its_reader_may_not_know(world: World) -> None:
    """A change of hours tells everybody concerned; an invitation goes out; a seat is confirmed."""
    Message.objects.all().delete()
    _plant_drafts(world)
    own = Registration.objects.get(pk=world.registration.pk).professional.email
    official = Official.objects.get(pk=_pk(world.official))
    lifecycle.change(
        Stop.objects.get(pk=world.stop.pk),
        changes={"date": factories.next_thursday(35)},
        by=None,
    )
    telling.tell()
    invitations.write_to(Stop.objects.get(pk=world.stop.pk), ["crt"], limit=100)
    written = list(Message.objects.all())
    assert {message.purpose for message in written} >= {"moved", "invitation"}
    for message in written:
        said = "\n".join((message.headline, message.text, message.html, message.calendar))
        labels = {match[1] for match in CANARY.finditer(said)}
        # Somebody's own name and function stand in their own mail.
        labels -= {"person"} if message.recipient not in (own, official.email) else set()
        invited = message.purpose == "invitation" or message.recipient == official.email
        assert labels <= (MAY_READ["official"] if invited else MAY_READ["registration"]), message.purpose
