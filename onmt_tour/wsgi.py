"""Where every web server begins: it serves once what must be right is right."""

import os

import django
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onmt_tour.settings")
django.setup()

from onmt_tour import startup  # noqa: E402 - reads settings

startup.refuse_unless_ready("The web")
application = get_wsgi_application()
