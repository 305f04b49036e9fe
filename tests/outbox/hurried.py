"""The portal's Celery, in a hurry: what beat does each minute it does each second, and the broker gives a
task again whose worker has been silent for a second. Everything else is as in earnest."""

from onmt_tour.celery import app

app.conf.beat_schedule = {
    name: {**entry, "schedule": 1.0}
    for name, entry in app.conf.beat_schedule.items()
    if name in {"sweep", "reminders"}
}
app.conf.broker_transport_options = {**app.conf.broker_transport_options, "visibility_timeout": 1}
