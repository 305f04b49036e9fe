"""The tour in the administration: stock pages, and three of our own for what touches the public."""

from meetings.admin import meetings, releases, stops, tours

__all__ = ["meetings", "releases", "stops", "tours"]
