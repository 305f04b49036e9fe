"""`manage.py draw_zellige`: the zellige of the portal, an 8-fold tiling drawn by "polygons in contact".

Octagons and squares fill the plane (4.8.8). From the middle of every edge two rays leave at the same
angle; where the rays of neighbouring edges meet, the stars appear by themselves: an 8-pointed star in
each octagon, a 4-pointed one in each square, and a straight strapwork that runs through both. A small
khatam (two squares at 45 degrees) sits in the heart of each star. One tile repeats without a seam.
"""

from math import cos, pi, radians, sin, tan
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

FILE = Path(settings.BASE_DIR) / "static" / "img" / "zellige.svg"
TILE = 64  # side of the repeating square, in SVG units
ANGLE = radians(67.5)  # of the rays with the edge: 67.5 degrees draws the {8/3} star
COLOUR = "#c9a66b"

Point = tuple[float, float]


def ring(cx: float, cy: float, radius: float, count: int, turn: float = 0.0) -> list[Point]:
    """`count` points on a circle, the first one at angle `turn`."""
    angles = [turn + 2 * pi * i / count for i in range(count)]
    return [(cx + radius * cos(angle), cy + radius * sin(angle)) for angle in angles]


def star(cx: float, cy: float, apothem: float, sides: int, turn: float) -> list[Point]:
    """The star that rays at ANGLE draw in a regular polygon; its tips are the middles of the edges."""
    inner = apothem * cos(ANGLE) / cos(ANGLE - pi / sides)
    tips = ring(cx, cy, apothem, sides, turn)
    dents = ring(cx, cy, inner, sides, turn + pi / sides)
    return [point for pair in zip(tips, dents, strict=True) for point in pair]


def path(points: list[Point]) -> str:
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points) + "Z"


def svg() -> str:
    middle = TILE / 2
    edge = TILE * tan(pi / 8)  # of the octagon, hence of the square
    heart = middle * cos(ANGLE) / cos(ANGLE - pi / 8) * 0.62
    shapes = [star(middle, middle, middle, 8, 0)]
    shapes += [ring(middle, middle, heart, 4, turn) for turn in (0, pi / 4)]
    # the squares between octagons stand at the corners of the tile, a quarter in each
    shapes += [star(x, y, edge / 2, 4, pi / 4) for x in (0, TILE) for y in (0, TILE)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{TILE}" height="{TILE}" '
        f'viewBox="0 0 {TILE} {TILE}"><path fill="none" stroke="{COLOUR}" stroke-width="1.1" '
        f'stroke-linejoin="round" d="{"".join(map(path, shapes))}"/></svg>\n'
    )


class Command(BaseCommand):
    help = "Draws static/img/zellige.svg."
    requires_system_checks: list[Any] = []

    def handle(self, *args: Any, **options: Any) -> None:
        FILE.write_text(svg())
        self.stdout.write(f"{FILE.name} {FILE.stat().st_size:,} bytes")
