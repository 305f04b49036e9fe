from django.urls import URLPattern, URLResolver, path

from press import personal, views

app_name = "press"
urlpatterns: list[URLPattern | URLResolver] = [
    path("presse/", views.room, name="room"),
    path("presse/communiques/<int:pk>/", views.communique, name="communique"),
    path("presse/communiques/<int:pk>/communique.pdf", views.document, name="document_file"),
    path("presse/photos/<int:pk>.jpg", views.photo, name="photo_file"),
    path("presse/photos/<int:pk>-vignette.jpg", views.thumbnail, name="thumbnail_file"),
    path("presse/tout.zip", views.everything, name="everything_file"),
    path("presse/<str:token>/", personal.mine, name="mine"),
    path("presse/<str:token>/documents/<int:pk>/", personal.handout, name="handout_file"),
    path("etapes/<slug:slug>/avis-de-presse/", views.notice, name="notice"),
    path("etapes/<slug:slug>/avis-de-presse.pdf", views.notice_sheet, name="notice_file"),
]
