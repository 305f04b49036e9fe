from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0005_announcements")]

    operations = [
        migrations.AddField(
            model_name="announcement",
            name="keys",
            field=ArrayField(base_field=models.CharField(max_length=80), default=list, size=None),
        ),
    ]
