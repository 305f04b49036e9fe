"""Tours that exist get the words their mails had, as data. Nobody validated them: nothing leaves until then."""

import json
from pathlib import Path

from django.db import migrations

from outbox import clock

DATA = Path(__file__).resolve().parent.parent / "data" / "mail_texts.json"


def lay_down(apps, schema_editor):
    texts = apps.get_model("meetings", "MailText")
    usual = json.loads(DATA.read_text(encoding="utf-8"))
    now = clock.now()
    texts.objects.bulk_create(
        texts(tour=tour, kind=kind, language=language, version=1, written_at=now, **words)
        for tour in apps.get_model("meetings", "Tour").objects.all()
        for kind, languages in usual.items()
        for language, words in languages.items()
    )


class Migration(migrations.Migration):
    dependencies = [("meetings", "0022_versions_never_change")]

    operations = [migrations.RunPython(lay_down, migrations.RunPython.noop)]
