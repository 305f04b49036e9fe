"""Who acts on the portal, and what they did."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from outbox import clock


class Role(models.TextChoices):
    STAFF = "staff", _("équipe de la tournée")
    PRESS = "press", _("presse")
    DOOR = "door", _("accueil")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Someone of the staff, the agency or the door; signs in with a mail address."""

    email = models.EmailField(_("adresse électronique"), unique=True)
    function = models.CharField(_("fonction"), max_length=120, blank=True)
    role = models.CharField(_("rôle"), max_length=10, choices=Role, default=Role.STAFF)
    language = models.CharField(
        _("langue"), max_length=2, choices=[("fr", "Français"), ("ar", "العربية")], default="fr"
    )
    is_staff = models.BooleanField(_("accède à l’administration"), default=False)
    is_active = models.BooleanField(_("actif"), default=True)
    date_joined = models.DateTimeField(_("créé le"), default=clock.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("compte")
        verbose_name_plural = _("comptes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="user_email_is_lower_case",
                violation_error_message=_("L’adresse s’écrit en minuscules."),
            ),
            models.CheckConstraint(
                condition=models.Q(role="staff") | models.Q(is_staff=False, is_superuser=False),
                name="user_only_the_team_enters_the_administration",
                violation_error_message=_(
                    "La presse et l’accueil n’accèdent pas à l’administration : décochez cet accès."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.function or f"compte {self.pk}"


class AuditEntry(models.Model):
    """Who did what to which thing, when: ids and field names, never personal data. Append-only."""

    at = models.DateTimeField(_("le"))
    actor = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="audit_entries", verbose_name=_("par")
    )
    verb = models.CharField(_("action"), max_length=40)
    target = models.CharField(_("objet"), max_length=80)  # "stop:12"
    fields = models.JSONField(_("champs"), default=list)

    class Meta:
        verbose_name = _("entrée du journal")
        verbose_name_plural = _("journal")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["target", "at"], name="audit_by_target")]

    def __str__(self) -> str:
        return f"{self.verb} {self.target}"
