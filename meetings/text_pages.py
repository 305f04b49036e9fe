"""« Textes des courriels »: the words of the tour's mails, read, corrected, tried out and validated.

Everybody of the team writes and tries out; validating and taking back is a right of its own.
"""

import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.staff_pages import staff_page
from meetings import (
    gate,
    letter_words,
    mail_texts,
    placeholders,
    private_papers,
    text_checks,
    text_previews,
)
from meetings.models import MailText, Stop, TextKind, TextLanguage, Tour
from meetings.text_previews import Reader
from outbox import clock
from regions.languages import DIRECTION

RIGHT = "meetings.validate_mailtext"
# A mail by itself: its own styles, and nothing that acts.
FRAMED = {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF], "sandbox": ""}


class TextForm(forms.Form):
    """The words of one version; `over` is the version they were read from."""

    subject = forms.CharField(max_length=160, label=gettext_lazy("Objet"))
    title = forms.CharField(max_length=160, label=gettext_lazy("Titre, en tête du message"))
    body = forms.CharField(
        max_length=8000,
        label=gettext_lazy("Texte"),
        help_text=gettext_lazy("Une ligne vide sépare deux paragraphes."),
        widget=forms.Textarea({"rows": 22}),
    )
    over = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, text: MailText) -> None:
        words = {"subject": text.subject, "title": text.title, "body": text.body}
        super().__init__(data, initial={**words, "over": text.version})
        for name in words:
            self.fields[name].error_messages["required"] = _(text_checks.EMPTY)
            self.fields[name].widget.attrs |= {"dir": DIRECTION[text.language], "lang": text.language}

    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data[name].replace("\r\n", "\n") for name in ("subject", "title", "body")}


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a text of one language stands."""

    text: MailText
    leaving: MailText | None

    @property
    def state(self) -> str:
        """The name of its badge."""
        if self.leaving is None:
            return "text_unvalidated"
        return "text_validated" if self.leaving == self.text else "text_newer"


@staff_page
@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """Every text in every language, with who stands for it."""
    tour = _tour()
    rows = mail_texts.newest(tour.pk).select_related("validated_by")
    there = mail_texts.standing(tour.pk)
    cells = {(row.kind, row.language): Cell(row, there.get((row.kind, row.language))) for row in rows}
    waiting = [cell for cell in cells.values() if cell.state != "text_validated"]
    context = {
        "tour": tour,
        "languages": TextLanguage.choices,
        "rows": [
            (kind.label, [cells[kind, language] for language in TextLanguage if (kind, language) in cells])
            for kind in TextKind
        ],
        "silent": sum(cell.leaving is None for cell in cells.values()),
        "to_read": [
            (code, name, sum(cell.text.language == code for cell in waiting))
            for code, name in TextLanguage.choices
        ],
    }
    return render(request, "meetings/texts/index.html", context)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, kind: str, language: str) -> HttpResponseBase:
    """One text: its words to be corrected, the marks there are, its versions."""
    newest = _newest(kind, language)
    form, status = TextForm(request.POST or None, text=newest), HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid() and (written := _write(request, newest, form)):
            if written.version == newest.version:
                messages.info(request, _("Rien n’a changé."))
            else:
                messages.success(
                    request,
                    _("La version %(number)d est enregistrée. Elle ne part qu’une fois validée.")
                    % {"number": written.version},
                )
            return redirect("texts:text", kind, language)
    return render(request, "meetings/texts/text.html", _one(request, newest, form), status=status)


@staff_page
@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
def preview(request: HttpRequest, kind: str, language: str) -> HttpResponseBase:
    """A text as one person of a stop would read it: plain, and as HTML in light and in dark."""
    newest = _newest(kind, language)
    stops = text_previews.stops(newest)
    context: dict[str, Any] = _named(request, newest) | {"stops": stops}
    if stop := _chosen(stops, request.GET.get("etape", "")):
        readers = text_previews.readers(newest, stop)
        reader = _reader(readers, request.GET.get("personne", ""))
        context |= {
            "stop": stop,
            "readers": readers,
            "reader": reader,
            "found": text_previews.render(newest, stop, reader),
            "on_paper": text_previews.is_letter(newest),
            "form_id": secrets.token_hex(16),
            "mail": getattr(request.user, "email", ""),
        }
    return render(request, "meetings/texts/preview.html", context)


@staff_page
@require_safe
@csp_replace(FRAMED)  # type: ignore[arg-type]
@xframe_options_sameorigin
def html(request: HttpRequest, kind: str, language: str, scheme: str) -> HttpResponseBase:
    """The HTML part by itself, to be framed: it may show its own styles and do nothing."""
    newest = _newest(kind, language)
    stop = _chosen(text_previews.stops(newest), request.GET.get("etape", ""))
    if stop is None or scheme not in text_previews.SCHEMES or text_previews.is_letter(newest):
        raise Http404
    reader = _reader(text_previews.readers(newest, stop), request.GET.get("personne", ""))
    return HttpResponse(text_previews.in_scheme(text_previews.render(newest, stop, reader).html, scheme))


@staff_page
@require_safe
def paper(request: HttpRequest, kind: str, language: str) -> HttpResponseBase:
    """A letter as one person would get it, without a number."""
    newest = _newest(kind, language)
    stop = _chosen(text_previews.stops(newest), request.GET.get("etape", ""))
    if stop is None or not text_previews.is_letter(newest):
        raise Http404
    reader = _reader(text_previews.readers(newest, stop), request.GET.get("personne", ""))
    words = letter_words.printed([text_previews.letter(newest, stop, reader)], title=str(newest))
    return private_papers.answer(request, stop, words, filename=f"apercu-{stop.slug}-{language}")


@staff_page
@require_POST
def trial(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """The text to the mailbox of whoever is signed in, and to no other."""
    newest = _newest(kind, language)
    stop = _chosen(text_previews.stops(newest), request.POST.get("etape", ""))
    if stop is None or text_previews.is_letter(newest):
        raise Http404
    text_previews.send_trial(newest, stop, to=_user(request), form=request.POST.get("form", "")[:64])
    messages.success(request, _("Un essai part à votre adresse, %(mail)s.") % {"mail": _user(request).email})
    return redirect("texts:preview", kind, language)


@staff_page
@require_POST
def validate(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """Whoever is signed in stands for the version they read."""
    newest = _newest(kind, language, pk=request.POST.get("version", ""))
    _validate(request, [newest])
    return redirect("texts:text", kind, language)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def read_all(request: HttpRequest, language: str) -> HttpResponseBase:
    """Everything to be validated in one language, one under the other; then validated as it was read."""
    if language not in TextLanguage:
        raise Http404
    tour = _tour()
    there = mail_texts.standing(tour.pk)
    rows = mail_texts.newest(tour.pk).filter(language=language)
    waiting = [row for row in rows if there.get((row.kind, language)) != row and row.withdrawn_at is None]
    if request.method == "POST":
        read = set(request.POST.getlist("version"))
        _validate(request, [row for row in waiting if str(row.pk) in read])
        return redirect("texts:index")
    order = list(TextKind)
    context = {
        "texts": sorted(waiting, key=lambda row: order.index(TextKind(row.kind))),
        "language": TextLanguage(language),
        "may_validate": _may_validate(request),
        "direction": DIRECTION[language],
    }
    return render(request, "meetings/texts/read_all.html", context)


@staff_page
@require_POST
def withdraw(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """The words that leave are taken back; nothing leaves in them any more."""
    if not _may_validate(request):
        raise PermissionDenied
    leaving = get_object_or_404(_all(kind, language), pk=_number(request.POST.get("version", "")))
    try:
        stopped = mail_texts.withdraw(leaving, by=_user(request))
    except mail_texts.Outdated:
        messages.error(request, _("Quelqu’un a changé ce texte entre-temps : relisez-le."))
    except gate.Busy:
        messages.error(
            request, _("Des courriels s’écrivent en ce moment : réessayez dans quelques secondes.")
        )
    else:
        words = ngettext(
            "La validation est retirée. %(count)d courriel qui attendait ne part pas.",
            "La validation est retirée. %(count)d courriels qui attendaient ne partent pas.",
            stopped,
        )
        messages.success(request, words % {"count": stopped})
    return redirect("texts:text", kind, language)


def _validate(request: HttpRequest, chosen: list[MailText]) -> None:
    if not _may_validate(request):
        raise PermissionDenied
    done = 0
    for one in chosen:
        try:
            mail_texts.validate(one, by=_user(request))
            done += 1
        except mail_texts.Outdated:
            messages.error(
                request, _("%(text)s : quelqu’un a changé ce texte entre-temps, relisez-le.") % {"text": one}
            )
    if done:
        words = ngettext(
            "%(count)d texte est validé en votre nom : il part désormais.",
            "%(count)d textes sont validés en votre nom : ils partent désormais.",
            done,
        )
        messages.success(request, words % {"count": done})


def _write(request: HttpRequest, newest: MailText, form: TextForm) -> MailText | None:
    """The version written, or None where the form says what is wrong; what was typed stays in it."""
    try:
        return mail_texts.write(
            newest.tour,
            newest.kind,
            newest.language,
            over=form.cleaned_data["over"],
            by=_user(request),
            **form.words(),
        )
    except mail_texts.Wrong as wrong:
        for field, sentences in wrong.problems.items():
            for sentence in sentences:
                form.add_error(field, sentence)
    except mail_texts.Outdated:
        form.add_error(
            None,
            _("Quelqu’un a écrit une autre version entre-temps : comparez-la ci-dessous, puis enregistrez."),
        )
        # Once told, saving again is on purpose.
        form.data = {**form.data.dict(), "over": newest.version}  # type: ignore[attr-defined]
    return None


def _one(request: HttpRequest, newest: MailText, form: TextForm) -> dict[str, Any]:
    versions = list(
        _all(newest.kind, newest.language)
        .select_related("written_by", "validated_by", "withdrawn_by")
        .order_by("-version")
    )
    older: list[MailText | None] = [*versions[1:], None]
    told = [
        (
            one,
            list(text_previews.differences(text_previews.words_of(before), text_previews.words_of(one)))
            if before
            else [],
        )
        for one, before in zip(versions, older, strict=True)
    ]
    return _named(request, newest) | {
        "form": form,
        "marks": placeholders.allowed(newest.kind),
        "required": placeholders.REQUIRED[newest.kind],
        "versions": told,
    }


def _named(request: HttpRequest, newest: MailText) -> dict[str, Any]:
    leaving = mail_texts.standing(newest.tour_id).get((newest.kind, newest.language))
    cell = Cell(newest, leaving)
    return {
        "text": newest,
        "leaving": leaving,
        "state": cell.state,
        "may_validate": _may_validate(request),
        "languages": TextLanguage.choices,
        "direction": DIRECTION[newest.language],
    }


def _tour() -> Tour:
    return get_object_or_404(Tour, is_current=True)


def _all(kind: str, language: str) -> Any:
    return MailText.objects.filter(tour__is_current=True, kind=kind, language=language)


def _newest(kind: str, language: str, *, pk: str = "") -> MailText:
    """The last version, or the one that was read."""
    rows = _all(kind, language).select_related("tour").order_by("-version")
    found = rows.filter(pk=_number(pk)).first() if pk else rows.first()
    if found is None:
        raise Http404
    return found


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def _chosen(stops: list[Stop], slug: str) -> Stop | None:
    """The stop of that name; without one the first that is ahead, or the last."""
    named = next((stop for stop in stops if stop.slug == slug), None)
    ahead = (stop for stop in stops if stop.ends_at > clock.now())
    return named or next(ahead, None) or (stops[-1] if stops else None)


def _reader(readers: list[Reader], key: str) -> Reader:
    return next((reader for reader in readers if reader.person.key == key), readers[0])


def _may_validate(request: HttpRequest) -> bool:
    return _user(request).has_perm(RIGHT)


def _user(request: HttpRequest) -> Any:
    return request.user  # staff_page has looked at it
