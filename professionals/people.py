"""Who a person is to the portal: found or made from what they confirmed or said, corrected by themselves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from meetings import gate
from outbox import clock
from professionals import consent, names
from professionals.models import Organisation, Professional, SeatRequest
from regions.models import LegalCategory, Region

Row = TypeVar("Row", Organisation, Professional)


class OtherHouse(Exception):
    """This person is known to be of another establishment."""


class SameName(Exception):
    """Another person of this mailbox, or of this mobile, bears this name already."""


def key_of(name: str) -> str:
    """The normalised name of a person, as long as its column."""
    return names.normalise(name)[:120]


def masked_email(person: Professional) -> str:
    """Enough to recognise one's own address, not enough to write to it: d…@hotel.example."""
    mailbox, _, domain = person.email.rpartition("@")
    return f"{mailbox[:1]}…@{domain}" if domain else ""


def masked_phone(person: Professional) -> str:
    """Enough to recognise one's own number: … 78; nothing where there is none."""
    return f"… {str(person.phone)[-2:]}" if person.phone else ""


def establishment(name: str, *, region: Region | int, category: LegalCategory | int) -> Organisation:
    """The establishment of this name and category in this region; one query, found or made."""
    [found] = Organisation.objects.bulk_create(
        [
            Organisation(
                name=name,
                name_key=names.normalise(name)[:160],
                region_id=region if isinstance(region, int) else region.pk,
                category_id=category if isinstance(category, int) else category.pk,
            )
        ],
        update_conflicts=True,
        unique_fields=["name_key", "region", "category"],
        update_fields=["name_key"],  # who was there first keeps their spelling
    )
    return found


def of_request(asked: SeatRequest, *, region: Region | int) -> Professional:
    """The person of a confirmed request; one query, found or made.

    They have just shown that the mailbox is theirs: what they typed replaces what was known.
    """
    [found] = Professional.objects.bulk_create(
        [
            Professional(
                name=asked.name,
                name_key=key_of(asked.name),
                email=asked.email,
                phone=asked.phone,
                organisation=establishment(asked.organisation, region=region, category=asked.category_id),
                language=asked.language,
                consent_version=asked.consent_version,
                consent_text=asked.consent_text,
                consented_at=asked.asked_at,
                created_at=clock.now(),
            )
        ],
        update_conflicts=True,
        unique_fields=["known_by", "name_key"],
        update_fields=[
            *("name", "phone", "organisation", "language"),
            *("consent_version", "consent_text", "consented_at"),
        ],
    )
    return found


def hold(row: Row) -> Row:
    """A person or an establishment that something is about to refer to: it stays until this is committed.

    Otherwise the team might merge it away in the same moment, and the database would refuse at the end.
    Raises gate.Busy where that has happened: who tries again finds the row it was merged into.
    """
    with gate.patience():
        if not type(row)._default_manager.select_for_update(of=("self",), no_key=True).filter(pk=row.pk):
            raise gate.Busy
    return row


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody said of themselves by telephone or at the door, to one of the team."""

    name: str
    phone: str  # E.164
    organisation: str
    category: LegalCategory
    language: str
    consent_version: str
    consent_text: str  # as it was read to them
    consented_at: datetime
    email: str = ""


def of_call(told: Told, *, region: Region | int) -> Professional:
    """The person who said this, found or made.

    By mail and name where they gave a mail, else by mobile and name. What is known of them stays: a voice
    proves less than a mailbox, and somebody who already agreed did so in writing.
    """
    email, key = told.email.strip().lower(), key_of(told.name)
    known = Professional.objects.filter(name_key=key).order_by("-pk")
    known = known.filter(email=email) if email else known.filter(phone=told.phone)
    if found := known.first():
        return hold(found)
    [made] = Professional.objects.bulk_create(
        [
            Professional(
                name=told.name,
                name_key=key,
                email=email,
                phone=told.phone,
                organisation=establishment(told.organisation, region=region, category=told.category),
                language=told.language,
                consent_version=told.consent_version,
                consent_text=told.consent_text,
                consented_at=told.consented_at,
                created_at=clock.now(),
            )
        ],
        update_conflicts=True,  # two of the team wrote down the same call
        unique_fields=["known_by", "name_key"],
        update_fields=["name_key"],
    )
    return Professional.objects.select_related("organisation").get(pk=made.pk)


def complete(person: Professional, **said: Any) -> None:
    """Write down what a person adds of themselves; "" or None takes it back."""
    if "name_ar" in said:
        said["name_ar_key"] = key_of(said["name_ar"])
    for name, value in said.items():
        setattr(person, name, value)
    person.save(update_fields=list(said))


def want_news(person: Professional, *, language: str) -> None:
    """They agree to news beyond this meeting, in the words they read."""
    if person.news_at is None:
        text = consent.wording(language, version=consent.NEWS)
        complete(person, news_version=consent.NEWS, news_text=text, news_at=clock.now())


def want_no_news(person: Professional) -> None:
    complete(person, news_version="", news_text="", news_at=None)


def colleague(
    of: Professional, *, name: str, email: str = "", phone: str = "", house: Organisation | None = None
) -> Professional:
    """Somebody named by a colleague of the same establishment, or of `house`, found or made.

    They hear of it by mail. Who is named without mail is known by their mobile, and without either by
    that of who names them. What is known of them stays. Raises OtherHouse when they are known to be of
    another establishment.
    """
    house = house or of.organisation
    address, key = email.strip().lower(), key_of(name)
    if not (address or phone):
        address, phone = ("", str(of.phone)) if of.phone else (of.email, "")
    known = Professional.objects.filter(name_key=key).select_related("organisation").order_by("-pk")
    found = (known.filter(email=address) if address else known.filter(phone=phone)).first()
    if found:
        hold(found)
    else:
        hold(house)
        [made] = Professional.objects.bulk_create(
            [
                Professional(
                    name=name,
                    name_key=key,
                    email=address,
                    phone=phone,
                    organisation=house,
                    language=of.language,
                    source=str(_("désigné(e) par son établissement"))[:200],
                    legal_basis=str(
                        _("participation à une rencontre de la tournée, demandée par son établissement")
                    ),
                    created_at=clock.now(),
                )
            ],
            update_conflicts=True,  # named at two stops at once
            unique_fields=["known_by", "name_key"],
            update_fields=["name_key"],
        )
        found = Professional.objects.select_related("organisation").get(pk=made.pk)
    if found.organisation_id != house.pk:
        raise OtherHouse
    return found


def correct(
    person: Professional, *, name: str, phone: str, organisation: str, category: LegalCategory, language: str
) -> None:
    """Write down what the person corrects of themselves. The mail address is not theirs to change here.

    Their establishment is theirs alone to leave: a colleague's keeps its name. Raises SameName.
    """
    try:
        with transaction.atomic():
            person.name, person.name_key = name, key_of(name)
            person.phone, person.language = phone, language
            person.organisation = establishment(
                organisation, region=person.organisation.region_id, category=category
            )
            person.save(update_fields=["name", "name_key", "phone", "language", "organisation"])
    except IntegrityError as error:
        if "professional_once_per_mail_or_mobile_and_name" in str(error):
            raise SameName from error
        raise
