"""Inviting ten thousand professionals: how long the click takes, and what writing to them costs.

The click is the POST with which staff confirm an order, to gunicorn as it serves in earnest, with no worker
running; beside it the bare view of `bench.bare`, asked in turns. Then the invitations are written by this
process as a worker writes them. `python -m bench.inviting [PEOPLE]`.
"""

import http.client
import os
import re
import sys
import time
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bench.__main__ import prepare, production
from bench.mail import word
from bench.servers import ROOT, Server, postmaster, tree
from onmt_tour import embedded

if TYPE_CHECKING:
    from meetings.models import Stop

PEOPLE = 10_000
CLICKS = 9
MILLISECONDS = 300
STATE = ROOT / "var" / "bench-services"
TASK = 2000  # as `meetings.tasks`


def main(people: str = "") -> None:
    with embedded.services(STATE, durable=True) as addresses:
        environ = production(addresses)
        prepare(environ)
        os.environ |= environ
        import django
        from django.db import connection

        django.setup()
        stop = audience(int(people or PEOPLE))
        database = postmaster(addresses["DATABASE_URL"])
        with Server.up("bench.bare", environ) as bare, Server.up("onmt_tour.wsgi", environ) as portal:
            clicks(stop, bare, portal, int(people or PEOPLE))
        writing(stop, database)
        connection.close()


def audience(people: int) -> "Stop":
    """So many professionals of a stop's region, in three languages, and a text somebody stands for."""
    from django.db import connection

    from accounts.models import User
    from meetings import mail_texts
    from meetings.models import MailText, Stop
    from outbox import clock
    from professionals import names
    from professionals.models import LegalCategory, Organisation, Professional

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE outbox_message, meetings_campaign, professionals_organisation CASCADE")
    now = clock.now()
    stop = Stop.objects.filter(status="published", date__gt=(now + timedelta(days=3)).date()).earliest("date")
    staff, _ = User.objects.get_or_create(
        email="bench@portal.example", defaults={"is_staff": True, "is_superuser": True, "role": "staff"}
    )
    mail_texts.lay_down(stop.tour)
    MailText.objects.filter(tour=stop.tour, validated_at=None).update(validated_at=now, validated_by=staff)
    house = Organisation.objects.create(
        name="Riad", name_key="riad", region=stop.region, category=LegalCategory.objects.all()[0]
    )
    Professional.objects.bulk_create(
        (
            Professional(
                name=f"Direction {number}",
                name_key=names.normalise(f"Direction {number}"),
                email=f"direction-{number}@hotel.example",
                organisation=house,
                language=("fr", "ar", "en")[number % 3],
                consent_version="bench",
                consent_text="oui",
                consented_at=now,
                created_at=now,
            )
            for number in range(people)
        ),
        batch_size=1000,
    )
    return stop


def clicks(stop: "Stop", bare: Server, portal: Server, people: int) -> None:
    """In turns with the bare view; the order is taken back after each."""
    from meetings.models import Campaign

    page = f"/admin/meetings/stop/{stop.pk}/invitations/"
    headers, token = signed_in()
    fields = {"audiences": "professionals", "csrfmiddlewaretoken": token}
    found, yardstick = [], []
    shown = ""
    for _ in range(CLICKS):
        yardstick.append(asked(bare.port, "GET", "/")[0])
        if not shown:
            _seconds, _status, body = asked(portal.port, "POST", page, fields | {"preview": "1"}, headers)
            shown = re.findall(r'name="shown" value="([^"]+)"', body)[0]
        seconds, status, _body = asked(
            portal.port, "POST", page, fields | {"shown": shown, "confirm": "1"}, headers
        )
        assert (status, Campaign.objects.count()) == (302, 1), "the order is given"
        found.append(seconds)
        Campaign.objects.all().delete()
    slowest, half = max(found) * 1000, median(found) * 1000
    ratio = median(one / other for one, other in zip(found, yardstick, strict=True))
    print(
        f"inviting: the click for {people} people: half within {half:.0f} ms, the slowest {slowest:.0f} ms "
        f"({ratio:.0f} times the bare view); at most {MILLISECONDS}: {word(half <= MILLISECONDS)}"
    )


def writing(stop: "Stop", database: int) -> None:
    from meetings import campaigns, invitations
    from outbox.models import Message

    order = invitations.invite(stop, audiences=["professionals"], by=None)
    begun, used, base = time.perf_counter(), time.process_time(), tree(database)
    while campaigns.write(order, limit=TASK):
        pass
    whole, used, base = time.perf_counter() - begun, time.process_time() - used, tree(database) - base
    written = Message.objects.filter(purpose="invitation").count()
    print(
        f"inviting: {written} invitations written in {whole:.1f} s: {used / written * 1000:.2f} ms of "
        f"processor each, and {base / written * 1000:.2f} ms of the database's"
    )


def signed_in() -> tuple[dict[str, str], str]:
    """The cookies of a member of the team, and the token of their forms."""
    from allauth.account.internal.flows.login import record_authentication
    from allauth.mfa.models import Authenticator
    from django.conf import settings
    from django.middleware.csrf import get_token
    from django.test import Client, RequestFactory

    from accounts.models import User
    from accounts.second_factor import METHOD

    client, request = Client(), RequestFactory().get("/")
    user = User.objects.get(email="bench@portal.example")
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})
    client.force_login(user)
    request.session = client.session
    record_authentication(request, user, METHOD)
    request.session.save()
    token = get_token(request)
    cookies = {
        settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
        settings.CSRF_COOKIE_NAME: request.META["CSRF_COOKIE"],
    }
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}, token


def asked(
    port: int,
    method: str,
    path: str,
    fields: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[float, int, str]:
    """Seconds until the whole answer is there, its status and its words."""
    sent = dict(headers or {})
    body = urlencode(fields) if fields else None
    if body:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body, sent)
    answer = connection.getresponse()
    words = answer.read().decode()
    connection.close()
    return time.perf_counter() - begun, answer.status, words


if __name__ == "__main__":
    main(*sys.argv[1:])
