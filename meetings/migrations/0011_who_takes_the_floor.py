from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0010_tours_without_press_columns")]

    operations = [
        migrations.AddField(
            model_name="stop",
            name="speakers_ar",
            field=models.TextField(blank=True, verbose_name="prises de parole (ar)"),
        ),
        migrations.AddField(
            model_name="stop",
            name="speakers_en",
            field=models.TextField(blank=True, verbose_name="prises de parole (en)"),
        ),
        migrations.AddField(
            model_name="stop",
            name="speakers_fr",
            field=models.TextField(
                blank=True,
                help_text="Une fonction par ligne, jamais un nom.",
                verbose_name="prises de parole (fr)",
            ),
        ),
    ]
