"""The pages of the administration that bring professionals in and hand them out."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from meetings import private_papers
from professionals.directory import columns, exporting, importing
from professionals.models import Professional
from regions import table_upload
from regions.table_import import Act, Plan

if TYPE_CHECKING:
    Page = admin.ModelAdmin[Professional]
else:
    Page = object

FILE = "professionnels"
SHOWN = ("name", "organisation", "email")  # of who is new


class DirectoryPages(Page):
    """« Importer un fichier », and the list as it is filtered, as a file."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("importer/", wrap(self.bring), name="professionals_professional_import"),
            path("export.csv", wrap(self.as_csv), name="professionals_professional_export_csv"),
            path("export.xlsx", wrap(self.as_workbook), name="professionals_professional_export_xlsx"),
            *super().get_urls(),
        ]

    def bring(self, request: HttpRequest) -> HttpResponse:
        return _bring(request, self)

    def as_csv(self, request: HttpRequest) -> HttpResponse:
        return _as_csv(request, self)

    def as_workbook(self, request: HttpRequest) -> HttpResponse:
        return _as_workbook(request, self)


@require_http_methods(["GET", "POST"])
def _bring(request: HttpRequest, page: Page) -> HttpResponse:
    """Read a file first, then import exactly what was read."""
    if not (page.has_add_permission(request) and page.has_change_permission(request)):
        raise PermissionDenied
    step = table_upload.step(request, importing, by=request.user)  # type: ignore[arg-type]
    if step.done:
        messages.success(request, _said(step.done))
        return redirect("admin:professionals_professional_changelist")
    same = step.plan.of(Act.SAME) if step.plan else []
    context: dict[str, Any] = {
        **page.admin_site.each_context(request),
        "title": _("Importer des professionnels"),
        "opts": page.model._meta,
        "form": step.form,
        "plan": step.plan,
        "counts": step.counts,
        "rows": [*step.told, *(row for row in same if row.warnings)],
        "same": [row.number for row in same if not row.warnings],
        "headings": columns.headings(),
        "most": importing.MOST_ROWS,
    }
    return TemplateResponse(request, "admin/professionals/professional/import.html", context)


@require_safe
def _as_csv(request: HttpRequest, page: Page) -> HttpResponse:
    response = HttpResponse(
        exporting.csv(_filtered(request, page)), content_type="text/csv; charset=utf-8; header=present"
    )
    response["Content-Disposition"] = f'attachment; filename="{FILE}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    audit.record(request.user, "exported", "professionals", fields=["csv"])
    return response


@require_safe
def _as_workbook(request: HttpRequest, page: Page) -> HttpResponse:
    words = exporting.workbook(_filtered(request, page))
    return private_papers.workbook(request, words, filename=FILE, target="professionals")


def _filtered(request: HttpRequest, page: Page) -> QuerySet[Professional]:
    """The rows of the list as its filters and its search leave them."""
    if not page.has_view_permission(request):
        raise PermissionDenied
    return page.get_changelist_instance(request).queryset


def _said(done: Plan[Any]) -> str:
    created, updated = len(done.of(Act.CREATE)), len(done.of(Act.UPDATE))
    return " ".join(
        (
            ngettext("%(number)d professionnel créé,", "%(number)d professionnels créés,", created)
            % {"number": created},
            ngettext("%(number)d mis à jour.", "%(number)d mis à jour.", updated) % {"number": updated},
        )
    )
