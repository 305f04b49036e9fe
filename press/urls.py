from django.urls import URLPattern, URLResolver, path

from press import views

app_name = "press"
urlpatterns: list[URLPattern | URLResolver] = [
    path("presse/", views.room, name="room"),
]
