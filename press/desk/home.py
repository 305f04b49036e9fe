"""The desk at a glance, and the press contacts."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from meetings import agenda, press_contacts
from meetings.models import House, PressContact
from meetings.visibility import Viewer
from outbox import clock
from press import visibility
from press.desk.pages import desk_page, who
from press.forms import ContactForm
from press.models import Journalist
from press.room import with_a_notice


@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """What is drafted, what is published, which stops are ahead."""
    now, viewer = clock.now(), Viewer(user=who(request))
    releases = visibility.releases_visible_to(viewer, now).select_related("stop", "corrects")
    photos = visibility.photos_visible_to(viewer, now)
    context = {
        "now": now,
        "contacts": press_contacts.current(),
        "releases": [(row, row.is_public(now)) for row in releases.order_by("-created_at", "-pk")[:30]],
        "photos": photos.count(),
        "drafts": photos.filter(published_at=None).count(),
        "journalists": Journalist.objects.filter(active=True).count(),
        "stops": with_a_notice(agenda.stops()),
    }
    return render(request, "press/desk/index.html", context)


@desk_page
def contacts(request: HttpRequest, house: str) -> HttpResponse:
    """One house's contact: the public reads it once it is verified."""
    tour = agenda.current_tour()
    if tour is None or house not in House.values:
        raise Http404
    row = PressContact.objects.filter(tour=tour, house=house).first() or PressContact(tour=tour, house=house)
    form = ContactForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        press_contacts.write(tour, House(house), by=who(request), **form.cleaned_data)
        messages.success(request, _("Contact enregistré."))
        return redirect("press_desk:index")
    context = {"form": form, "house": House(house)}
    return render(request, "press/desk/contact.html", context, status=422 if form.errors else 200)
