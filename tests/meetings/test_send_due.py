"""Tests of `manage.py send_due`."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from meetings import invitations, lifecycle, reminders
from meetings.models import Campaign
from outbox.models import Message, MessageStatus
from regions import legal_time
from tests.factories import make_official, make_stop

pytestmark = [
    pytest.mark.django_db(transaction=True),  # a claim is committed before the network is touched
    pytest.mark.usefixtures("rings", "empty_audiences", "mail_dir"),
]


def send_due():
    out = StringIO()
    call_command("send_due", stdout=out)
    return out.getvalue().strip()


def test_what_is_ordered_and_due_is_written_and_delivered(professionals, set_clock):
    stop = make_stop()
    reminders.lay_down(stop.tour)
    make_official()
    professionals.add()
    invitations.invite(stop, audiences=["professionals"], by=None)
    set_clock(legal_time.instant(stop.date, stop.starts) - 20 * reminders.AFTER_PREDECESSOR / 3)
    assert send_due() == (
        "Invitations demandées écrites : 1. Textes dus écrits : 1. Messages envoyés : 2. En attente : 0."
    )
    assert set(Message.objects.values_list("status", flat=True)) == {MessageStatus.SENT}
    assert Campaign.objects.get().done_at is not None
    assert send_due() == (
        "Invitations demandées écrites : 0. Textes dus écrits : 0. Messages envoyés : 0. En attente : 0."
    )


def test_a_change_not_told_yet_is_told(professionals):
    stop = make_stop()
    professionals.add()
    invitations.write_to(stop, ["professionals"], limit=10)
    send_due()
    stop.refresh_from_db()
    lifecycle.change(stop, changes={"date": stop.date + timedelta(days=7)}, by=None)
    assert not Message.objects.filter(purpose="moved").exists()
    assert send_due() == (
        "Invitations demandées écrites : 0. Textes dus écrits : 0. Messages envoyés : 1. En attente : 0."
    )
    assert Message.objects.get(purpose="moved").status == MessageStatus.SENT
