"""One stop and the press: who is invited, who answered, who is expected at the door."""

import csv
import io

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings import answers, gate, held_seats, invitations
from meetings.models import Answer, Invitation, Stop
from press import accreditations, audience
from press.desk.pages import desk_page, who
from press.desk.press_file import found
from press.links import AUDIENCE
from press.models import Journalist

ON_A_PAGE = 50
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@desk_page
def one(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite the press file, follow the answers, note those that came otherwise."""
    stop = _stop(slug)
    if request.method == "POST":
        _act(request, stop)
        return redirect(request.get_full_path())
    words = request.GET.get("q", "")[:80]
    concerned = audience.of_stop(stop).values("pk")
    page = Paginator(found(words).filter(pk__in=concerned), ON_A_PAGE).get_page(request.GET.get("page"))
    asked = {
        row.key: row
        for row in Invitation.objects.filter(stop=stop, audience=AUDIENCE, key__in=[one.key for one in page])
    }
    may_invite = invitations.invitable(stop, AUDIENCE)
    asked_now = invitations.sort(stop, AUDIENCE) if may_invite else None
    context = {
        "stop": stop,
        "document": stop.current_release.document if stop.current_release else None,
        "words": words,
        "page": page,
        "people": [(one, asked.get(one.key)) for one in page],
        "expected": Invitation.objects.filter(stop=stop, audience=AUDIENCE, answer=Answer.ACCEPTED).count(),
        "to_invite": len(asked_now.by_mail) + len(asked_now.unvalidated) if asked_now else 0,
        "may_invite": may_invite,
        "open": answers.open_to_answers(stop),
    }
    return render(request, "press/desk/stop.html", context)


@desk_page
def door(request: HttpRequest, slug: str) -> HttpResponse:
    """Who of the press is expected, to print for the door: name, media and function, nothing else."""
    stop = _stop(slug)
    context = {
        "stop": stop,
        "document": stop.current_release.document if stop.current_release else None,
        "entries": accreditations.at_the_door(stop),
    }
    return render(request, "press/desk/door.html", context)


@desk_page
def door_table(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as a table; what people typed is text and stays text."""
    stop = _stop(slug)
    written = io.StringIO()
    table = csv.writer(written, delimiter=";")
    table.writerow([_("Média"), _("Nom et prénom"), _("Nom en arabe"), _("Fonction")])
    for one in accreditations.at_the_door(stop):
        person = one.journalist
        table.writerow(
            [_text(cell) for cell in (person.outlet, person.name, person.name_ar, person.function)]
        )
    answer = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="presse-{stop.slug}.csv"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _text(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _stop(slug: str) -> Stop:
    rows = Stop.objects.public().filter(tour__is_current=True)
    return get_object_or_404(rows.select_related("current_release", "region", "tour"), slug=slug)


def _act(request: HttpRequest, stop: Stop) -> None:
    act = request.POST.get("act", "")
    try:
        if act == "invite":
            _invite(request, stop)
        elif act in ("comes", "does_not"):
            number = request.POST.get("journalist", "")
            rows = Journalist.objects.filter(pk=int(number) if number.isdecimal() and len(number) < 16 else 0)
            person = get_object_or_404(rows)
            accreditations.note(stop, person, comes=act == "comes", by=who(request))
            words = _("Accréditation notée.") if act == "comes" else _("Absence notée.")
            messages.success(request, words)
    except answers.TooLate:
        messages.error(request, _("Il est trop tard : l’étape a commencé ou n’a plus lieu."))
    except held_seats.NoSeatLeft:
        messages.error(request, _("Il ne reste ni place réservée à la presse, ni place libre."))
    except gate.Busy:
        messages.error(
            request, _("Quelqu’un d’autre modifie cette étape : réessayez dans quelques secondes.")
        )


def _invite(request: HttpRequest, stop: Stop) -> None:
    found = invitations.sort(stop, AUDIENCE)
    try:
        invitations.invite(stop, audiences=[AUDIENCE], by=who(request))
    except invitations.NotInvitable:
        messages.error(request, _("La presse ne peut pas être invitée à cette étape maintenant."))
        return
    words = ngettext(
        "%(count)d invitation part dans les minutes qui viennent.",
        "%(count)d invitations partent dans les minutes qui viennent.",
        len(found.by_mail),
    )
    if found.by_mail or not found.unvalidated:
        messages.success(request, words % {"count": len(found.by_mail)})
    if found.unvalidated:
        words = ngettext(
            "%(count)d invitation attend que son texte soit validé.",
            "%(count)d invitations attendent que leur texte soit validé.",
            len(found.unvalidated),
        )
        messages.warning(request, words % {"count": len(found.unvalidated)})
