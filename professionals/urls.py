from django.urls import URLPattern, URLResolver, path

from professionals import kit, lost_link_views, organisations, personal_views, views
from professionals.delegations import views as delegation_views

app_name = "professionals"
urlpatterns: list[URLPattern | URLResolver] = [
    path("etapes/<slug:slug>/inscription/", views.register, name="register"),
    path("etapes/<slug:slug>/inscription/delegation/", views.ask_delegation, name="ask_delegation"),
    path("etapes/<slug:slug>/inscription/demandee/", views.requested, name="requested"),
    path("etapes/<slug:slug>/diffusion/", kit.kit, name="kit"),
    path("etapes/<slug:slug>/affiche.pdf", kit.poster, name="poster"),
    path("etapes/<slug:slug>/image.png", kit.square, name="square"),
    path("inscription/confirmer/<str:token>/", views.confirm, name="confirm"),
    path("inscription/invitation/<str:token>/", views.answer, name="answer"),
    path("inscription/delegation/<str:token>/", delegation_views.delegation, name="delegation"),
    path("inscription/delegation/<str:token>/annuler/", delegation_views.cancel, name="cancel_delegation"),
    path("inscription/badge/<str:token>/", personal_views.badge_check, name="badge_check"),
    path("inscription/lien-perdu/", lost_link_views.lost_link, name="lost_link"),
    path("inscription/lien-perdu/demande/", lost_link_views.asked, name="lost_link_asked"),
    path("etablissements/", organisations.suggestions, name="suggestions"),
    path("inscription/<str:token>/", personal_views.registration, name="registration"),
    path("inscription/<str:token>/coordonnees/", personal_views.correct, name="correct"),
    path("inscription/<str:token>/liberer/", personal_views.withdraw, name="withdraw"),
    path("inscription/<str:token>/je-confirme/", personal_views.reconfirm, name="reconfirm"),
    path("inscription/<str:token>/ceder/", personal_views.hand_over, name="hand_over"),
    path("inscription/<str:token>/badge/", personal_views.badge, name="badge"),
    path("inscription/<str:token>/documents/<int:pk>/", personal_views.handout, name="handout_file"),
    path("inscription/<str:token>/agenda.ics", personal_views.calendar_file, name="calendar_file"),
]
