from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProfessionalsConfig(AppConfig):
    name = "professionals"
    verbose_name = _("Professionnels")

    def ready(self) -> None:
        from django.urls import reverse

        from meetings import desk
        from outbox import purposes
        from professionals import attendance, mails

        attendance.register()
        purposes.name(mails.PURPOSES)
        desk.register(desk.Page("roll", _("Présences"), lambda stop: reverse("roll:page", args=[stop.slug])))
        desk.register(
            desk.Page(
                "papers", _("Papiers à imprimer"), lambda stop: reverse("papers:index", args=[stop.slug])
            )
        )
