"""Photos: sent from a telephone, described, published, withdrawn."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outbox import clock
from press import files, photos
from press.desk.pages import desk_page, who
from press.forms import PhotoForm, PhotosForm
from press.models import Photo

ON_A_PAGE = 24


@desk_page
def every(request: HttpRequest) -> HttpResponse:
    """Send photos, and find those that were sent."""
    form = PhotosForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        added = _add(request, form)
        if not form.errors:
            return redirect("press_desk:photo", pk=added[0].pk) if len(added) == 1 else redirect(request.path)
    rows = Photo.objects.select_related("stop").order_by("-created_at", "-pk")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    now = clock.now()
    context = {"form": form, "page": page, "photos": [(row, row.is_public(now)) for row in page]}
    return render(request, "press/desk/photos.html", context, status=422 if form.errors else 200)


@desk_page
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what it shows, publish it, withdraw it."""
    photo = get_object_or_404(Photo.objects.select_related("stop"), pk=pk)
    form = PhotoForm.of(photo)
    act = request.POST.get("act", "")
    if request.method == "POST" and act in ("save", "publish"):
        form = PhotoForm(request.POST)
        if form.is_valid() and _described(request, photo, form, publish=act == "publish"):
            return redirect("press_desk:photos")
    elif act == "withdraw":
        photos.withdraw(photo, by=who(request))
        messages.success(request, _("Photo retirée : le public ne la voit plus."))
        return redirect(request.path)
    elif act == "remove":
        try:
            photos.remove(photo, by=who(request))
        except photos.Published:
            messages.error(request, _("Cette photo est publiée : retirez-la d’abord."))
            return redirect(request.path)
        messages.success(request, _("Photo effacée."))
        return redirect("press_desk:photos")
    context = {"photo": photo, "form": form, "is_public": photo.is_public(clock.now())}
    return render(request, "press/desk/photo.html", context, status=422 if form.errors else 200)


@desk_page
def picture(request: HttpRequest, pk: int, small: bool = False) -> HttpResponseBase:
    """The photo itself, draft or not."""
    photo = get_object_or_404(Photo, pk=pk)
    name = photo.thumbnail if small else photo.file
    if not files.path(name).is_file():
        raise Http404
    return files.answer(request, name)


def _add(request: HttpRequest, form: PhotosForm) -> list[Photo]:
    """Keep each photo that can be kept; the others are named in the form's errors."""
    common = {name: form.cleaned_data[name] for name in ("credit", "rights", "stop")}
    added = []
    for sent in form.cleaned_data["photos"]:
        try:
            added.append(photos.add(sent.read(files.LARGEST_PHOTO + 1), by=who(request), **common))
        except files.Unusable as refused:
            form.add_error("photos", f"{sent.name} : {refused}")
    if added:
        messages.success(
            request,
            ngettext(
                "%(count)d photo reçue : dites ce qu’elle montre, puis publiez-la.",
                "%(count)d photos reçues : dites ce qu’elles montrent, puis publiez-les.",
                len(added),
            )
            % {"count": len(added)},
        )
    return added


def _described(request: HttpRequest, photo: Photo, form: PhotoForm, *, publish: bool) -> bool:
    try:
        photos.describe(photo, by=who(request), **form.cleaned_data)
        if publish:
            photos.publish(photo, by=who(request))
    except photos.NotReady as problem:
        form.add_error("alt_fr", str(problem))
        return False
    messages.success(request, _("Photo publiée.") if publish else _("Description enregistrée."))
    return True
