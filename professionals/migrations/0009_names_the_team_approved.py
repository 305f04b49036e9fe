from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("professionals", "0008_told_by_telephone"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="approved",
            field=models.BooleanField(
                default=False,
                help_text="Proposé à qui commence à l’écrire en s’inscrivant.",
                verbose_name="nom validé",
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="name_ar",
            field=models.CharField(blank=True, max_length=160, verbose_name="nom en arabe"),
        ),
        migrations.AddField(
            model_name="organisation",
            name="name_ar_key",
            field=models.CharField(blank=True, editable=False, max_length=160),
        ),
    ]
