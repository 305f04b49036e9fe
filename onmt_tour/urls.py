"""The addresses of the portal. Everything public stands under its language."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("compte/", include("allauth.urls")),
]
urlpatterns += i18n_patterns(
    path("", include("professionals.urls")),
    path("", include("meetings.urls")),
)
