"""The day of a stop, at its door: `/pilotage/etapes/<slug>/jour/`."""

from django.urls import path

from professionals.day import device_views, views

app_name = "day"
DAY = "etapes/<slug:slug>/jour/"
urlpatterns = [
    path("jour/", views.mine, name="mine"),
    path(DAY, views.door, name="door"),
    path(f"{DAY}personne/<str:key>/", views.person, name="person"),
    path(f"{DAY}presence/", views.mark, name="mark"),
    path(f"{DAY}annuler/", views.take_back, name="take_back"),
    path(f"{DAY}place/", views.seat, name="seat"),
    path(f"{DAY}sans-inscription/", views.walk_in, name="walk_in"),
    path(f"{DAY}direct/", views.live, name="live"),
    path(f"{DAY}direct/chiffres/", views.figures_now, name="figures"),
    path(f"{DAY}hors-ligne/", device_views.shell, name="shell"),
    path(f"{DAY}agent.js", device_views.worker, name="worker"),
    path(f"{DAY}liste.json", device_views.list_of_people, name="list"),
    path(f"{DAY}marques/", device_views.marks, name="marks"),
]
