from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = _("Tournée et rencontres")

    def ready(self) -> None:
        from meetings import letters, officials
        from outbox import purposes

        officials.register_audiences()
        purposes.name(letters.PURPOSES)
