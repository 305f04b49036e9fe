"""The yardstick: one Django view, no middleware, 20 kB, nothing else."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

BODY = b"x" * 20_000


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse(BODY)


settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
    SECRET_KEY="bare",  # noqa: S106
)
urlpatterns = [path("", view)]
application = get_wsgi_application()
