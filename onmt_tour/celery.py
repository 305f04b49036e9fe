"""The doorbell: PostgreSQL says what is due, Celery only rings for it."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onmt_tour.settings")

app = Celery("onmt_tour")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
