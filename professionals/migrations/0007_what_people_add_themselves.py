import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("professionals", "0006_mail_is_optional"),
        ("regions", "0004_search_without_accents"),
    ]

    operations = [
        migrations.AddField(
            model_name="professional",
            name="function",
            field=models.CharField(blank=True, max_length=120, verbose_name="fonction"),
        ),
        migrations.AddField(
            model_name="professional",
            name="function_ar",
            field=models.CharField(blank=True, max_length=120, verbose_name="fonction en arabe"),
        ),
        migrations.AddField(
            model_name="professional",
            name="ice",
            field=models.CharField(blank=True, max_length=15, verbose_name="ICE de l’établissement"),
        ),
        migrations.AddField(
            model_name="professional",
            name="province",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="professionals",
                to="regions.province",
                verbose_name="province ou préfecture",
            ),
        ),
        migrations.AddField(
            model_name="professional",
            name="name_ar",
            field=models.CharField(blank=True, max_length=120, verbose_name="nom en arabe"),
        ),
        migrations.AddField(
            model_name="professional",
            name="name_ar_key",
            field=models.CharField(blank=True, editable=False, max_length=120),
        ),
        migrations.AddField(
            model_name="professional",
            name="news_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="nouvelles acceptées le"),
        ),
        migrations.AddField(
            model_name="professional",
            name="news_text",
            field=models.TextField(blank=True, verbose_name="consentement aux nouvelles, tel que lu"),
        ),
        migrations.AddField(
            model_name="professional",
            name="news_version",
            field=models.CharField(
                blank=True, max_length=20, verbose_name="version du consentement aux nouvelles"
            ),
        ),
        migrations.AddConstraint(
            model_name="professional",
            constraint=models.CheckConstraint(
                condition=models.Q(("ice", ""), ("ice__regex", "^[0-9]{15}$"), _connector="OR"),
                name="professional_ice_has_15_digits",
                violation_error_message="L’ICE compte 15 chiffres.",
            ),
        ),
        migrations.AddConstraint(
            model_name="professional",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("news_at", None), ("news_text", "")),
                    models.Q(("news_at__isnull", False), models.Q(("news_text", ""), _negated=True)),
                    _connector="OR",
                ),
                name="professional_news_are_wanted_as_worded",
            ),
        ),
    ]
