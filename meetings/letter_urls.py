from django.urls import URLPattern, URLResolver, path

from meetings import letter_pages

app_name = "courriers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", letter_pages.index, name="index"),
    path("lettres.pdf", letter_pages.paper, name="paper"),
    path("registre.<slug:kind>", letter_pages.register, name="register"),
    path("<int:pk>/", letter_pages.person, name="person"),
    path("<int:pk>/lettre-<int:letter>.pdf", letter_pages.one_paper, name="one_paper"),
]
