from django.urls import URLPattern, URLResolver, path

from meetings import views

app_name = "meetings"
urlpatterns: list[URLPattern | URLResolver] = [
    path("agenda/", views.agenda, name="agenda"),
    path("etapes/<slug:slug>/", views.stop, name="stop"),
]
