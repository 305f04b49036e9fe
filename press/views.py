"""The press room: what everybody may take away."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.public_pages import public_page
from meetings import press_contacts


@public_page()
def room(request: HttpRequest) -> HttpResponse:
    """Whom to ask, communiqués, notices of the stops to come, photos."""
    return render(
        request, "press/room.html", {"section": "press", "press_contacts": press_contacts.current()}
    )
