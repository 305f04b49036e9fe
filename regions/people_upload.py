"""Importing officials in the administration: choose a file, read what would happen, then import.

The file goes through the browser twice: nothing is kept on the server between reading and importing,
and it is read afresh, so that the second step cannot do what the database no longer agrees with.
"""

import base64
import binascii
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from regions import people_columns, people_import
from regions.people_import import Act, Origin, Plan
from regions.sheets import Unreadable

if TYPE_CHECKING:
    from regions.models import Official

LARGEST_UPLOAD = 1_500_000  # what comes back in base64 must fit into DATA_UPLOAD_MAX_MEMORY_SIZE


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Fichier"),
        required=False,
        help_text=gettext_lazy("CSV (« ; » ou « , ») ou XLSX, 1,5 Mo au plus."),
    )
    content = forms.CharField(widget=forms.HiddenInput, required=False)
    source = forms.CharField(
        label=gettext_lazy("Source de la donnée"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Pour les lignes qui ne la disent pas."),
    )
    legal_basis = forms.CharField(
        label=gettext_lazy("Base légale"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Pour les lignes qui ne la disent pas."),
    )

    def clean(self) -> dict[str, Any]:
        """The bytes of the file, chosen now or read before, as `bytes`."""
        said = super().clean() or {}
        if file := said.get("file"):
            if file.size > LARGEST_UPLOAD:
                raise ValidationError(_("Ce fichier dépasse 1,5 Mo."))
            said["bytes"] = file.read()
        elif said.get("content"):
            try:
                said["bytes"] = base64.b64decode(said["content"], validate=True)
            except binascii.Error as error:
                raise ValidationError(_("Choisissez le fichier de nouveau.")) from error
        else:
            raise ValidationError(_("Choisissez un fichier."))
        return said

    @property
    def origin(self) -> Origin:
        return Origin(source=self.cleaned_data["source"], legal_basis=self.cleaned_data["legal_basis"])

    def carrying(self, content: bytes) -> "UploadForm":
        """The same form with the file inside, for the next step."""
        kept = {name: self.cleaned_data[name] for name in ("source", "legal_basis")}
        return UploadForm({**kept, "content": base64.b64encode(content).decode()})


@require_http_methods(["GET", "POST"])
def view(request: HttpRequest, page: "ModelAdmin[Official]") -> HttpResponse:
    """The page « Importer » of the officials."""
    if not (page.has_add_permission(request) and page.has_change_permission(request)):
        raise PermissionDenied
    form = UploadForm(request.POST or None, request.FILES or None)
    plan: Plan | None = None
    if request.method == "POST" and form.is_valid():
        content: bytes = form.cleaned_data["bytes"]
        try:
            if "write" in request.POST:
                done = people_import.run(content, origin=form.origin, by=request.user)  # type: ignore[arg-type]
                messages.success(request, said(done))
                return redirect("admin:regions_official_changelist")
            plan = people_import.plan(content, origin=form.origin)
        except people_import.Refused as refused:
            plan = refused.plan
        except people_import.ChangedMeanwhile:
            form.add_error(None, _("Ces responsables viennent d’être modifiés ailleurs : recommencez."))
        except Unreadable as error:
            form.add_error("file", str(error))
    if plan:
        form = form.carrying(content)
    return TemplateResponse(request, "admin/regions/official/import.html", context(request, page, form, plan))


def context(
    request: HttpRequest, page: "ModelAdmin[Official]", form: UploadForm, plan: Plan | None
) -> dict[str, Any]:
    return {
        **page.admin_site.each_context(request),
        "title": _("Importer des responsables"),
        "opts": page.model._meta,
        "form": form,
        "plan": plan,
        "counts": [(words(act), len(plan.of(act))) for act in Act] if plan else [],
        "rows": [row for row in plan.rows if row.act is not Act.SAME] if plan else [],
        "headings": [headings[0] for headings in people_columns.HEADINGS.values()],
        "required": [people_columns.HEADINGS[name][0] for name in people_columns.REQUIRED],
    }


def words(act: Act) -> str:
    return {
        Act.CREATE: _("à créer"),
        Act.UPDATE: _("à mettre à jour"),
        Act.SAME: _("inchangés"),
        Act.REFUSED: _("à corriger"),
    }[act]


def said(done: Plan) -> str:
    created, updated = len(done.of(Act.CREATE)), len(done.of(Act.UPDATE))
    return " ".join(
        (
            ngettext("%(number)d responsable créé,", "%(number)d responsables créés,", created)
            % {"number": created},
            ngettext("%(number)d mis à jour.", "%(number)d mis à jour.", updated) % {"number": updated},
        )
    )
