from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="overtaken",
            field=models.BooleanField(default=False, editable=False, verbose_name="dépassé"),
        ),
    ]
