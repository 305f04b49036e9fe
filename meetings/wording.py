"""What every file of the agenda says alike: the state of a stop, in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from meetings.models import StopStatus

# « publiée » is the staff's word; a reader of the agenda wants to know that the stop takes place.
_STATES: dict[StopStatus, Promise] = {
    StopStatus.PUBLISHED: _("Annoncée"),
    StopStatus.POSTPONED: _("Reportée"),
    StopStatus.CANCELLED: _("Annulée"),
    StopStatus.HELD: _("Tenue"),
}

# Nobody is expected on the day these show.
CALLED_OFF: frozenset[str] = frozenset({StopStatus.CANCELLED, StopStatus.POSTPONED})


def state(status: StopStatus) -> str:
    """The state of a public stop, in the active language. A draft has none: KeyError."""
    return str(_STATES[status])
