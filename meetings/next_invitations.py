"""As a stop is held, the next one's invitations open by themselves, where the tour is set so.

Read from the facts at each beat, not done once as the stop is held: what was missed is caught up with, and
twice is once. Where staff ordered invitations of the next stop themselves, they have it in hand.
"""

from meetings import invitations
from meetings.models import Campaign, ReminderKind, ReminderRule, Stop, StopStatus, Tour


def open_due() -> list[Campaign]:
    """Order the invitations that a held stop opens; answers the orders."""
    opened = []
    for tour in Tour.objects.filter(invites_next=True):
        stop, rule = _next(tour), _rule(tour)
        if stop is None or rule is None or stop.campaigns.exists():
            continue
        try:
            opened.append(invitations.invite(stop, audiences=rule.audiences, by=None))
        except invitations.NotInvitable:
            continue  # asked again at the next beat
    return opened


def _next(tour: Tour) -> Stop | None:
    """The first published stop after the last that was held."""
    held = tour.stops.filter(status=StopStatus.HELD).order_by("-date", "-rank").first()
    if held is None:
        return None
    after = tour.stops.filter(status=StopStatus.PUBLISHED, date__gt=held.date)
    return after.order_by("date", "rank").first()


def _rule(tour: Tour) -> ReminderRule | None:
    """Whom the tour invites; nobody where staff switched the rule off."""
    return ReminderRule.objects.filter(tour=tour, kind=ReminderKind.INVITATION, active=True).first()
