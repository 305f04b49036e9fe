from django.urls import URLPattern, URLResolver, path

from meetings import campaign_pages

app_name = "campaigns"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", campaign_pages.index, name="index"),
    path("<int:pk>/", campaign_pages.progress, name="progress"),
    path("<int:pk>/envoi.<slug:kind>", campaign_pages.table, name="table"),
]
