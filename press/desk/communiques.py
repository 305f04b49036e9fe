"""Writing, publishing and correcting communiqués."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from meetings import sent_pdf
from outbox import clock
from press import communiques, files
from press.desk.pages import desk_page, who
from press.forms import CommuniqueForm
from press.models import PressRelease


@desk_page
def new(request: HttpRequest) -> HttpResponse:
    """A communiqué that does not exist yet."""
    form = CommuniqueForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        release = communiques.draft(by=who(request), **form.written)
        if _attached(request, release, form):
            messages.success(request, _("Brouillon enregistré."))
            return redirect("press_desk:communique", pk=release.pk)
        communiques.discard(release, by=who(request))
    return _page(request, None, form)


@desk_page
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft to be written and published; or what was published, to be corrected by another one."""
    release = get_object_or_404(PressRelease.objects.select_related("stop", "corrects"), pk=pk)
    if request.method != "POST":
        return _page(request, release, CommuniqueForm.of(release))
    act = request.POST.get("act", "")
    try:
        if act in ("save", "publish"):
            return _write(request, release, publish=act == "publish")
        if act == "take_back":
            communiques.take_back(release, by=who(request))
            messages.success(
                request, _("Ce communiqué est de nouveau un brouillon : personne ne l’avait lu.")
            )
        elif act == "correct":
            correction = communiques.correct(release, by=who(request))
            return redirect("press_desk:communique", pk=correction.pk)
        elif act == "discard":
            communiques.discard(release, by=who(request))
            messages.success(request, _("Brouillon effacé."))
            return redirect("press_desk:index")
    except communiques.Published:
        messages.error(
            request, _("Ce communiqué est publié : il ne change plus. Corrigez-le par un rectificatif.")
        )
    except communiques.NotReady as problem:
        messages.error(request, str(problem))
    return redirect("press_desk:communique", pk=pk)


@desk_page
def document(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The PDF of a draft, to be looked at."""
    release = get_object_or_404(PressRelease.objects.exclude(document=""), pk=pk)
    return files.answer(request, release.document, saved_as=f"communique-{pk}")


def _write(request: HttpRequest, release: PressRelease, *, publish: bool) -> HttpResponse:
    form = CommuniqueForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, release, form)
    communiques.edit(release, by=who(request), **form.written)
    if not _attached(request, release, form):
        return _page(request, release, form)
    if publish:
        communiques.publish(release, by=who(request))
        messages.success(request, _("Communiqué publié."))
    else:
        messages.success(request, _("Brouillon enregistré."))
    return redirect("press_desk:communique", pk=release.pk)


def _attached(request: HttpRequest, release: PressRelease, form: CommuniqueForm) -> bool:
    """The PDF that was sent stands beside the text; False, with an error in the form, where it cannot."""
    if sent := form.cleaned_data["document"]:
        try:
            communiques.attach(release, sent.read(sent_pdf.LARGEST + 1), by=who(request))
        except files.Unusable as refused:
            form.add_error("document", str(refused))
            return False
    elif form.cleaned_data["without_document"] and release.document:
        communiques.detach(release, by=who(request))
    return True


def _page(request: HttpRequest, release: PressRelease | None, form: CommuniqueForm) -> HttpResponse:
    context: dict[str, Any] = {"release": release, "form": form}
    if release:
        context["is_public"] = release.is_public(clock.now())
        context["corrections"] = list(release.corrections.all())
    if release is None or not release.document:
        del form.fields["without_document"]
    status = 422 if form.errors else 200
    return render(request, "press/desk/communique.html", context, status=status)
