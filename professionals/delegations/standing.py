"""Where the delegations of a stop stand: for the team, for the day, and as a table."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings import tables
from meetings.models import Stop
from professionals import promotion
from professionals.models import Delegation, DelegationStatus
from regions import dates

ORDER = tuple(DelegationStatus.values)  # those to be answered first, those that are over last


@dataclass(frozen=True, slots=True)
class Line:
    delegation: Delegation
    named: int
    name_by: datetime

    @property
    def unnamed(self) -> int:
        return self.delegation.granted - self.named

    @property
    def short(self) -> int:
        """Places still waited for."""
        active = self.delegation.status == DelegationStatus.ACTIVE
        return self.delegation.places - self.delegation.granted if active else 0


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Places of an establishment that nobody is named for."""

    organisation: str
    places: int

    def words(self) -> str:
        return ngettext(
            "Délégation %(organisation)s : %(count)d place non nommée",
            "Délégation %(organisation)s : %(count)d places non nommées",
            self.places,
        ) % {"organisation": self.organisation, "count": self.places}


def of(stop: Stop) -> list[Line]:
    """All of a stop, those to be answered first, then by rank. One query."""
    found = [_line(one, stop) for one in _with_named(stop)]
    return sorted(found, key=lambda line: (ORDER.index(line.delegation.status), line.delegation.confirmed_at))


def unnamed(stop: Stop) -> list[Unnamed]:
    """Where chairs are kept that nobody is named for. One query."""
    rows = _with_named(stop).filter(granted__gt=F("named")).order_by("organisation__name_key", "pk")
    return [Unnamed(one.organisation.name, one.granted - one.named) for one in rows]  # type: ignore[attr-defined]


def csv(stop: Stop, language: str) -> bytes:
    """Every delegation with its figures and whom to call."""
    with translation.override(language):
        columns = [
            *(_("Établissement"), _("Demandée par"), _("Mobile"), _("Adresse électronique"), _("État")),
            *(_("Places demandées"), _("Toutes ou aucune"), _("Places attribuées"), _("Personnes nommées")),
            *(_("Places non nommées"), _("À nommer avant le"), _("Places attendues")),
        ]
        return tables.write(columns, [_cells(line, language) for line in of(stop)])


def _with_named(stop: Stop) -> QuerySet[Delegation]:
    rows = Delegation.objects.filter(stop=stop).select_related("organisation", "contact")
    return rows.annotate(named=Count("members"))


def _line(delegation: Delegation, stop: Stop) -> Line:
    delegation.stop = stop
    return Line(delegation, delegation.named, promotion.name_by(delegation))  # type: ignore[attr-defined]


def _cells(line: Line, language: str) -> list[str]:
    one = line.delegation
    return [
        *(one.organisation.name, one.contact.name, str(one.contact.phone), one.contact.email),
        *(str(one.get_status_display()), str(one.places), _("oui") if one.whole else _("non")),
        *(str(one.granted), str(line.named), str(line.unnamed)),
        *(dates.moment(line.name_by, language) if line.unnamed else "", str(line.short)),
    ]
