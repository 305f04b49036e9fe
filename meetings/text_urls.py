from django.urls import URLPattern, URLResolver, path

from meetings import text_pages

app_name = "texts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", text_pages.index, name="index"),
    path("relire/<slug:language>/", text_pages.read_all, name="read_all"),
    path("<slug:kind>/<slug:language>/", text_pages.text, name="text"),
    path("<slug:kind>/<slug:language>/apercu/", text_pages.preview, name="preview"),
    path("<slug:kind>/<slug:language>/apercu/<slug:scheme>.html", text_pages.html, name="html"),
    path("<slug:kind>/<slug:language>/apercu/lettre.pdf", text_pages.paper, name="paper"),
    path("<slug:kind>/<slug:language>/essai/", text_pages.trial, name="trial"),
    path("<slug:kind>/<slug:language>/valider/", text_pages.validate, name="validate"),
    path("<slug:kind>/<slug:language>/retirer/", text_pages.withdraw, name="withdraw"),
]
