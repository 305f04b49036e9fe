from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PressConfig(AppConfig):
    name = "press"
    verbose_name = _("Presse")

    def ready(self) -> None:
        from outbox import purposes
        from press import accreditations, audience

        audience.register()
        purposes.name(accreditations.PURPOSES)
