"""Tours that exist get the words of the letter of invitation, as data. Nobody validated them."""

import json
from pathlib import Path

from django.db import migrations

from outbox import clock

DATA = Path(__file__).resolve().parent.parent / "data" / "mail_texts.json"
KIND = "invitation_letter"


def lay_down(apps, schema_editor):
    texts = apps.get_model("meetings", "MailText")
    usual = json.loads(DATA.read_text(encoding="utf-8"))[KIND]
    known = set(texts.objects.filter(kind=KIND).values_list("tour_id", "language"))
    now = clock.now()
    texts.objects.bulk_create(
        texts(tour=tour, kind=KIND, language=language, version=1, written_at=now, **words)
        for tour in apps.get_model("meetings", "Tour").objects.all()
        for language, words in usual.items()
        if (tour.pk, language) not in known
    )


class Migration(migrations.Migration):
    dependencies = [("meetings", "0027_letters_never_change")]

    operations = [migrations.RunPython(lay_down, migrations.RunPython.noop)]
