"""Names of establishments suggested to who starts to write one: those the team approved, nobody else's."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from accounts.client_address import client_network
from professionals import names, rate_limit
from professionals.models import Organisation

SHORTEST = 3  # letters
MOST = 8
PARAMETER = "debut"


def beginning_with(text: str) -> list[str]:
    """Approved names one of whose words begins so, in either script; none for less than three letters."""
    key = names.normalise(text)[:160]
    if len(key.replace(" ", "")) < SHORTEST:
        return []
    found: set[str] = set()
    for column in ("name", "name_ar"):
        begins = Q((f"{column}_key__startswith", key)) | Q((f"{column}_key__contains", f" {key}"))
        rows = Organisation.objects.filter(begins, approved=True).order_by(column)
        found.update(rows.values_list(column, flat=True).distinct()[:MOST])
    return sorted(found, key=names.normalise)[:MOST]


@login_not_required
@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """Comfort of the form, which works without it: too many questions get no names, and no error."""
    wait = rate_limit.wait(rate_limit.NAMES_PER_SENDER, client_network(request))
    found = [] if wait else beginning_with(request.GET.get(PARAMETER, ""))
    answer = JsonResponse({"names": found}, status=429 if wait else 200)
    answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex"
    if wait:
        answer["Retry-After"] = str(wait)
    return answer
