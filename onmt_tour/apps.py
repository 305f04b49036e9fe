from django.apps import AppConfig


class OnmtTourConfig(AppConfig):
    name = "onmt_tour"
    verbose_name = "Portail de la tournée"
