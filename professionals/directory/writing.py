"""Writing what a table of professionals plans: a few statements for thousands of rows, all in the journal."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from accounts import audit
from accounts.models import User
from outbox import clock
from professionals import names
from professionals.directory.columns import OF_THE_PERSON
from professionals.directory.known import Place
from professionals.models import Organisation, Professional
from professionals.people import key_of
from regions.table_import import Act

if TYPE_CHECKING:
    from professionals.directory.importing import PlannedRow

BATCH = 1_000
KEYS = {"name": "name_key", "name_ar": "name_ar_key"}  # column → what it is compared by


def write(rows: Sequence["PlannedRow"], *, by: User | None) -> None:
    """Write what is new or changed, and note it by its numbers. In the transaction that made the plan.

    Raises IntegrityError where somebody else made one of them at this moment.
    """
    written = [row for row in rows if row.act in (Act.CREATE, Act.UPDATE)]
    houses = _establishments(written, by=by)
    made = [_new(row, houses) for row in written if row.person is None]
    Professional.objects.bulk_create(made, batch_size=BATCH)
    audit.record_each(by, "imported", {f"professional:{person.pk}": () for person in made})
    _change([row for row in written if row.person], houses, by=by)


def _establishments(rows: Sequence["PlannedRow"], *, by: User | None) -> dict[Place, Organisation]:
    """Every establishment of the rows, made where it is not there: approved by nobody."""
    found = {row.place: row.house for row in rows if row.place and row.house}
    new: dict[Place, Organisation] = {}
    for row in rows:
        arabic = row.values.get("organisation_ar", "")
        if row.place and row.place not in found:
            house = new.setdefault(row.place, _establishment(row, row.place))
            if arabic and not house.name_ar:
                house.name_ar, house.name_ar_key = arabic, names.normalise(arabic)[:160]
    made = Organisation.objects.bulk_create(
        new.values(),
        batch_size=BATCH,
        update_conflicts=True,  # who was there first keeps their spelling
        unique_fields=["name_key", "region", "category"],
        update_fields=["name_key"],
    )
    audit.record_each(by, "imported", {f"organisation:{house.pk}": () for house in made})
    return found | {Place.of(house): house for house in made}


def _establishment(row: "PlannedRow", place: Place) -> Organisation:
    name = row.values.get("organisation") or row.person.organisation.name  # type: ignore[union-attr]
    return Organisation(
        name=name, name_key=place.name_key, region_id=place.region, category_id=place.category
    )


def _new(row: "PlannedRow", houses: dict[Place, Organisation]) -> Professional:
    assert row.place  # noqa: S101 - who is new has an establishment
    columns = {column: value for column, value in row.values.items() if column in OF_THE_PERSON}
    person = Professional(**columns, organisation=houses[row.place], created_at=clock.now())
    person.name_key, person.name_ar_key = key_of(person.name), key_of(person.name_ar)
    return person


def _change(rows: Sequence["PlannedRow"], houses: dict[Place, Organisation], *, by: User | None) -> None:
    """Those who are there: each row of the database gets the columns that changed, and no other."""
    alike: dict[tuple[str, ...], list[Professional]] = defaultdict(list)
    named: dict[int, Organisation] = {}
    said: dict[str, Any] = {}
    for row in rows:
        person = row.person
        assert person  # noqa: S101
        changed = [name for name in row.changes if name != "organisation_ar"]
        for name in changed:
            value: Any = houses[row.place] if name == "organisation" else row.values[name]  # type: ignore[index]
            setattr(person, name, value)
            if name in KEYS:
                setattr(person, KEYS[name], key_of(value))
        if "organisation_ar" in row.changes and row.house:
            row.house.name_ar = row.values["organisation_ar"]
            row.house.name_ar_key = names.normalise(row.house.name_ar)[:160]
            named[row.house.pk] = row.house
        if changed:
            said[f"professional:{person.pk}"] = changed
            alike[*changed, *(KEYS[name] for name in changed if name in KEYS)].append(person)
    for columns, people in alike.items():
        Professional.objects.bulk_update(people, columns, batch_size=BATCH)
    Organisation.objects.bulk_update(named.values(), ["name_ar", "name_ar_key"], batch_size=BATCH)
    said |= {f"organisation:{pk}": ["name_ar"] for pk in named}
    audit.record_each(by, "imported", said)
