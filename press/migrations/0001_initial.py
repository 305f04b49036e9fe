import django.db.models.deletion
import django.db.models.functions.text
import phonenumber_field.modelfields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("meetings", "0011_who_takes_the_floor"),
        ("regions", "0004_search_without_accents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Journalist",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="nom et prénom")),
                ("name_key", models.CharField(editable=False, max_length=120)),
                ("name_ar", models.CharField(blank=True, max_length=120, verbose_name="nom en arabe")),
                ("outlet", models.CharField(max_length=120, verbose_name="média")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("agency", "agence de presse"),
                            ("print", "presse écrite"),
                            ("web", "presse en ligne"),
                            ("radio", "radio"),
                            ("tv", "télévision"),
                            ("other", "autre média"),
                        ],
                        default="other",
                        max_length=10,
                        verbose_name="type de média",
                    ),
                ),
                ("function", models.CharField(blank=True, max_length=120, verbose_name="fonction")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="adresse électronique")),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True, max_length=128, region="MA", verbose_name="téléphone"
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "Français"), ("ar", "العربية"), ("en", "English")],
                        default="fr",
                        max_length=2,
                        verbose_name="langue",
                    ),
                ),
                ("source", models.CharField(max_length=200, verbose_name="source de la donnée")),
                ("legal_basis", models.CharField(max_length=200, verbose_name="base légale")),
                ("active", models.BooleanField(default=True, verbose_name="en activité")),
                ("created_at", models.DateTimeField(editable=False, verbose_name="créé le")),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="journalists",
                        to="regions.region",
                        verbose_name="région",
                    ),
                ),
            ],
            options={
                "verbose_name": "journaliste",
                "verbose_name_plural": "journalistes",
                "ordering": ["outlet", "name_key", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("email", "name_key", "outlet"),
                        name="journalist_once_per_mail_name_and_outlet",
                        violation_error_message="Cette personne est déjà dans le fichier.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                        name="journalist_email_is_lower_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("email", ""), _negated=True),
                            models.Q(("phone", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="journalist_can_be_reached",
                        violation_error_message="Indiquez une adresse électronique ou un téléphone.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("source", ""), _negated=True),
                            models.Q(("legal_basis", ""), _negated=True),
                        ),
                        name="journalist_is_known_lawfully",
                        violation_error_message="Indiquez d’où vient cette fiche et sur quelle base légale elle est tenue.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Photo",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("embargo_on", models.DateField(blank=True, null=True, verbose_name="embargo jusqu’au")),
                ("embargo_at", models.TimeField(blank=True, null=True, verbose_name="heure de l’embargo")),
                ("created_at", models.DateTimeField(editable=False, verbose_name="créé le")),
                ("published_at", models.DateTimeField(editable=False, null=True, verbose_name="publié le")),
                ("file", models.CharField(editable=False, max_length=60)),
                ("thumbnail", models.CharField(editable=False, max_length=60)),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("width", models.PositiveIntegerField(editable=False)),
                ("height", models.PositiveIntegerField(editable=False)),
                ("size", models.PositiveIntegerField(editable=False)),
                ("credit", models.CharField(blank=True, max_length=120, verbose_name="crédit")),
                ("rights", models.CharField(blank=True, max_length=300, verbose_name="droits d’utilisation")),
                (
                    "alt_fr",
                    models.CharField(blank=True, max_length=300, verbose_name="texte de remplacement (fr)"),
                ),
                (
                    "alt_ar",
                    models.CharField(blank=True, max_length=300, verbose_name="texte de remplacement (ar)"),
                ),
                (
                    "alt_en",
                    models.CharField(blank=True, max_length=300, verbose_name="texte de remplacement (en)"),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "stop",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)s_set",
                        to="meetings.stop",
                        verbose_name="étape",
                    ),
                ),
            ],
            options={
                "verbose_name": "photo",
                "verbose_name_plural": "photos",
                "ordering": ["-published_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("embargo_at", None), ("embargo_on", None)),
                            models.Q(("embargo_at__isnull", False), ("embargo_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="photo_embargo_has_day_and_hour",
                        violation_error_message="Un embargo a un jour et une heure, ou ni l’un ni l’autre.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_at", None),
                            models.Q(
                                models.Q(("credit", ""), _negated=True),
                                models.Q(("rights", ""), _negated=True),
                                models.Q(("alt_fr", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="photo_published_is_described",
                        violation_error_message="Une photo publiée a un crédit, des droits d’utilisation et un texte de remplacement.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PressRelease",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("embargo_on", models.DateField(blank=True, null=True, verbose_name="embargo jusqu’au")),
                ("embargo_at", models.TimeField(blank=True, null=True, verbose_name="heure de l’embargo")),
                ("created_at", models.DateTimeField(editable=False, verbose_name="créé le")),
                ("published_at", models.DateTimeField(editable=False, null=True, verbose_name="publié le")),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "Français"), ("ar", "العربية"), ("en", "English")],
                        default="fr",
                        max_length=2,
                        verbose_name="langue",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="titre")),
                ("body", models.TextField(verbose_name="texte")),
                ("document", models.CharField(blank=True, editable=False, max_length=60)),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="press.pressrelease",
                        verbose_name="rectifie",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "stop",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)s_set",
                        to="meetings.stop",
                        verbose_name="étape",
                    ),
                ),
            ],
            options={
                "verbose_name": "communiqué",
                "verbose_name_plural": "communiqués",
                "ordering": ["-published_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("embargo_at", None), ("embargo_on", None)),
                            models.Q(("embargo_at__isnull", False), ("embargo_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="press_release_embargo_has_day_and_hour",
                        violation_error_message="Un embargo a un jour et une heure, ou ni l’un ni l’autre.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_at", None),
                            models.Q(
                                models.Q(("title", ""), _negated=True), models.Q(("body", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="press_release_published_says_something",
                        violation_error_message="Un communiqué publié a un titre et un texte.",
                    ),
                ],
            },
        ),
    ]
