"""Contrast of every pair of tokens that meet on a page, in both schemes, computed as WCAG does."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = (Path(settings.BASE_DIR) / "static" / "css" / "tokens.css").read_text()
SCHEMES = ("light", "dark")

# Text on the grounds it stands on: 4.5:1.
TEXT = {
    "ink": ("page", "panel", "raised", "blue-wash", "leaf-wash", "brick-wash", "error-wash"),
    "soft": ("page", "panel", "raised", "blue-wash", "leaf-wash", "brick-wash"),
    "action": ("page", "panel", "raised", "leaf-wash"),
    "blue": ("page", "panel", "raised", "blue-wash", "leaf-wash", "brick-wash"),
    "brick": ("page", "panel", "raised", "brick-wash"),
    "error": ("page", "raised", "error-wash"),
    "on-action": ("action", "action-over"),
    "on-green": ("green",),
    "on-card": ("on-green", "paper"),
    "on-pin": ("pin",),
    "print": ("paper",),
}
# Borders of fields, focus, signs of the map and of the line: 3:1.
SIGNS = {
    "edge": ("page", "panel", "raised"),
    "blue": ("page", "raised", "panel"),
    "error": ("page", "raised"),
    "here": ("page", "pin"),
    "land-done": ("page", "pin"),
    "brick": ("pin", "land-moved", "page"),
    "route": ("route-case",),
    "green-line": ("green",),
}


def tokens(scheme: str) -> dict[str, str]:
    """The colours of a scheme: dark ones over the light ones they replace."""
    light = TOKENS[: TOKENS.index("@media")]
    dark = TOKENS[TOKENS.index("[data-scheme=dark]") :]
    found = dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})\b", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})\b", dark))
    return found


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def too_faint(pairs: dict[str, tuple[str, ...]], at_least: float, scheme: str) -> list[str]:
    colours = tokens(scheme)
    return [
        f"--{front} on --{ground}: {ratio:.2f}"
        for front, grounds in pairs.items()
        for ground in grounds
        if (ratio := contrast(colours[front], colours[ground])) < at_least
    ]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_can_be_read_on_every_ground_it_stands_on(scheme: str) -> None:
    assert too_faint(TEXT, 4.5, scheme) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_borders_and_signs_can_be_seen(scheme: str) -> None:
    assert too_faint(SIGNS, 3.0, scheme) == []


def test_contrast_is_computed_as_wcag_does() -> None:
    assert round(contrast("#000", "#ffffff"), 2) == 21
    assert round(contrast("#767676", "#fff"), 2) == 4.54
    assert too_faint({"line": ("page",)}, 3.0, "light") == ["--line on --page: 1.40"]


def test_every_colour_of_text_is_looked_at() -> None:
    """A new colour for text must say here what it stands on."""
    css = (Path(settings.BASE_DIR) / "static" / "css" / "portal.css").read_text()
    used = set(re.findall(r"[{;]color:var\(--([\w-]+)\)", css))
    assert used - set(TEXT) - set(SIGNS) == set()
