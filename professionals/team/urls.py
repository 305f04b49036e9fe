"""The team's pages about people, under /pilotage/."""

from django.urls import URLPattern, URLResolver, path

from professionals.team import calls, delegations, duplicates

app_name = "team"
urlpatterns: list[URLPattern | URLResolver] = [
    path("etapes/<slug:slug>/inscrire/", calls.register, name="register"),
    path("etapes/<slug:slug>/a-confirmer/", calls.unconfirmed, name="unconfirmed"),
    path("etapes/<slug:slug>/par-telephone/", calls.by_telephone, name="by_telephone"),
    path("etapes/<slug:slug>/delegations/", delegations.page, name="delegations"),
    path("etapes/<slug:slug>/delegations/delegations.csv", delegations.table, name="delegations_table"),
    path("etapes/<slug:slug>/delegations/inscrire/", delegations.register, name="register_delegation"),
    path("delegations/<int:pk>/", delegations.act, name="act_on_delegation"),
    path("demandes/<int:pk>/confirmer/", calls.confirm, name="confirm"),
    path("inscriptions/<int:pk>/lien/", calls.link, name="link"),
    path("inscriptions/<int:pk>/lien/papier/", calls.link_on_paper, name="link_on_paper"),
    path("inscriptions/<int:pk>/appelee/", calls.told, name="told"),
    path("doublons/", duplicates.page, name="duplicates"),
    path("doublons/fusionner/", duplicates.merge, name="merge"),
    path("doublons/<int:pk>/annuler/", duplicates.undo, name="unmerge"),
    path("doublons/distincts/", duplicates.tell_apart, name="tell_apart"),
    path("doublons/distincts/<int:pk>/reprendre/", duplicates.take_back, name="alike"),
    path("professionnels/<int:pk>/adresse/", calls.readdress, name="readdress"),
]
