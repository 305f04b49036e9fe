from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PressConfig(AppConfig):
    name = "press"
    verbose_name = _("Presse")

    def ready(self) -> None:
        from meetings import calendar_answers
        from outbox import calendar_replies, purposes
        from press import accreditations, audience

        audience.register()
        calendar_replies.register("journalist", calendar_answers.hear)
        purposes.name(accreditations.PURPOSES)
