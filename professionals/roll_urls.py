from django.urls import URLPattern, URLResolver, path

from professionals import roll_pages

app_name = "roll"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", roll_pages.page, name="page"),
    path("presences.csv", roll_pages.table, name="table"),
]
