"""The outlines of the regions, for maps. Drawn by `manage.py draw_map`, read once per process."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parent / "data" / "outlines.json"


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


@dataclass(frozen=True, slots=True)
class Map:
    """All regions by official code, on a drawing of this size."""

    width: int
    height: int
    credit: str
    regions: dict[str, Outline]


@cache
def kingdom() -> Map:
    drawn = json.loads(FILE.read_text())
    return Map(
        width=drawn["width"],
        height=drawn["height"],
        credit=drawn["credit"],
        regions={
            code: Outline(path=one["path"], heart=tuple(one["heart"]), box=tuple(one["box"]))
            for code, one in drawn["regions"].items()
        },
    )
