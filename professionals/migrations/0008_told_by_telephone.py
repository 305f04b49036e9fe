from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("professionals", "0007_what_people_add_themselves"),
    ]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="phoned_sequence",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="registration",
            name="phoned_step",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AlterField(
            model_name="registration",
            name="channel",
            field=models.CharField(
                blank=True,
                choices=[
                    ("affiche", "affiche"),
                    ("image", "image à partager"),
                    ("message", "message à transmettre"),
                    ("accueil", "sur place"),
                    ("telephone", "téléphone"),
                ],
                editable=False,
                max_length=10,
                verbose_name="canal",
            ),
        ),
        migrations.AlterField(
            model_name="seatrequest",
            name="channel",
            field=models.CharField(
                blank=True,
                choices=[
                    ("affiche", "affiche"),
                    ("image", "image à partager"),
                    ("message", "message à transmettre"),
                    ("accueil", "sur place"),
                    ("telephone", "téléphone"),
                ],
                max_length=10,
            ),
        ),
    ]
