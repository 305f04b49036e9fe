"""Public pages of the tour: the agenda and its stops. They read releases only."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    return render(request, "meetings/agenda.html", {"section": "agenda"})
