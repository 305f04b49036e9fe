"""Icons of the portal, drawn on a 24 grid. They stand beside words and are hidden from screen readers."""

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# The khatam, two squares at 45 degrees, is the sign of "now"; "mark" is the portal's own emblem.
KHATAM = (
    '<polygon points="12,1 15.2,4.2 19.8,4.2 19.8,8.8 23,12 19.8,15.2 19.8,19.8 15.2,19.8 '
    '12,23 8.8,19.8 4.2,19.8 4.2,15.2 1,12 4.2,8.8 4.2,4.2 8.8,4.2"/>'
)
SHAPES = {
    "mark": (
        '<polygon points="12,.8 15.3,4.1 19.9,4.1 19.9,8.7 23.2,12 19.9,15.3 19.9,19.9 15.3,19.9 '
        '12,23.2 8.7,19.9 4.1,19.9 4.1,15.3 .8,12 4.1,8.7 4.1,4.1 8.7,4.1"/>'
        '<polygon points="12,6 13.8,7.8 16.2,7.8 16.2,10.2 18,12 16.2,13.8 16.2,16.2 13.8,16.2 '
        '12,18 10.2,16.2 7.8,16.2 7.8,13.8 6,12 7.8,10.2 7.8,7.8 10.2,7.8"/>'
        '<path d="M12 .8v5.2M12 18v5.2M.8 12H6M18 12h5.2"/>'
    ),
    "khatam": KHATAM,
    "circle": '<circle cx="12" cy="12" r="8"/>',
    "dashed": '<circle cx="12" cy="12" r="8.5" stroke-dasharray="2.5 3.2"/>',
    "half": (
        '<circle cx="12" cy="12" r="8.5"/>'
        '<path fill="currentColor" stroke="none" d="M12 3.5a8.5 8.5 0 0 1 0 17z"/>'
    ),
    "disc": '<circle cx="12" cy="12" r="8.5" fill="currentColor"/>',
    "queue": '<circle cx="6" cy="12" r="2.5"/><circle cx="13" cy="12" r="2.5"/><path d="M19 9v6"/>',
    "lock": '<path d="M5.5 10.5h13v10h-13zM8.5 10.5V7a3.5 3.5 0 0 1 7 0v3.5"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.2l3.4 2"/>',
    "pause": '<circle cx="12" cy="12" r="8.5"/><path d="M9.8 9v6m4.4-6v6"/>',
    "message": '<path d="M4 4.5h16v12h-9l-4.5 4v-4H4z"/>',
    "check": '<path d="m5 12.5 4.7 4.7L19.5 7"/>',
    "held": '<circle cx="12" cy="12" r="9.5"/><path class="mark" d="m7.5 12.3 3 3 6-6.3"/>',
    "moved": '<path d="M12 2.5 21.5 12 12 21.5 2.5 12Z"/><path fill="none" d="M8 12h8m-3-3 3 3-3 3"/>',
    "off": '<circle cx="12" cy="12" r="9.5"/><path fill="none" d="m8 8 8 8m0-8-8 8"/>',
    "download": '<path d="M12 3.5v12m-5-5 5 5 5-5M4 20.5h16"/>',
    "calendar": '<path d="M4 6h16v14H4zM4 10.5h16M8 3v5m8-5v5"/>',
    "pin": (
        '<path d="M12 21.5S5 14.6 5 9.6a7 7 0 0 1 14 0c0 5-7 11.9-7 11.9z"/>'
        '<circle cx="12" cy="9.6" r="2.4"/>'
    ),
    "mail": '<path d="M3.5 5.5h17v13h-17zM3.5 6.5l8.5 7 8.5-7"/>',
    "phone": (
        '<path d="M5 3.5h4l2 5-2.6 1.8a12 12 0 0 0 5.3 5.3l1.8-2.6 5 2v4a1.6 1.6 0 0 1-1.7 1.6'
        'A16.4 16.4 0 0 1 3.4 5.2 1.6 1.6 0 0 1 5 3.5z"/>'
    ),
    "people": (
        '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20a6.5 6.5 0 0 1 13 0M16 4.8a3.5 3.5 0 0 1 0 6.4'
        'M18.5 14.6a6.5 6.5 0 0 1 3 5.4"/>'
    ),
    "warning": '<path d="M12 3 22 20.5H2zM12 10v4.5m0 3v.1"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5m0-9v.1"/>',
    "back": '<path d="M20 12H4m6-6-6 6 6 6"/>',
    "list": '<path d="M8.5 6H20M8.5 12H20M8.5 18H20M4 6h.1M4 12h.1M4 18h.1"/>',
    "cross": '<path d="m6.5 6.5 11 11m0-11-11 11"/>',
    "arrow": '<path d="M4 12h16m-6-6 6 6-6 6"/>',
}


@lru_cache(maxsize=256)
def icon(name: str, css: str = "") -> SafeString:
    """The icon as inline SVG. Raises KeyError for a name nobody drew."""
    return format_html(
        '<svg class="i{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        f" {css}" if css else "",
        mark_safe(SHAPES[name]),  # noqa: S308 - a constant of this module
    )
