import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0007_orders_under_way_name_the_invited")]

    operations = [
        migrations.CreateModel(
            name="PressContact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "house",
                    models.CharField(
                        choices=[("onmt", "ONMT"), ("agency", "agence de relations presse")],
                        max_length=10,
                        verbose_name="pour",
                    ),
                ),
                (
                    "organisation_fr",
                    models.CharField(blank=True, max_length=120, verbose_name="organisme (fr)"),
                ),
                (
                    "organisation_ar",
                    models.CharField(blank=True, max_length=120, verbose_name="organisme (ar)"),
                ),
                (
                    "organisation_en",
                    models.CharField(blank=True, max_length=120, verbose_name="organisme (en)"),
                ),
                ("function_fr", models.CharField(blank=True, max_length=120, verbose_name="fonction (fr)")),
                ("function_ar", models.CharField(blank=True, max_length=120, verbose_name="fonction (ar)")),
                ("function_en", models.CharField(blank=True, max_length=120, verbose_name="fonction (en)")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="téléphone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="adresse électronique")),
                ("hours_fr", models.CharField(blank=True, max_length=120, verbose_name="horaires (fr)")),
                ("hours_ar", models.CharField(blank=True, max_length=120, verbose_name="horaires (ar)")),
                ("hours_en", models.CharField(blank=True, max_length=120, verbose_name="horaires (en)")),
                ("verified", models.BooleanField(default=False, verbose_name="vérifié")),
                (
                    "tour",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="press_contacts",
                        to="meetings.tour",
                        verbose_name="tournée",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact presse",
                "verbose_name_plural": "contacts presse",
                "ordering": ["tour", "-house"],
                "constraints": [
                    models.UniqueConstraint(fields=("tour", "house"), name="press_contact_once_per_house"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verified", False),
                            models.Q(("phone", ""), _negated=True),
                            models.Q(("email", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="press_contact_verified_reaches_somebody",
                        violation_error_message="Un contact vérifié a un téléphone ou une adresse électronique.",
                    ),
                ],
            },
        ),
    ]
