"""Figures of the regions from the reference data, each with its source."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

CENSUS = "HCP, RGPH 2024"
AREA_SOURCE = "HCP et sources publiques recoupées"
NO_BREAK = "\N{NARROW NO-BREAK SPACE}"

# Code, labels, key in the file, period, source.
KNOWN = (
    ("population", "Population légale", "عدد السكان القانونيين", "population_2024", "2024", CENSUS),
    ("households", "Ménages", "عدد الأسر", "households_2024", "2024", CENSUS),
    ("prefectures", "Préfectures", "العمالات", "prefectures_count", "2024", CENSUS),
    ("provinces", "Provinces", "الأقاليم", "provinces_count", "2024", CENSUS),
    ("communes", "Communes", "الجماعات", "communes_count", "2024", CENSUS),
    ("area", "Superficie (km²)", "المساحة (كلم مربع)", "area_km2", "", AREA_SOURCE),
)


def of(regions: Iterable[Mapping[str, Any]], ids: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """What the file knows of each region; none says nothing.

    An area on which the sources differ is not verified.
    """
    for row in regions:
        for position, (code, french, arabic, key, period, source) in enumerate(KNOWN, start=1):
            if not row.get(key):
                continue
            yield {
                "region_id": ids[row["code"]],
                "code": f"{row['code']}-{code}".lower(),
                "label_fr": french,
                "label_ar": arabic,
                "value": grouped(row[key]),
                "period": period,
                "source": source,
                "verified": code != "area" or row["area_note"] is None,
                "position": position,
            }


def grouped(number: int) -> str:
    """219 965: thousands apart, in every language."""
    return f"{number:,}".replace(",", NO_BREAK)
