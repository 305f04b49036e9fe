"""The outlines of the regions, for maps. Drawn by `manage.py draw_map`, read once per process."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

FILE = Path(__file__).resolve().parent / "data" / "outlines.json"
SQUEEZE = math.cos(math.radians(28.5))  # how much shorter a degree of longitude is, on this drawing
# Outlines are simplified and written in whole units of about 1.6 km: a quay may lie off the drawn coast.
COAST = 4

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Outline:
    """One region on the map of the Kingdom: SVG path data, where a number stands, the box around it."""

    path: str
    heart: tuple[int, int]
    box: tuple[int, int, int, int]  # left, top, right, bottom

    def view_box(self, margin: int = 8) -> str:
        """The part of the map that shows this region alone, as a square: every region fills its emblem."""
        left, top, right, bottom = self.box
        side = max(right - left, bottom - top) + 2 * margin
        return f"{(left + right - side) // 2} {(top + bottom - side) // 2} {side} {side}"

    def holds(self, point: Point, *, within: float = COAST) -> bool:
        """Whether a point of the drawing lies inside, or no more than `within` units outside."""
        rings = list(_rings(self.path))
        return any(_inside(ring, point) for ring in rings) or any(
            _distance(point, start, end) <= within for ring in rings for start, end in pairwise(ring)
        )


@dataclass(frozen=True, slots=True)
class Map:
    """All regions by official code, on a drawing of this size."""

    width: int
    height: int
    credit: str
    west: float  # degrees of the drawing's edges
    east: float
    north: float
    regions: dict[str, Outline]

    def point(self, latitude: float, longitude: float) -> Point:
        """Where a place stands on the drawing; outside of it, off its edges."""
        scale = self.width / ((self.east - self.west) * SQUEEZE)
        return (longitude - self.west) * SQUEEZE * scale, (self.north - latitude) * scale

    def stands_in(self, code: str, *, latitude: float, longitude: float) -> bool:
        """Whether a place lies in the region, as exactly as the drawing knows (about 6 km)."""
        return self.regions[code].holds(self.point(latitude, longitude))


@cache
def kingdom() -> Map:
    drawn = json.loads(FILE.read_text())
    return Map(
        width=drawn["width"],
        height=drawn["height"],
        credit=drawn["credit"],
        **drawn["degrees"],
        regions={
            code: Outline(path=one["path"], heart=tuple(one["heart"]), box=tuple(one["box"]))
            for code, one in drawn["regions"].items()
        },
    )


def _rings(path: str) -> Iterator[list[Point]]:
    """The closed rings of a path as `draw_map` writes it: `M`, then steps relative to the point before."""
    for part in path.split("z"):
        numbers = [int(number) for number in re.findall(r"-?\d+", part)]
        if not numbers:
            continue
        x = y = 0
        ring: list[Point] = []
        for step_x, step_y in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + step_x, y + step_y
            ring.append((x, y))
        yield [*ring, ring[0]]


def _inside(ring: list[Point], point: Point) -> bool:
    """Even-odd rule."""
    x, y = point
    crossings = 0
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            crossings += 1
    return crossings % 2 == 1


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a point to a segment."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    along = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length if length else 0
    along = min(1, max(0, along))
    return math.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1))
