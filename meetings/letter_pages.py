"""« Courriers » of a stop: who gets a letter, the letters, their register, what became of each of them."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.staff_pages import staff_page
from meetings import (
    answers,
    correspondence,
    gate,
    held_seats,
    letter_register,
    letter_words,
    noted_answers,
    officials,
    private_papers,
)
from meetings.correspondence import Line
from meetings.models import Invitation, Letter, Stop, TextLanguage
from meetings.urgent_pages import released
from regions import legal_time
from regions.languages import current_language, shown

MOST = 100  # letters of one file: the typesetter has its seconds counted
STATES: dict[str, tuple[Any, Callable[[Line], bool]]] = {
    "a-etablir": (gettext_lazy("À établir"), lambda line: line.to_make),
    "a-remettre": (gettext_lazy("À remettre"), lambda line: line.to_hand),
    "sans-reponse": (gettext_lazy("Remises, sans réponse"), lambda line: line.silent),
    "a-prevenir": (gettext_lazy("À prévenir du changement"), lambda line: line.to_tell),
}
DAY = {"type": "date"}


class MakeForm(forms.Form):
    dated = forms.DateField(
        label=gettext_lazy("Date de la lettre"), widget=forms.DateInput(DAY, format="%Y-%m-%d")
    )


class HandForm(forms.Form):
    on = forms.DateField(label=gettext_lazy("Remise le"), widget=forms.DateInput(DAY, format="%Y-%m-%d"))
    carrier = forms.CharField(
        label=gettext_lazy("Par"),
        max_length=120,
        help_text=gettext_lazy("Une fonction : « coursier », « délégation régionale »."),
    )


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Everybody who gets a letter; POST makes those that are missing, or notes that some were handed over."""
    stop, status = released(slug), 200
    making, handing = _forms(request)
    if request.method == "POST":
        if _act(request, stop, making, handing):
            return redirect(request.get_full_path())
        status = 422
    everybody = correspondence.lines(stop)
    chosen = request.GET.get("etat", "")
    shown = STATES[chosen][1] if chosen in STATES else None
    return render(
        request,
        "meetings/letters/index.html",
        {
            "stop": stop,
            "lines": [line for line in everybody if shown is None or shown(line)],
            "total": len(everybody),
            "states": [(name, label, sum(map(is_so, everybody))) for name, (label, is_so) in STATES.items()],
            "chosen": chosen if shown else "",
            "to_make": sum(line.to_make for line in everybody),
            "to_hand": sum(line.to_hand for line in everybody),
            "written": sum(line.letter is not None for line in everybody),
            "open": answers.open_to_answers(stop),
            "making": making,
            "handing": handing,
            "wrong": making if making.is_bound else handing,
            "by_mail": correspondence.by_mail(stop),
            "others": correspondence.told_by_voice(stop) if stop.sequence else [],
            "year": legal_time.today().year,
            "most": MOST,
        },
        status=status,
    )


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """One official: their letters, when each was handed over, their answer."""
    stop, status = released(slug), 200
    row, official = _invited(stop, pk)
    handing = HandForm(initial={"on": legal_time.today()})
    answering = noted_answers.AnswerForm()
    if request.method == "POST":
        act = request.POST.get("act", "")
        handing = HandForm(request.POST) if act == "hand" else handing
        answering = noted_answers.AnswerForm(request.POST) if act == "answer" else answering
        if _act_on(request, stop, row, official, handing, answering):
            return redirect(request.path)
        status = 422
    line = next((one for one in correspondence.lines(stop) if one.invitation == row), Line(official, row))
    return render(
        request,
        "meetings/letters/person.html",
        {
            "stop": stop,
            "line": line,
            "row": row,
            "official": official,
            "name": officials.names([row.key])[row.key],
            "open": answers.open_to_answers(stop),
            "today": legal_time.today(),
            "handing": handing,
            "answering": answering,
            "form": answering if answering.is_bound else handing,
        },
        status=status,
    )


@staff_page
@require_safe
def paper(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The letters of a state (at first: to be handed over) as one file, at most 100."""
    stop = released(slug)
    state = request.GET.get("etat", "a-remettre")
    wanted = STATES[state][1] if state in STATES else lambda line: True
    found = [line.letter for line in correspondence.lines(stop) if line.letter and wanted(line)][:MOST]
    if not found:
        raise Http404
    title = _("Courriers – %(stop)s") % {"stop": _city(stop)}
    words = letter_words.printed([letter.words for letter in found], title=title)
    return private_papers.answer(request, stop, words, filename=f"courriers-{slug}")


@staff_page
@require_safe
def one_paper(request: HttpRequest, slug: str, pk: int, letter: int) -> HttpResponseBase:
    """A letter again, as it was made."""
    stop = released(slug)
    found = get_object_or_404(Letter, invitation__stop=stop, invitation=pk, pk=letter)
    words = letter_words.printed([found.words], title=found.words["title"])
    return private_papers.answer(request, stop, words, filename=f"lettre-{found.year_id}-{found.number:04d}")


@staff_page
@require_safe
def register(request: HttpRequest, slug: str, kind: str) -> HttpResponseBase:
    """The register of the stop, or with ?annee= of a whole year: pdf, xlsx or csv."""
    stop, language = released(slug), current_language()
    year = request.GET.get("annee", "")
    whole = year.isascii() and year.isdigit() and len(year) == 4
    rows = letter_register.of_year(int(year)) if whole else letter_register.of_stop(stop)
    subject, name = (year, f"registre-{year}") if whole else (_city(stop), f"registre-{slug}")
    target = f"letters:{year}" if whole else f"stop:{stop.pk}"
    if kind == "pdf":
        printed = letter_register.printed(list(rows), language, subject=subject)
        return private_papers.answer(request, stop, printed, filename=name)
    if kind == "xlsx":
        book = letter_register.workbook(rows, language, subject=subject)
        return private_papers.workbook(request, book, filename=name, target=target)
    if kind != "csv":
        raise Http404
    audit.record(request.user, "exported", target, fields=["letters"])
    response = HttpResponse(
        letter_register.csv(rows, language), content_type="text/csv; charset=utf-8; header=present"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _forms(request: HttpRequest) -> tuple[MakeForm, HandForm]:
    act, today = request.POST.get("act"), legal_time.today()
    return (
        MakeForm(request.POST if act == "make" else None, initial={"dated": today}),
        HandForm(request.POST if act == "hand" else None, initial={"on": today}),
    )


def _act(request: HttpRequest, stop: Stop, making: MakeForm, handing: HandForm) -> bool:
    """Whether it was done; the form, or a message, says why not."""
    if making.is_bound:
        return making.is_valid() and _make(request, stop, making)
    if not (handing.is_bound and handing.is_valid()):
        return False
    chosen = _numbers(request.POST.getlist("letter"))
    if not chosen:
        handing.add_error(None, _("Cochez au moins une lettre."))
        return False
    return _hand(request, stop, chosen, handing)


def _make(request: HttpRequest, stop: Stop, form: MakeForm | None, again: Iterable[int] = ()) -> bool:
    dated = form.cleaned_data["dated"] if form else legal_time.today()
    try:
        made = correspondence.make(stop, dated=dated, by=_user(request), again=list(again))
    except correspondence.NotNow:
        messages.error(request, _("Cette étape n’invite plus : aucune lettre ne s’établit."))
        return True
    except gate.Busy:
        messages.error(request, _busy())
        return True
    except correspondence.Misdated:
        assert form is not None  # noqa: S101 (today is right)
        form.add_error("dated", _("Datez la lettre d’aujourd’hui, ou des quinze jours qui viennent."))
        return False
    if number := len(made.letters):
        words = ngettext(
            "%(count)d lettre est établie et numérotée.",
            "%(count)d lettres sont établies et numérotées.",
            number,
        )
        messages.success(request, words % {"count": number})
    _left_out(request, made)
    if not (number or made.unvalidated or made.unsigned):
        messages.info(request, _("Toutes les lettres sont déjà établies."))
    return True


def _left_out(request: HttpRequest, made: correspondence.Made) -> None:
    for found, words in (
        (made.unvalidated, _("Lettres en attente d’un texte validé (%(language)s) : %(count)d")),
        (
            made.unsigned,
            _("Lettres en attente d’un signataire, à donner dans la tournée (%(language)s) : %(count)d"),
        ),
    ):
        for language, number in sorted(found.items()):
            name = TextLanguage(language).label
            messages.error(request, words % {"language": name, "count": number})


def _hand(request: HttpRequest, stop: Stop, chosen: list[int], form: HandForm) -> bool:
    on, carrier = form.cleaned_data["on"], form.cleaned_data["carrier"]
    try:
        number = correspondence.hand_over(chosen, stop=stop, on=on, carrier=carrier, by=_user(request))
    except correspondence.Misdated:
        form.add_error("on", _("Ce jour est à venir, ou précède la date d’une des lettres."))
        return False
    words = ngettext("%(count)d lettre est notée remise.", "%(count)d lettres sont notées remises.", number)
    messages.success(request, words % {"count": number})
    return True


def _act_on(
    request: HttpRequest,
    stop: Stop,
    row: Invitation,
    official: Any,
    handing: HandForm,
    answering: noted_answers.AnswerForm,
) -> bool:
    act, letter = request.POST.get("act", ""), _letter(request, row)
    if handing.is_bound:
        return handing.is_valid() and _hand(request, stop, [letter.pk] if letter else [], handing)
    if answering.is_bound:
        return answering.is_valid() and _answer(request, row, answering)
    if act == "again":
        return _make(request, stop, None, again=[row.pk])
    try:
        if act == "to_letters":
            correspondence.write_letters_to(row, by=_user(request))
        elif act == "to_mails":
            correspondence.write_mails_to(row, official, by=_user(request))
        elif letter and act == "not_handed":
            correspondence.not_handed_over(letter, by=_user(request))
        elif letter and act == "told":
            correspondence.tell(letter, by=_user(request))
    except correspondence.AlreadyWritten:
        messages.error(request, _("Une lettre est déjà établie : cette personne reste au courrier."))
    except gate.Busy:
        messages.error(request, _busy())
    return True


def _answer(request: HttpRequest, row: Invitation, form: noted_answers.AnswerForm) -> bool:
    try:
        noted_answers.note(row, form, by=_user(request))
    except held_seats.NoSeatLeft:
        form.add_error(
            None, _("Il ne reste pas assez de places : réservez-en davantage à ce public, ou ouvrez-en.")
        )
        return False
    except answers.TooLate:
        form.add_error(None, _("Il n’est plus possible de répondre à cette invitation."))
        return False
    except gate.Busy:
        form.add_error(None, _busy())
        return False
    messages.success(request, _("La réponse est notée."))
    return True


def _busy() -> str:
    return _("Quelqu’un d’autre change cette étape en ce moment : réessayez.")


def _invited(stop: Stop, pk: int) -> tuple[Invitation, Any]:
    row = get_object_or_404(Invitation, stop=stop, pk=pk, audience__in=officials.BODIES)
    official = officials.by_key([row.key]).get(row.key)
    if official is None:
        raise Http404
    return row, official


def _letter(request: HttpRequest, row: Invitation) -> Letter | None:
    numbers = _numbers([request.POST.get("letter", "")])
    return Letter.objects.filter(invitation=row, pk__in=numbers).first()


def _numbers(typed: Iterable[str]) -> list[int]:
    return [int(one) for one in typed if one.isascii() and one.isdigit() and len(one) < 16]


def _city(stop: Stop) -> str:
    return shown(stop, "city")


def _user(request: HttpRequest) -> Any:
    return request.user  # staff_page has looked at it
