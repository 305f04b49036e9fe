"""The press file: finding, adding, correcting, erasing and importing journalists."""

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
from regions import table_upload
from regions.table_import import Act

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
    """Import a file: first what would happen, row by row, then the import itself."""
    step = table_upload.step(request, file_import, by=who(request))
    if step.done:
        messages.success(request, _said(step.done))
        return redirect("press_desk:file")
    context = {
        "form": step.form,
        "plan": step.plan,
        "counts": step.counts,
        "rows": step.told,
        "headings": [headings[0] for headings in file_columns.HEADINGS.values()],
        "required": [file_columns.HEADINGS[name][0] for name in file_columns.REQUIRED],
    }
    return render(request, "press/desk/import.html", context, status=422 if step.form.errors else 200)


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
