"""The journal: ids and names of fields, written with the act, never changed."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, transaction

from accounts import audit
from accounts.models import AuditEntry
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_a_line_says_who_did_what_to_which() -> None:
    user = make_user()
    audit.record(user, "changed", "official:12", fields=["name", "email"])
    assert list(AuditEntry.objects.values_list("actor", "verb", "target", "fields")) == [
        (user.pk, "changed", "official:12", ["email", "name"])
    ]


def test_what_the_machine_or_a_visitor_did_has_no_actor() -> None:
    for actor in (None, AnonymousUser()):
        audit.record(actor, "released", "stop:3")
    assert list(AuditEntry.objects.values_list("actor", flat=True)) == [None, None]


def test_the_database_refuses_to_change_or_delete_a_line() -> None:
    audit.record(None, "released", "stop:3")
    entry = AuditEntry.objects.get()
    entry.verb = "autre"
    attempts = (
        lambda: entry.save(update_fields=["verb"]),
        lambda: AuditEntry.objects.update(target="stop:4"),
        lambda: AuditEntry.objects.all().delete(),
    )
    for attempt in attempts:
        with pytest.raises(DatabaseError, match="never changed nor deleted"), transaction.atomic():
            attempt()
    assert AuditEntry.objects.values_list("verb", "target").get() == ("released", "stop:3")
