from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("professionals", "0012_contributions")]

    operations = [
        migrations.CreateModel(
            name="LostLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("asked_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "lien perdu",
                "verbose_name_plural": "liens perdus",
            },
        ),
    ]
