"""Who of a table is there already: found in as many queries for thousands of rows as for one."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from outbox import suppressions
from outbox.models import Kind
from professionals.models import Organisation, Professional, Registration
from professionals.names import normalise
from professionals.people import key_of

MOST_NAMED = 3  # of those who share an address or a mobile


class Place(NamedTuple):
    """What an establishment is known by."""

    name_key: str
    region: int
    category: int

    @classmethod
    def of(cls, house: Organisation) -> "Place":
        return cls(house.name_key, house.region_id, house.category_id)


def identity(said: dict[str, Any]) -> tuple[str, str] | None:
    """Mail, or mobile without one, and normalised name; None for who can be neither found nor reached."""
    reached = said.get("email") or said.get("phone") or ""
    name = key_of(said.get("name", ""))
    return (reached, name) if reached and name else None


class Known:
    """The people and establishments of a table that are there already."""

    def __init__(self, rows: Sequence[dict[str, Any]], *, lock: bool) -> None:
        """`lock` keeps the people as they are until the transaction ends."""
        addresses = {row["email"] for row in rows if row.get("email")}
        mobiles = {row["phone"] for row in rows if row.get("phone")}
        people = Professional.objects.filter(Q(known_by__in=addresses | mobiles) | Q(phone__in=mobiles))
        people = people.select_related("organisation__region", "organisation__category", "province").order_by(
            "pk"
        )
        themselves = Registration.objects.filter(professional=OuterRef("pk"), named=False)
        people = people.annotate(came=Exists(themselves))
        if lock:
            people = people.select_for_update(of=("self",), no_key=True)
        self.by_identity: dict[tuple[str, str], Professional] = {}
        self.by_mobile: dict[tuple[str, str], Professional] = {}
        self.of_mailbox: dict[str, list[Professional]] = defaultdict(list)
        self.of_mobile: dict[str, list[Professional]] = defaultdict(list)
        self.in_their_own_words: set[Professional] = set()
        for person in people:
            if person.came or person.consented_at:
                self.in_their_own_words.add(person)
            mobile = str(person.phone or "")
            self.by_identity[person.known_by, person.name_key] = person
            self.by_mobile[mobile, person.name_key] = person  # the latest
            self.of_mailbox[person.email].append(person)
            self.of_mobile[mobile].append(person)
        keys = {normalise(row["organisation"])[:160] for row in rows if row.get("organisation")}
        keys |= {person.organisation.name_key for person in self.by_identity.values()}
        houses = Organisation.objects.filter(name_key__in=keys).select_related("region", "category")
        self.houses = {Place.of(house): house for house in houses}
        self.silent = suppressions.refusing(addresses, Kind.INVITATIONS) if addresses else set()

    def person(self, said: dict[str, Any]) -> Professional | None:
        """Whom the row speaks of: by mail and name, or without a mail by mobile and name."""
        key = identity(said)
        if key is None:
            return None
        found = self.by_identity.get(key)
        return found if found or said.get("email") else self.by_mobile.get(key)

    def house(self, place: Place) -> Organisation | None:
        return self.houses.get(place)

    def notes(self, said: dict[str, Any], person: Professional | None) -> Iterator[str]:
        """What is worth knowing of who shares the address or the mobile, and of who wants no campaigns."""
        address, mobile = said.get("email", ""), said.get("phone", "")
        if person is None and address and self.of_mailbox[address]:
            yield _("Cette adresse sert déjà à : %(names)s.") % {"names": _names(self.of_mailbox[address])}
        if person is None and mobile and self.of_mobile[mobile]:
            yield _("Ce mobile sert déjà à : %(names)s.") % {"names": _names(self.of_mobile[mobile])}
        if address in self.silent:
            yield _("Cette adresse s’est désabonnée : elle le reste, aucune invitation ne lui est envoyée.")


def _names(people: Sequence[Professional]) -> str:
    more = len(people) - MOST_NAMED
    shown = " · ".join(person.name for person in people[:MOST_NAMED])
    return f"{shown} (+ {more})" if more > 0 else shown
