"""Reference data: the files of regions/data brought into the database.

The files know less than the staff: a row that exists stays as the staff left it. `refresh` gives
the values of the files back. What no source confirms is stored as unconfirmed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db import models, transaction

from regions import figures
from regions.languages import ALL
from regions.models import (
    Airport,
    Council,
    Holiday,
    LegalCategory,
    Market,
    MarketTier,
    Province,
    Region,
    RegionFigure,
    Strength,
)

DATA = Path(__file__).resolve().parent / "data"
VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the rows of one table."""

    model: type[models.Model]
    created: int
    updated: int
    kept: int  # they say something else than the files, and stay


@cache
def read(name: str) -> Mapping[str, Any]:
    """The file `name` of regions/data; not to be written to."""
    found: Mapping[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return found


@transaction.atomic
def load(*, refresh: bool = False) -> list[Tally]:
    """Regions and what belongs to them, markets, legal categories, holidays: all or nothing."""
    regions: list[dict[str, Any]] = read("regions.json")["regions"]
    reference = read("reference.json")
    before = set(Region.objects.values_list("code", flat=True))
    done = [
        put(Strength, "code", strengths(reference["strengths_vocabulary"]), refresh=refresh),
        put(Region, "code", map(region, regions), refresh=refresh),
    ]
    ids = dict(Region.objects.values_list("code", "pk"))
    link_strengths([row for row in regions if refresh or row["code"] not in before], ids)
    adopt_holidays(reference["public_holidays"])
    return [
        *done,
        put(Province, "code_hcp", provinces(regions, ids), refresh=refresh),
        put(Airport, "iata", airports(regions, ids), refresh=refresh),
        put(Council, "region_id", councils(regions, ids), refresh=refresh),
        put(RegionFigure, "code", figures.of(regions, ids), refresh=refresh),
        put(Market, "code", markets(reference["markets"]), refresh=refresh),
        put(LegalCategory, "code", categories(reference["professional_categories"]), refresh=refresh),
        put(Holiday, "code", holidays(reference["public_holidays"]), refresh=refresh),
    ]


def put(model: type[models.Model], key: str, rows: Iterable[dict[str, Any]], *, refresh: bool) -> Tally:
    """Create the missing `rows`, told apart by `key`; change the others with `refresh` only."""
    present = {getattr(row, key): row for row in model._default_manager.all()}
    missing, updated, kept = [], 0, 0
    for values in rows:
        row = present.get(values[key])
        if row is None:
            missing.append(model(**values))
        elif changed := [name for name, value in values.items() if getattr(row, name) != value]:
            if not refresh:
                kept += 1
                continue
            for name in changed:
                setattr(row, name, values[name])
            row.save(update_fields=changed)
            updated += 1
    model._default_manager.bulk_create(missing)
    return Tally(model, len(missing), updated, kept)


def names(row: Mapping[str, Any]) -> dict[str, str]:
    return {f"name_{language}": row.get(language) or "" for language in ("fr", "ar", "en")}


def strengths(rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {"code": row["code"], **names(row)}


def region(row: Mapping[str, Any]) -> dict[str, Any]:
    same = ("code", "slug", "name_fr", "name_ar", "name_en", "capital_fr", "capital_ar", "capital_en")
    return {
        **{name: row[name] for name in (*same, "population_2024", "area_km2", "aliases")},
        **{f"highlights_{language}": row[f"highlights_{language}"] for language in ALL},
        **{name: row[name] or "" for name in ("name_zgh", "name_zgh_status", "area_note")},
        "latitude": row["lat"],
        "longitude": row["lon"],
    }


def link_strengths(regions: Iterable[Mapping[str, Any]], ids: Mapping[str, int]) -> None:
    """What these regions live from, as the files say."""
    link = Region.strengths.through
    codes = dict(Strength.objects.values_list("code", "pk"))
    wanted = [
        link(region_id=ids[row["code"]], strength_id=codes[code])
        for row in regions
        for code in row["strengths"]
    ]
    link._default_manager.bulk_create(wanted, ignore_conflicts=True)  # the pair is there already


def provinces(regions: Iterable[Mapping[str, Any]], ids: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for row in regions:
        for province in row["provinces"]:
            yield {
                "region_id": ids[row["code"]],
                "code_hcp": province["code_hcp"],
                "name_fr": province["fr"],
                "name_ar": province["ar"],
                "kind": province["kind"],
                "population_2024": province["population_2024"],
            }


def airports(regions: Iterable[Mapping[str, Any]], ids: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """Where one can fly to: aerodromes without scheduled flights are left out."""
    for row in regions:
        for airport in row["airports"]:
            if airport["kind"] == "commercial":
                yield {
                    "region_id": ids[row["code"]],
                    "iata": airport["iata"],
                    "name": airport["name"],
                    "verified": airport["status"] == VERIFIED,
                }


def councils(regions: Iterable[Mapping[str, Any]], ids: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for row in regions:
        yield {
            "region_id": ids[row["code"]],
            "name_fr": row["crt_name"],
            "seat": row["crt_seat"] or "",
            "status": row["crt_status"],
            "note": row["crt_note"] or "",
        }


def markets(rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {
            "code": row["code"],
            **names(row),
            "tier": MarketTier(row["tier"]).value,
            "verified": row["status"] == VERIFIED,
        }


def categories(groups: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Legal categories, numbered through all groups in the order of the file."""
    pairs = ((group, item) for group in groups for item in group["items"])
    for position, (group, item) in enumerate(pairs, start=1):
        yield {
            "code": item["code"],
            "group": group["group"],
            **{f"group_{name}": value for name, value in names(group).items()},
            "law": group["law"] or "",
            **names(item),
            "verified": item["status"] == VERIFIED,
            "law_verified": bool(group["law"]) and group["law_status"] == VERIFIED,
            "position": position,
        }


def holidays(rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        start, end = row.get("window") or (None, None)
        yield {
            "code": row["code"],
            "day": date.fromisoformat(row["date"]),
            **names(row),
            "estimated": row["status"] == "estimated",
            "window_start": date.fromisoformat(start) if start else None,
            "window_end": date.fromisoformat(end) if end else None,
        }


def adopt_holidays(rows: Iterable[Mapping[str, Any]]) -> None:
    """A day that staff typed before the files knew it is the same day."""
    known = set(Holiday.objects.exclude(code="").values_list("code", flat=True))
    for row in rows:
        if row["code"] not in known:
            Holiday.objects.filter(code="", day=row["date"], name_fr=row["fr"]).update(code=row["code"])
