"""Composition root: settings, addresses, Celery, and the pages that join several apps."""

from onmt_tour.celery import app as celery_app

__all__ = ["celery_app"]
