"""Highlights in Arabic and English; a council may have a name in each language beside its official one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("regions", "0005_figures_with_their_source")]

    operations = [
        migrations.RenameField("council", "name", "name_fr"),
        migrations.AddField(
            model_name="council",
            name="name_ar",
            field=models.CharField(
                blank=True,
                help_text="Le nom que le conseil emploie lui-même ; sinon le nom français est montré.",
                max_length=120,
                verbose_name="nom (ar)",
            ),
        ),
        migrations.AddField(
            model_name="council",
            name="name_en",
            field=models.CharField(blank=True, max_length=120, verbose_name="nom (en)"),
        ),
        migrations.AddField(
            model_name="region",
            name="highlights_ar",
            field=models.JSONField(blank=True, default=list, verbose_name="points d’intérêt (ar)"),
        ),
        migrations.AddField(
            model_name="region",
            name="highlights_en",
            field=models.JSONField(blank=True, default=list, verbose_name="points d’intérêt (en)"),
        ),
        migrations.AlterField(
            model_name="council",
            name="name_fr",
            field=models.CharField(max_length=120, verbose_name="nom officiel (fr)"),
        ),
    ]
