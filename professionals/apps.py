from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProfessionalsConfig(AppConfig):
    name = "professionals"
    verbose_name = _("Professionnels")

    def ready(self) -> None:
        from professionals import attendance

        attendance.register()
