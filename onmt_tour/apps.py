from django.apps import AppConfig


class OnmtTourConfig(AppConfig):
    name = "onmt_tour"
    verbose_name = "Portail de la tournée"

    def ready(self) -> None:
        from onmt_tour import thread_values

        thread_values.keep_plainly()
