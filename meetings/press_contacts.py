"""The press contacts as the public reads them: both houses always, known or « not known yet ».

They are read live, beside the releases: a contact that changed is wrong in every version. Nothing is
shown of a contact that nobody has verified, and nothing is made up in its place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import User
from meetings.documents import NO_TEXT
from meetings.models import House, PressContact, Tour
from regions.composed import Composed
from regions.languages import ALL, Texts

TITLES = {House.ONMT: _("Contact presse, ONMT"), House.AGENCY: _("Contact presse, agence")}
TEXTS = ("organisation", "function", "hours")
FIELDS = ("house", "phone", "email", *(f"{name}_{language}" for name in TEXTS for language in ALL))
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PublicContact:
    """What the public may know of one house's contact; `known` False: nothing yet."""

    house: House
    known: bool = False
    organisation: Texts = field(default_factory=lambda: NO_TEXT)
    function: Texts = field(default_factory=lambda: NO_TEXT)
    hours: Texts = field(default_factory=lambda: NO_TEXT)
    phone: str = ""
    email: str = ""


def rows(tour: OuterRef) -> ArraySubquery:
    """The verified contacts of a tour, to be read along with another row: no query of its own."""
    verified = PressContact.objects.filter(tour=tour, verified=True)
    return ArraySubquery(verified.values(row=JSONObject(**{name: name for name in FIELDS})))


def of(tour: Tour) -> list[PublicContact]:
    """Those of this tour: read with it (`agenda.current_tour`), else one query."""
    read: Iterable[Row] | None = getattr(tour, "press_rows", None)
    return public(tour.press_contacts.filter(verified=True).values(*FIELDS) if read is None else read)


def current() -> list[PublicContact]:
    """Those of the current tour, for pages that read nothing else of it. One query."""
    return public(CURRENT.rows())


def _current() -> QuerySet[PressContact, dict[str, Any]]:
    return PressContact.objects.filter(tour__is_current=True, verified=True).values(*FIELDS)


CURRENT = Composed(_current)


def public(found: Iterable[Row]) -> list[PublicContact]:
    """Both houses in order, from rows of `rows` or `values`."""
    known = {row["house"]: row for row in found}
    return [_contact(house, known.get(house)) for house in House]


def key(tour: Tour) -> list[Any]:
    """Stands for what `of` says: another contact, another key."""
    return [[c.house, c.known, c.organisation, c.function, c.hours, c.phone, c.email] for c in of(tour)]


def _contact(house: House, row: Row | None) -> PublicContact:
    if row is None:
        return PublicContact(house)
    words = {name: Texts(fr=row[f"{name}_fr"], ar=row[f"{name}_ar"], en=row[f"{name}_en"]) for name in TEXTS}
    return PublicContact(house, known=True, phone=row["phone"], email=row["email"], **words)


@transaction.atomic
def write(tour: Tour, house: House, *, by: User | None, **said: Any) -> PressContact:
    """Say who the contact of a house is. Raises ValidationError where it is verified and reaches nobody."""
    contact = PressContact.objects.select_for_update().filter(tour=tour, house=house).first()
    contact = contact or PressContact(tour=tour, house=house)
    changed = sorted(name for name, value in said.items() if getattr(contact, name) != value)
    for name in changed:
        setattr(contact, name, said[name])
    contact.validate_constraints()
    if contact.pk is None:
        contact.save()
    elif changed:
        contact.save(update_fields=changed)
    if changed:
        audit.record(by, "changed", f"press_contact:{contact.pk}", fields=changed)
    return contact
