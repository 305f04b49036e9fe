"""What the entries of mails already written showed, as long as their text is there."""

import re

from django.db import migrations


def read(apps, schema_editor):
    message = apps.get_model("outbox", "Message")
    for row in message.objects.exclude(calendar="").only("calendar").iterator(chunk_size=500):
        text = re.sub(r"\r?\n[ \t]", "", row.calendar)
        uid = re.search(r"^UID:(.*?)\r?$", text, re.MULTILINE)
        sequence = re.search(r"^SEQUENCE:(\d+)\r?$", text, re.MULTILINE)
        row.calendar_uid = uid[1] if uid else ""
        row.calendar_sequence = int(sequence[1]) if sequence else None
        row.save(update_fields=["calendar_uid", "calendar_sequence"])


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0009_what_an_entry_showed"),
    ]

    operations = [
        migrations.RunPython(read, migrations.RunPython.noop, elidable=True),
    ]
