"""Tours that thank those who came write to those who did not, at the same moment; staff may stop it."""

from django.db import migrations


def add(apps, schema_editor):
    rules = apps.get_model("meetings", "ReminderRule")
    for thanks in rules.objects.filter(kind="thanks"):
        for kind in ("missed", "excused"):
            rules.objects.get_or_create(
                tour=thanks.tour,
                kind=kind,
                defaults={
                    "audiences": [kind],
                    "days": thanks.days,
                    "local_time": thanks.local_time,
                    "sensible_hours": thanks.sensible_hours,
                    "active": thanks.active,
                },
            )


class Migration(migrations.Migration):
    dependencies = [("meetings", "0015_mails_of_the_morrow")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
