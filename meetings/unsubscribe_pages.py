"""What a person wants to be written, by kind. Opening the page changes nothing: scanners follow links."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import links
from accounts.personal_pages import personal_page
from meetings import unsubscribing
from outbox import kinds, suppressions


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Refuse the kind of the mail the link came with, or choose among all. Mail servers post unasked
    (RFC 8058): that refuses the kind of this mail only."""
    try:
        wish = unsubscribing.opened(token)
    except links.BadToken:
        return render(request, "meetings/link_unknown.html", status=404)
    refused = suppressions.refused_by(wish.recipient_hash)
    asked = unsubscribing.offered(wish, refused)
    if request.method == "POST":
        done = ""
        if "choose" in request.POST:
            unsubscribing.choose(wish, wanted=request.POST.getlist("kind"), among=asked)
            done = "?fait=choix"
        elif "back" in request.POST:
            suppressions.lift(wish.recipient_hash, kinds=[wish.kind])
            done = "?fait=retour"
        else:
            suppressions.suppress(wish.recipient_hash, kinds=[wish.kind])
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse(content_type="text/plain")  # never a redirect, says the RFC
        return redirect(request.path + done)
    context = {
        "kind": wish.kind,
        "silent": wish.kind in refused,
        "done": request.GET.get("fait", ""),
        "address": unsubscribing.shown(wish.recipient_hash),
        "kinds": [
            {"kind": kind, "meaning": kinds.MEANING[kind], "wanted": kind not in refused} for kind in asked
        ],
    }
    return render(request, "meetings/unsubscribe.html", context)
