from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "outbox"
    verbose_name = _("Courriels")

    def ready(self) -> None:
        from outbox import purposes, rehearsals

        purposes.name({rehearsals.PURPOSE: _("répétition")})
