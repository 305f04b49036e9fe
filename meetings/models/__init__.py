"""The tour: its stops, their meetings, what was released, who is invited, what reminds whom."""

from meetings.models.broadcast import Addressee, Broadcast
from meetings.models.handout import Handout, ReadBy
from meetings.models.held import HeldFor, HeldSeats
from meetings.models.invitation import (
    AFTERWARDS,
    Answer,
    Campaign,
    Channel,
    Invitation,
    ReminderKind,
    ReminderRule,
)
from meetings.models.letter import Letter, LetterYear
from meetings.models.mail_text import MailText, TextKind, TextLanguage
from meetings.models.meeting import AgendaItem, Meeting, MeetingKind, Visibility
from meetings.models.outcome import Outcome
from meetings.models.press_contact import House, PressContact
from meetings.models.release import Announcement, Release
from meetings.models.stop import PUBLIC_STATUSES, Access, Guest, Stop, StopQuerySet, StopStatus
from meetings.models.tour import AgendaTemplateItem, Tour, Venue, VenueKind

__all__ = [
    "AFTERWARDS",
    "PUBLIC_STATUSES",
    "Access",
    "Addressee",
    "AgendaItem",
    "AgendaTemplateItem",
    "Announcement",
    "Answer",
    "Broadcast",
    "Campaign",
    "Channel",
    "Guest",
    "Handout",
    "HeldFor",
    "HeldSeats",
    "House",
    "Invitation",
    "Letter",
    "LetterYear",
    "MailText",
    "Meeting",
    "MeetingKind",
    "Outcome",
    "PressContact",
    "ReadBy",
    "Release",
    "ReminderKind",
    "ReminderRule",
    "Stop",
    "StopQuerySet",
    "StopStatus",
    "TextKind",
    "TextLanguage",
    "Tour",
    "Venue",
    "VenueKind",
    "Visibility",
]
