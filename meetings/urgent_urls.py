from django.urls import URLPattern, URLResolver, path

from meetings import call_pages, urgent_pages

app_name = "urgent"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", urgent_pages.index, name="index"),
    path("message/", urgent_pages.message, name="message"),
    path("<int:pk>/retirer/", urgent_pages.withdraw, name="withdraw"),
    path("<int:pk>/appels/", call_pages.calls, name="calls"),
    path("<int:pk>/appels.csv", call_pages.table, name="calls_table"),
    path("<int:pk>/appels-<str:language>.pdf", call_pages.paper, name="calls_paper"),
]
