"""The page « Importer » of the officials in the administration."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from regions import people_columns, people_import, table_upload
from regions.people_import import Plan
from regions.table_import import Act

if TYPE_CHECKING:
    from regions.models import Official


@require_http_methods(["GET", "POST"])
def view(request: HttpRequest, page: "ModelAdmin[Official]") -> HttpResponse:
    if not (page.has_add_permission(request) and page.has_change_permission(request)):
        raise PermissionDenied
    step = table_upload.step(request, people_import, by=request.user)  # type: ignore[arg-type]
    if step.done:
        messages.success(request, said(step.done))
        return redirect("admin:regions_official_changelist")
    context = {
        **page.admin_site.each_context(request),
        "title": _("Importer des responsables"),
        "opts": page.model._meta,
        "form": step.form,
        "plan": step.plan,
        "counts": step.counts,
        "rows": step.told,
        "headings": [headings[0] for headings in people_columns.HEADINGS.values()],
        "required": [people_columns.HEADINGS[name][0] for name in people_columns.REQUIRED],
    }
    return TemplateResponse(request, "admin/regions/official/import.html", context)


def said(done: Plan) -> str:
    created, updated = len(done.of(Act.CREATE)), len(done.of(Act.UPDATE))
    return " ".join(
        (
            ngettext("%(number)d responsable créé,", "%(number)d responsables créés,", created)
            % {"number": created},
            ngettext("%(number)d mis à jour.", "%(number)d mis à jour.", updated) % {"number": updated},
        )
    )
