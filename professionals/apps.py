from functools import partial
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from meetings.models import Stop


def _address(route: str, stop: "Stop") -> str:
    return reverse(route, args=[stop.slug])


class ProfessionalsConfig(AppConfig):
    name = "professionals"
    verbose_name = _("Professionnels")

    def ready(self) -> None:
        from meetings import desk
        from outbox import calendar_replies, purposes
        from professionals import attendance, calendar_answers, mails

        attendance.register()
        calendar_replies.register("registration", calendar_answers.hear)
        purposes.name(mails.PURPOSES)
        for name, label, route in (
            ("team", _("Inscrire par téléphone"), "team:register"),
            ("delegations", _("Délégations"), "team:delegations"),
            ("papers", _("Papiers à imprimer"), "papers:index"),
            ("day", _("Accueil le jour même"), "day:door"),
            ("roll", _("Présences"), "roll:page"),
        ):
            desk.register(desk.Page(name, label, partial(_address, route)))
        desk.register(desk.Page("duplicates", _("Doublons"), lambda stop: reverse("team:duplicates")))
