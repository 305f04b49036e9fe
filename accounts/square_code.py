"""A square code drawn into the page itself: of a badge, of a second factor."""

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET = 2  # modules of white around the code; the page's own margin adds the rest


def drawn(address: str, *, label: str) -> SafeString:
    """The address as an SVG, as dark rectangles on white: no style, no script, sharp at any size."""
    rows = [list(row) for row in segno.make(address, error="m", micro=False).matrix_iter(border=QUIET)]
    path = "".join(
        f"M{start} {line}h{end - start}v1h-{end - start}z"
        for line, row in enumerate(rows)
        for start, end in _runs(row)
    )
    return format_html(
        '<svg viewBox="0 0 {0} {0}" role="img" aria-label="{1}" shape-rendering="crispEdges">'
        '<path d="{2}"/></svg>',
        len(rows),
        label,
        path,
    )


def _runs(row: list[int]) -> list[tuple[int, int]]:
    """Where dark modules begin and end."""
    runs, start = [], None
    for place, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            runs.append((start, place))
            start = None
    return runs
