from django.urls import URLPattern, URLResolver, path

from press.desk import communiques, home, photos, press_file, stops

app_name = "press_desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.index, name="index"),
    path("contacts/<slug:house>/", home.contacts, name="contact"),
    path("communiques/nouveau/", communiques.new, name="new_communique"),
    path("communiques/<int:pk>/", communiques.one, name="communique"),
    path("communiques/<int:pk>/communique.pdf", communiques.document, name="document"),
    path("photos/", photos.every, name="photos"),
    path("photos/<int:pk>/", photos.one, name="photo"),
    path("photos/<int:pk>/photo.jpg", photos.picture, name="picture"),
    path("photos/<int:pk>/vignette.jpg", photos.picture, {"small": True}, name="small_picture"),
    path("fichier/", press_file.every, name="file"),
    path("fichier/importer/", press_file.bring, name="import"),
    path("fichier/nouveau/", press_file.new, name="new_journalist"),
    path("fichier/<int:pk>/", press_file.one, name="journalist"),
    path("etapes/<slug:slug>/", stops.one, name="stop"),
    path("etapes/<slug:slug>/accueil/", stops.door, name="door"),
    path("etapes/<slug:slug>/accueil.csv", stops.door_table, name="door_table"),
]
