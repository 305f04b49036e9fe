"""What the press room and the press contacts show makes pages new."""

from django.db import migrations

WATCHED = ("meetings_presscontact", "press_pressrelease", "press_photo")


class Migration(migrations.Migration):
    dependencies = [
        ("onmt_tour", "0001_public_revision"),
        ("meetings", "0008_press_contacts"),
        ("press", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            "\n".join(f"SELECT onmt_tour_watch('{table}');" for table in WATCHED),
            "\n".join(f"DROP TRIGGER public_changed ON {table};" for table in WATCHED),
        )
    ]
