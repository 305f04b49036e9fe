from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0012_lives_of_the_database"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="message", name="message_by_subject"),
        migrations.AddField(
            model_name="message",
            name="origin",
            field=models.CharField(blank=True, default="", editable=False, max_length=40),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["subject", "purpose", "origin"], name="message_by_subject"),
        ),
    ]
