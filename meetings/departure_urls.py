from django.urls import URLPattern, URLResolver, path

from meetings import departure_pages

app_name = "departures"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", departure_pages.index, name="index"),
    path("exemple/", departure_pages.example, name="example"),
    path("simulation/", departure_pages.simulation, name="simulation"),
    path("retenir/", departure_pages.hold, name="hold"),
    path("laisser-partir/", departure_pages.let_go, name="let_go"),
    path("apres-retablissement/", departure_pages.release, name="release"),
    path("repetition/", departure_pages.rehearse, name="rehearse"),
]
