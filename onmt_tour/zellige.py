"""The zellige of the portal: an 8-fold tiling drawn by "polygons in contact".

Octagons and squares fill the plane (4.8.8). From the middle of every edge two rays leave at the same
angle; where the rays of neighbouring edges meet, the stars appear by themselves: an 8-pointed star in
each octagon, a 4-pointed one in each square, and a straight strapwork that runs through both. A small
khatam (two squares at 45 degrees) sits in the heart of each star. One tile repeats without a seam.
"""

from functools import cache
from math import cos, pi, radians, sin, tan

TILE = 64  # side of the repeating square, in SVG units
ANGLE = radians(67.5)  # of the rays with the edge: 67.5 degrees draws the {8/3} star
COLOUR = "#c9a66b"  # of the lines; filled tiles take theirs from the stylesheet
JOINT = 0.93  # what a tile keeps of its size: the rest is the joint around it

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


def khatam(cx: float, cy: float, radius: float, turn: float = 0.0) -> list[Point]:
    """Two squares at 45 degrees, as one outline of sixteen corners."""
    dent = radius * cos(pi / 4) / cos(pi / 8)
    tips, dents = ring(cx, cy, radius, 8, turn), ring(cx, cy, dent, 8, turn + pi / 8)
    return [point for pair in zip(tips, dents, strict=True) for point in pair]


def path(points: list[Point], decimals: int = 2) -> str:
    return "M" + "L".join(f"{x:.{decimals}f} {y:.{decimals}f}" for x, y in points) + "Z"


def square_star(cx: float, cy: float, size: float = 1.0) -> list[Point]:
    """The 4-pointed star in the square between octagons."""
    return star(cx, cy, TILE * tan(pi / 8) / 2 * size, 4, pi / 4)


def heart_radius() -> float:
    """Of the khatam in the heart of an 8-pointed star."""
    return TILE / 2 * cos(ANGLE) / cos(ANGLE - pi / 8) * 0.62


def corners() -> list[Point]:
    """Where the squares between octagons stand: a quarter of each in every corner of the tile."""
    return [(x, y) for x in (0, TILE) for y in (0, TILE)]


def _file(shapes: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{TILE}" height="{TILE}" '
        f'viewBox="0 0 {TILE} {TILE}">{shapes}</svg>\n'
    )


def lines() -> str:
    """The strapwork as a faint line, for grounds."""
    middle = TILE / 2
    shapes = [star(middle, middle, middle, 8, 0)]
    shapes += [ring(middle, middle, heart_radius(), 4, turn) for turn in (0, pi / 4)]
    shapes += [square_star(x, y) for x, y in corners()]
    return _file(
        f'<path fill="none" stroke="{COLOUR}" stroke-width="1.1" '
        f'stroke-linejoin="round" d="{"".join(map(path, shapes))}"/>'
    )


@cache
def tile_stars() -> str:
    """Path data of the 8-pointed tile with a hole for its heart; to be filled by the even-odd rule."""
    middle = TILE / 2
    return path(star(middle, middle, middle * JOINT, 8, 0), 1) + path(
        khatam(middle, middle, heart_radius() * 1.22), 1
    )


@cache
def tile_hearts() -> str:
    """Path data of what stands in and between the 8-pointed tiles."""
    middle = TILE / 2
    shapes = [khatam(middle, middle, heart_radius())]
    shapes += [square_star(x, y, JOINT) for x, y in corners()]
    return "".join(path(shape, 1) for shape in shapes)


def stars() -> str:
    """A mask: the stylesheet gives the colour."""
    return _file(f'<path fill-rule="evenodd" d="{tile_stars()}"/>')


def hearts() -> str:
    return _file(f'<path d="{tile_hearts()}"/>')


FILES = {"zellige.svg": lines, "zellige-stars.svg": stars, "zellige-hearts.svg": hearts}


def panel(columns: int, rows: int, *, missing: Point) -> dict[str, str]:
    """A panel of whole tiles without the one at (column, row), by kind: `stars`, `hearts`, `gap`.

    For the pages that say something is not there. Path data, on a drawing of TILE units a tile.
    """
    found: dict[str, list[list[Point]]] = {"stars": [], "hearts": [], "gap": []}
    for column in range(columns):
        for row in range(rows):
            x, y = (column + 0.5) * TILE, (row + 0.5) * TILE
            if (column, row) == missing:
                found["gap"].append(star(x, y, TILE / 2 * JOINT, 8, 0))
                continue
            found["stars"] += [star(x, y, TILE / 2 * JOINT, 8, 0), khatam(x, y, heart_radius() * 1.22)]
            found["hearts"].append(khatam(x, y, heart_radius()))
    for column in range(1, columns):
        found["hearts"] += [square_star(column * TILE, row * TILE, JOINT) for row in range(1, rows)]
    return {kind: "".join(path(shape, 1) for shape in shapes) for kind, shapes in found.items()}


@cache
def fallen(cx: float, cy: float, turn: float) -> str:
    """The missing tile and the khatam in it, lying turned by `turn` radians."""
    return path(star(cx, cy, TILE / 2 * JOINT, 8, turn), 1) + path(
        khatam(cx, cy, heart_radius() * 1.22, turn), 1
    )
