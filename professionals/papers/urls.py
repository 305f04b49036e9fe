from django.urls import URLPattern, URLResolver, path

from professionals.papers import views

app_name = "papers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.index, name="index"),
    path("emargement-<int:meeting>-<str:language>.pdf", views.to_sign, name="to_sign"),
    path("<slug:name>-<str:language>.pdf", views.paper, name="paper"),
]
