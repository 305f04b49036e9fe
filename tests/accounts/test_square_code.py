"""The square code of badges and second factors."""

import re
import xml.etree.ElementTree as ET

import segno

from accounts.square_code import QUIET, drawn

ADDRESS = "https://tournee.portal.example/fr/inscription/badge/12.AbCdEfGhIjKlMnOpQrStUvWxYz0/"


def test_the_code_draws_every_dark_module_of_the_address_and_no_other() -> None:
    drawing = drawn(ADDRESS, label="Code & badge")
    svg = ET.fromstring(drawing)  # noqa: S314 (drawn two lines above)
    [path] = list(svg)
    dark = set()
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", path.attrib["d"]):
        dark |= {(column, int(y)) for column in range(int(x), int(x) + int(width))}
    expected = {
        (column, line)
        for line, row in enumerate(segno.make(ADDRESS, error="m", micro=False).matrix_iter(border=QUIET))
        for column, bit in enumerate(row)
        if bit
    }
    assert dark == expected
    assert svg.attrib["aria-label"] == "Code & badge"
    assert "style" not in drawing
