"""The tour in the administration: stock pages, and some of our own for what touches the public."""

from meetings.admin import handouts, held_seats, invitations, meetings, releases, stops, tours

__all__ = ["handouts", "held_seats", "invitations", "meetings", "releases", "stops", "tours"]
