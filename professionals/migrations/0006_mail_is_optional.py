import phonenumber_field.modelfields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("professionals", "0005_marks_at_the_door"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="professional",
            name="professional_once_per_mail_and_name",
        ),
        migrations.AlterField(
            model_name="professional",
            name="email",
            field=models.EmailField(blank=True, max_length=254, verbose_name="adresse électronique"),
        ),
        migrations.AlterField(
            model_name="professional",
            name="phone",
            field=phonenumber_field.modelfields.PhoneNumberField(
                blank=True, max_length=128, region="MA", verbose_name="mobile"
            ),
        ),
        migrations.AddField(
            model_name="professional",
            name="known_by",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(email="", then=models.F("phone")),
                    default=models.F("email"),
                    output_field=models.CharField(),
                ),
                output_field=models.CharField(max_length=254),
            ),
        ),
        migrations.AddConstraint(
            model_name="professional",
            constraint=models.UniqueConstraint(
                fields=("known_by", "name_key"),
                name="professional_once_per_mail_or_mobile_and_name",
                violation_error_message="Cette personne existe déjà.",
            ),
        ),
        migrations.AddConstraint(
            model_name="professional",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", ""), ("phone", ""), _negated=True),
                name="professional_can_be_reached",
                violation_error_message="Indiquez une adresse électronique ou un mobile.",
            ),
        ),
    ]
