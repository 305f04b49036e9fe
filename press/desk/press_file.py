"""The press file: finding, adding, correcting, erasing and importing journalists."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from press import file_columns, file_import, press_file
from press.desk.pages import desk_page, who
from press.file_import import Plan
from press.forms import JournalistForm
from press.models import Journalist
from regions import people_upload
from regions.people_import import Act
from regions.people_upload import UploadForm
from regions.sheets import Unreadable

ON_A_PAGE = 50


def found(words: str) -> QuerySet[Journalist]:
    """Whose name or media says it, with or without accents."""
    rows = Journalist.objects.select_related("region")
    if words := words.strip():
        rows = rows.filter(
            Q(name__unaccent__icontains=words)
            | Q(name_ar__contains=words)
            | Q(outlet__unaccent__icontains=words)
        )
    return rows.order_by("outlet", "name_key", "pk")


@desk_page
def every(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "")[:80]
    page = Paginator(found(words), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "press/desk/file.html", {"page": page, "words": words})


@desk_page
def new(request: HttpRequest) -> HttpResponse:
    form = JournalistForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            press_file.add(by=who(request), **form.cleaned_data)
        except press_file.AlreadyThere:
            form.add_error("name", _("Cette personne est déjà dans le fichier."))
        else:
            messages.success(request, _("Fiche ajoutée."))
            return redirect("press_desk:file")
    return _page(request, None, form)


@desk_page
def one(request: HttpRequest, pk: int) -> HttpResponse:
    journalist = get_object_or_404(Journalist.objects.select_related("region"), pk=pk)
    if request.method != "POST":
        return _page(request, journalist, JournalistForm.of(journalist))
    if request.POST.get("act") == "erase":
        press_file.erase(journalist, by=who(request))
        messages.success(request, _("Cette personne est effacée du fichier."))
        return redirect("press_desk:file")
    form = JournalistForm(request.POST)
    if form.is_valid():
        try:
            press_file.change(journalist, by=who(request), **form.cleaned_data)
        except press_file.AlreadyThere:
            form.add_error("name", _("Cette personne est déjà dans le fichier."))
        else:
            messages.success(request, _("Fiche enregistrée."))
            return redirect("press_desk:file")
    return _page(request, journalist, form)


@desk_page
def bring(request: HttpRequest) -> HttpResponse:
    """Import a file: first what would happen, row by row, then the import itself.

    The file goes through the browser twice: nothing is kept here in between, and it is read afresh.
    """
    form = UploadForm(request.POST or None, request.FILES or None)
    plan: Plan | None = None
    if request.method == "POST" and form.is_valid():
        content: bytes = form.cleaned_data["bytes"]
        try:
            if "write" in request.POST:
                done = file_import.run(content, origin=form.origin, by=who(request))
                messages.success(request, _said(done))
                return redirect("press_desk:file")
            plan = file_import.plan(content, origin=form.origin)
        except file_import.Refused as refused:
            plan = refused.plan
        except file_import.ChangedMeanwhile:
            form.add_error(None, _("Ces fiches viennent d’être modifiées ailleurs : recommencez."))
        except Unreadable as error:
            form.add_error("file", str(error))
    if plan:
        form = form.carrying(content)
    return render(request, "press/desk/import.html", _import(form, plan), status=422 if form.errors else 200)


def _import(form: UploadForm, plan: Plan | None) -> dict[str, Any]:
    return {
        "form": form,
        "plan": plan,
        "counts": [(people_upload.words(act), len(plan.of(act))) for act in Act] if plan else [],
        "rows": [row for row in plan.rows if row.act is not Act.SAME] if plan else [],
        "headings": [headings[0] for headings in file_columns.HEADINGS.values()],
        "required": [file_columns.HEADINGS[name][0] for name in file_columns.REQUIRED],
    }


def _said(done: Plan) -> str:
    created, updated = len(done.of(Act.CREATE)), len(done.of(Act.UPDATE))
    return " ".join(
        (
            ngettext("%(number)d fiche créée,", "%(number)d fiches créées,", created) % {"number": created},
            ngettext("%(number)d mise à jour.", "%(number)d mises à jour.", updated) % {"number": updated},
        )
    )


def _page(request: HttpRequest, journalist: Journalist | None, form: JournalistForm) -> HttpResponse:
    context = {"journalist": journalist, "form": form}
    return render(request, "press/desk/journalist.html", context, status=422 if form.errors else 200)
