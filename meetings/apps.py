from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = _("Tournée et rencontres")

    def ready(self) -> None:
        from django.urls import reverse

        from meetings import calendar_answers, desk, letters, officials
        from outbox import calendar_replies, purposes

        officials.register_audiences()
        calendar_replies.register("official", calendar_answers.hear)
        purposes.name(letters.PURPOSES)
        desk.register(
            desk.Page(
                "campaigns",
                _("Envois d’invitations"),
                lambda stop: reverse("campaigns:index", args=[stop.slug]),
            )
        )
        desk.register(
            desk.Page("letters", _("Courriers"), lambda stop: reverse("courriers:index", args=[stop.slug]))
        )
        desk.register(
            desk.Page(
                "urgent", _("Urgent, et messages"), lambda stop: reverse("urgent:index", args=[stop.slug])
            )
        )
        desk.register(desk.Page("texts", _("Textes des courriels"), lambda stop: reverse("texts:index")))
