"""Whether the portal stands: probes for a load balancer, findings for people.

The probes say what a web process needs to serve. Broker, worker and beat alarm whoever reads
`manage.py doctor`; they do not take the site down.
"""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from onmt_tour import startup

# Once complete, migrations stay complete for the code of this process.
_migrated = False


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Touches nothing."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Database, migrations, zone data: 200 when all are right, else 503 and which is not."""
    found = not_ready()
    text = "\n".join(found) or "ready"
    return HttpResponse(f"{text}\n", content_type="text/plain", status=503 if found else 200)


def not_ready() -> list[str]:
    """One word for each thing missing; the details are for `doctor`, not for the public."""
    return [word for word, right in (("zone data", zones()), ("database", database())) if not right] or (
        [] if migrated() else ["migrations"]
    )


def zones() -> bool:
    return not list(startup.zone_data())


def database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def migrated() -> bool:
    global _migrated
    if not _migrated:
        _migrated = not list(startup.migrations())
    return _migrated
