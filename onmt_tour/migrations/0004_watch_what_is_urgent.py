"""A banner makes pages new. The list of whom it is for is apart, and changes no page."""

from django.db import migrations

TABLE = "meetings_broadcast"


class Migration(migrations.Migration):
    dependencies = [
        ("onmt_tour", "0003_revision_counts_held_seats"),
        ("meetings", "0014_broadcasts"),
    ]

    operations = [
        migrations.RunSQL(f"SELECT onmt_tour_watch('{TABLE}');", f"DROP TRIGGER public_changed ON {TABLE};")
    ]
