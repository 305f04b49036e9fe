from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Comptes")

    def ready(self) -> None:
        from accounts import audit, second_factor
        from outbox import journal, purposes

        second_factor.connect()
        journal.register(audit.record)
        purposes.name({"account": _("compte")})
