"""The 12 regions, who represents tourism there, markets and holidays."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts import links
from regions.languages import current_language, shown


class Strength(models.Model):
    """What a region lives from: seaside, oases, business …"""

    code = models.SlugField(_("code"), unique=True)
    name_fr = models.CharField(_("nom (fr)"), max_length=80)
    name_ar = models.CharField(_("nom (ar)"), max_length=80)
    name_en = models.CharField(_("nom (en)"), max_length=80)

    class Meta:
        verbose_name = _("atout")
        verbose_name_plural = _("atouts")
        ordering = ["code"]

    def __str__(self) -> str:
        return shown(self, "name")


class Region(models.Model):
    """One of the 12 regions, in official order of code (MA-01 … MA-12)."""

    code = models.CharField(_("code"), max_length=5, unique=True)
    slug = models.SlugField(_("adresse"), unique=True)
    name_fr = models.CharField(_("nom (fr)"), max_length=80)
    name_ar = models.CharField(_("nom (ar)"), max_length=80)
    name_en = models.CharField(_("nom (en)"), max_length=80)
    name_zgh = models.CharField(_("nom (tifinaghe)"), max_length=80, blank=True)
    name_zgh_status = models.CharField(_("état du nom tifinaghe"), max_length=60, blank=True)
    aliases = models.JSONField(_("autres graphies"), default=list, blank=True)
    capital_fr = models.CharField(_("chef-lieu (fr)"), max_length=60)
    capital_ar = models.CharField(_("chef-lieu (ar)"), max_length=60)
    capital_en = models.CharField(_("chef-lieu (en)"), max_length=60)
    latitude = models.FloatField(_("latitude du chef-lieu"))
    longitude = models.FloatField(_("longitude du chef-lieu"))
    population_2024 = models.PositiveIntegerField(_("population légale 2024"))
    area_km2 = models.PositiveIntegerField(_("superficie (km²)"))
    area_note = models.TextField(_("note sur la superficie"), blank=True)
    # Lists, in the same order. The Arabic and English of the reference data are our own translations.
    highlights_fr = models.JSONField(_("points d’intérêt (fr)"), default=list, blank=True)
    highlights_ar = models.JSONField(_("points d’intérêt (ar)"), default=list, blank=True)
    highlights_en = models.JSONField(_("points d’intérêt (en)"), default=list, blank=True)
    strengths = models.ManyToManyField(Strength, verbose_name=_("atouts"), related_name="regions", blank=True)

    class Meta:
        verbose_name = _("région")
        verbose_name_plural = _("régions")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^MA-(0[1-9]|1[0-2])$"), name="region_code_is_official"
            )
        ]

    def __str__(self) -> str:
        return shown(self, "name")


class ProvinceKind(models.TextChoices):
    PROVINCE = "province", _("province")
    PREFECTURE = "prefecture", _("préfecture")


class Province(models.Model):
    """A province or prefecture of a region."""

    region = models.ForeignKey(Region, models.CASCADE, related_name="provinces", verbose_name=_("région"))
    code_hcp = models.CharField(_("code HCP"), max_length=8, unique=True)
    name_fr = models.CharField(_("nom (fr)"), max_length=80)
    name_ar = models.CharField(_("nom (ar)"), max_length=80)
    kind = models.CharField(_("type"), max_length=10, choices=ProvinceKind)
    population_2024 = models.PositiveIntegerField(_("population légale 2024"))

    class Meta:
        verbose_name = _("province ou préfecture")
        verbose_name_plural = _("provinces et préfectures")
        ordering = ["code_hcp"]

    def __str__(self) -> str:
        return self.name_ar if current_language() == "ar" else self.name_fr


class Airport(models.Model):
    region = models.ForeignKey(Region, models.CASCADE, related_name="airports", verbose_name=_("région"))
    iata = models.CharField(_("code IATA"), max_length=3, unique=True)
    name = models.CharField(_("nom"), max_length=80)
    verified = models.BooleanField(_("vérifié"))

    class Meta:
        verbose_name = _("aéroport")
        verbose_name_plural = _("aéroports")
        ordering = ["iata"]

    def __str__(self) -> str:
        return f"{self.name} ({self.iata})"


class Council(models.Model):
    """The regional tourism council (CRT) of a region. Official names exist in French only."""

    region = models.OneToOneField(Region, models.CASCADE, related_name="council", verbose_name=_("région"))
    name_fr = models.CharField(_("nom officiel (fr)"), max_length=120)
    name_ar = models.CharField(
        _("nom (ar)"),
        max_length=120,
        blank=True,
        help_text=_("Le nom que le conseil emploie lui-même ; sinon le nom français est montré."),
    )
    name_en = models.CharField(_("nom (en)"), max_length=120, blank=True)
    seat = models.CharField(_("siège"), max_length=60, blank=True)
    status = models.CharField(_("état de l’information"), max_length=80)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("conseil régional du tourisme")
        verbose_name_plural = _("conseils régionaux du tourisme")
        ordering = ["region__code"]

    def __str__(self) -> str:
        return shown(self, "name")


class Body(models.TextChoices):
    """On whose behalf an official comes; also the name of their audience."""

    WILAYA = "wilaya", _("Wilaya et provinces")
    REGIONAL_COUNCIL = "regional_council", _("Conseil de la région")
    CRT = "crt", _("Conseil régional du tourisme")
    MINISTRY = "ministry", _("Délégation du ministère")
    CNT = "cnt", _("CNT et fédérations")
    ONMT = "onmt", _("Délégation de l’ONMT")
    OTHER = "other", _("Autres institutions")


class Language(models.TextChoices):
    FR = "fr", "Français"
    AR = "ar", "العربية"
    EN = "en", "English"


class Official(models.Model):
    """A person invited by function: of one region, or of the country when `region` is empty."""

    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="officials",
        verbose_name=_("région"),
    )
    body = models.CharField(_("institution"), max_length=20, choices=Body)
    function_fr = models.CharField(_("fonction (fr)"), max_length=160)
    function_ar = models.CharField(_("fonction (ar)"), max_length=160, blank=True)
    civility = models.CharField(_("civilité"), max_length=40, blank=True)
    title = models.CharField(_("titre protocolaire"), max_length=120, blank=True)
    name = models.CharField(_("nom"), max_length=120, blank=True)
    name_ar = models.CharField(_("nom en arabe"), max_length=120, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    phone = PhoneNumberField(_("téléphone"), region="MA", blank=True)
    language = models.CharField(_("langue"), max_length=2, choices=Language, default=Language.FR)
    by_letter = models.BooleanField(
        _("écrire par courrier seulement"),
        default=False,
        help_text=_(
            "Aucun message électronique ne part vers cette personne, même si son adresse est connue."
        ),
    )
    assistant_email = models.EmailField(
        _("adresse du secrétariat"),
        blank=True,
        help_text=_(
            "Une copie pour information des invitations, des rappels, des changements et des remerciements y "
            "part, sans aucun lien personnel. Rien n’y part pour qui reçoit des courriers, ni quand c’est "
            "l’adresse du responsable lui-même."
        ),
    )
    protocol_rank = models.PositiveSmallIntegerField(_("rang protocolaire habituel"), default=100)
    source = models.CharField(_("source de la donnée"), max_length=200)
    legal_basis = models.CharField(_("base légale"), max_length=200)
    active = models.BooleanField(_("en fonction"), default=True)
    nonce = models.CharField(max_length=32, default=links.new_nonce, editable=False)

    class Meta:
        verbose_name = _("responsable")
        verbose_name_plural = _("responsables")
        ordering = ["protocol_rank", "pk"]
        constraints = [
            models.UniqueConstraint(
                # A mailbox may serve several colleagues, and several may have none.
                fields=["region", "body", "function_fr", "email", "name", "name_ar"],
                nulls_distinct=False,
                name="official_once_per_function_mail_and_name",
                violation_error_message=_("Ce responsable existe déjà."),
            )
        ]

    def __str__(self) -> str:
        return f"responsable {self.pk}"


class RegionFigure(models.Model):
    """A figure of a region with the source that says it, for those who speak there.

    `code` names a figure of the reference data for good; those that staff add have none.
    """

    region = models.ForeignKey(Region, models.CASCADE, related_name="figures", verbose_name=_("région"))
    code = models.SlugField(_("code"), blank=True, editable=False)
    label_fr = models.CharField(_("libellé (fr)"), max_length=120)
    label_ar = models.CharField(_("libellé (ar)"), max_length=120, blank=True)
    value = models.CharField(_("valeur"), max_length=60)
    period = models.CharField(_("période"), max_length=40, blank=True)
    source = models.CharField(_("source"), max_length=200)
    verified = models.BooleanField(_("vérifié"), default=False)
    position = models.PositiveSmallIntegerField(_("ordre"), default=100)

    class Meta:
        verbose_name = _("chiffre d’une région")
        verbose_name_plural = _("chiffres des régions")
        ordering = ["region__code", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=~Q(code=""), name="region_figure_of_the_reference_data_once"
            ),
            models.UniqueConstraint(
                fields=["region", "label_fr", "period"],
                name="region_figure_once_per_period",
                violation_error_message=_("Cette région a déjà ce chiffre pour cette période."),
            ),
        ]

    def __str__(self) -> str:
        arabic = current_language() == "ar" and self.label_ar
        return f"{self.label_ar if arabic else self.label_fr} : {self.value}"


class MarketTier(models.TextChoices):
    DOMESTIC = "domestic", _("national")
    STRATEGIC = "strategic", _("prioritaire")
    MAIN = "main", _("principal")
    EMERGING = "emerging", _("émergent")


class Market(models.Model):
    """A market the recovery plan addresses. The tier is an editorial grouping."""

    code = models.CharField(_("code"), max_length=8, unique=True)
    name_fr = models.CharField(_("nom (fr)"), max_length=80)
    name_ar = models.CharField(_("nom (ar)"), max_length=80)
    name_en = models.CharField(_("nom (en)"), max_length=80)
    tier = models.CharField(_("rang"), max_length=20, choices=MarketTier)
    verified = models.BooleanField(_("vérifié"))

    class Meta:
        verbose_name = _("marché")
        verbose_name_plural = _("marchés")
        ordering = ["code"]

    def __str__(self) -> str:
        return shown(self, "name")


class LegalCategory(models.Model):
    """A category of tourism professionals, with the law that defines it."""

    code = models.SlugField(_("code"), unique=True)
    group = models.SlugField(_("famille"))
    group_name_fr = models.CharField(_("famille (fr)"), max_length=120)
    group_name_ar = models.CharField(_("famille (ar)"), max_length=120, blank=True)
    group_name_en = models.CharField(_("famille (en)"), max_length=120, blank=True)
    law = models.CharField(_("texte"), max_length=200, blank=True)
    name_fr = models.CharField(_("nom (fr)"), max_length=120)
    name_ar = models.CharField(_("nom (ar)"), max_length=120, blank=True)
    name_en = models.CharField(_("nom (en)"), max_length=120, blank=True)
    verified = models.BooleanField(_("vérifiée"), default=False)  # what law and usage call it
    law_verified = models.BooleanField(_("texte vérifié"), default=False)
    position = models.PositiveSmallIntegerField(_("ordre"))

    class Meta:
        verbose_name = _("catégorie légale")
        verbose_name_plural = _("catégories légales")
        ordering = ["position"]

    def __str__(self) -> str:
        return shown(self, "name")


class Holiday(models.Model):
    """A public holiday; Islamic dates are estimates until they are announced.

    `code` names a day of the reference data for good, so that moving it to the date announced does
    not bring the estimate back; days that staff add have none.
    """

    code = models.SlugField(_("code"), blank=True, editable=False)
    day = models.DateField(_("jour"))
    name_fr = models.CharField(_("nom (fr)"), max_length=80)
    name_ar = models.CharField(_("nom (ar)"), max_length=80)
    name_en = models.CharField(_("nom (en)"), max_length=80)
    estimated = models.BooleanField(_("estimée"), default=False)
    window_start = models.DateField(_("au plus tôt"), null=True, blank=True)
    window_end = models.DateField(_("au plus tard"), null=True, blank=True)

    class Meta:
        verbose_name = _("jour férié")
        verbose_name_plural = _("jours fériés")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["day", "name_fr"],
                name="holiday_once_a_day",
                violation_error_message=_("Ce jour férié existe déjà."),
            ),
            models.UniqueConstraint(
                fields=["code"], condition=~Q(code=""), name="holiday_of_the_reference_data_once"
            ),
            models.CheckConstraint(
                condition=Q(window_start=None, window_end=None)
                | Q(window_start__isnull=False, window_end__isnull=False, window_end__gte=F("window_start")),
                name="holiday_window_ends_after_it_starts",
                violation_error_message=_("La date au plus tard vient avant la date au plus tôt."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {shown(self, 'name')}"
