"""Writing mail down: once per key, with the fact, without waiting for anybody."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from outbox import clock, rendering
from outbox.models import Kind, Message, MessageStatus, Priority
from outbox.queue import Calendar, enqueue, hash_of, supersede
from tests.factories import make_message
from tests.meeting_points import wait_for_a_blocked_query
from tests.outbox.conftest import fields

REQUEST = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


@pytest.mark.django_db
def test_a_mail_is_written_whole():
    until = clock.now() + timedelta(days=2)
    written = enqueue(
        **fields(
            to=" Direction@Hotel.example ",
            subject="stop:1",
            valid_until=until,
            reply_to="tournee@portal.example",
            calendar=Calendar(text=REQUEST, method="REQUEST"),
        )
    )

    message = Message.objects.get()
    assert written is True
    assert message.status == MessageStatus.QUEUED
    assert message.recipient == "direction@hotel.example"
    assert message.recipient_hash == hash_of("direction@hotel.example")
    assert message.headline == "Rappel : l'étape & Dakhla"
    assert "Bonjour M'hamed Aït," in message.text
    assert (message.calendar, message.calendar_method) == (REQUEST, "REQUEST")
    assert (message.subject, message.valid_until) == ("stop:1", until)
    assert message.due_at == message.written_at
    assert message.headers == {}


@pytest.mark.django_db
def test_the_same_key_is_written_once_and_rendered_once(monkeypatch):
    assert enqueue(**fields()) is True
    monkeypatch.setattr(rendering, "render", lambda *a, **k: pytest.fail("rendered again"))

    assert enqueue(**fields(to="autre@hotel.example")) is False
    assert Message.objects.get().recipient == "direction@hotel.example"


@pytest.mark.django_db
def test_writing_a_mail_takes_three_queries_and_finding_it_written_one():
    with (
        CaptureQueriesContext(
            connection,
        ) as first,
        transaction.atomic(),
    ):
        enqueue(**fields())
    with CaptureQueriesContext(connection) as second:
        enqueue(**fields())

    assert len([q for q in first if "SAVEPOINT" not in q["sql"]]) == 3
    assert len(second) == 1


@pytest.mark.django_db(transaction=True)
def test_two_transactions_writing_one_key_at_once_write_one_mail(rings):
    """The first has written and not committed; the second must wait and then answer False."""
    first_has_written, answers = threading.Event(), {}

    def first() -> None:
        with transaction.atomic():
            answers["first"] = enqueue(**fields())
            first_has_written.set()
            wait_for_a_blocked_query()  # the second one, for our row
        connection.close()

    def second() -> None:
        first_has_written.wait(5)
        answers["second"] = enqueue(**fields())
        connection.close()

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert answers == {"first": True, "second": False}
    assert Message.objects.count() == 1
    assert rings == ["ring"]


@pytest.mark.django_db(transaction=True)
def test_a_fact_rolled_back_takes_its_mail_along(rings):
    with transaction.atomic():
        enqueue(**fields())
        transaction.set_rollback(True)

    assert Message.objects.count() == 0
    assert rings == []


@pytest.mark.django_db(transaction=True)
def test_a_transaction_rings_once_however_many_mails_it_writes(rings):
    with transaction.atomic():
        for number in range(3):
            enqueue(**fields(key=f"seat:{number}"))
        assert rings == []

    assert rings == ["ring"]


@pytest.mark.django_db(transaction=True)
def test_a_ring_lost_with_a_savepoint_is_rung_for_the_mail_that_stays(rings):
    with transaction.atomic():
        with transaction.atomic():
            enqueue(**fields(key="seat:1"))
            transaction.set_rollback(True)
        enqueue(**fields(key="seat:2"))

    assert list(Message.objects.values_list("key", flat=True)) == ["seat:2"]
    assert rings == ["ring"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["", "hotel", "a@b.example\nBcc: c@d.example", "a@b.example, c@d.example", "a b@c.example"],
)
def test_an_address_nobody_can_be_written_to_is_refused(address):
    with pytest.raises(ValidationError):
        enqueue(**fields(to=address))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url",
    [
        "https://portal.example/x\r\nBcc: a@b.example",
        "https://portal.example/<x>",
        "/x",
        "https://x/" + "a" * 990,
    ],
)
def test_an_unsubscription_address_that_is_no_plain_url_is_refused(url):
    with pytest.raises(ValueError, match="plain"):
        enqueue(**fields(purpose="invitation", unsubscribe_url=url))


@pytest.mark.django_db
def test_a_campaign_carries_one_click_unsubscription():
    link = "https://portal.example/fr/desabonnement/9.xyz/"
    enqueue(**fields(purpose="invitation", unsubscribe_url=link, priority=Priority.CAMPAIGN))

    message = Message.objects.get()
    assert message.kind == Kind.INVITATIONS
    assert message.headers == {
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert link in message.text and link in message.html


@pytest.mark.parametrize(
    "text", ["", REQUEST.replace("REQUEST", "CANCEL"), REQUEST.replace("METHOD", "METHODS")]
)
def test_a_calendar_whose_method_is_not_the_one_named_is_refused(text):
    with pytest.raises(ValueError, match="METHOD"):
        Calendar(text=text, method="REQUEST")


@pytest.mark.django_db
def test_superseding_stops_what_is_not_on_its_way_and_nothing_else():
    lease = {"claim": "t", "lease_until": clock.now()}
    stopped = [make_message(purpose="seated_eve"), make_message(purpose="moved", status="claimed", **lease)]
    leaving = [
        make_message(purpose="seated_eve", status="sending", **lease),
        make_message(purpose="seated_eve", status="in_doubt", claim="t"),
        make_message(purpose="seated_eve", status="sent"),
    ]
    make_message(purpose="seated_eve", subject="stop:12")
    make_message(purpose="seat")

    assert supersede(subject="stop:1", purposes=["seated_eve", "moved"]) == 2

    superseded = Message.objects.filter(status=MessageStatus.SUPERSEDED)
    assert sorted(superseded.values_list("pk", flat=True)) == [message.pk for message in stopped]
    assert set(superseded.values_list("claim", "lease_until")) == {("", None)}
    assert not superseded.filter(final_at=None).exists()
    # What is on its way, or may be, will not be sent again.
    marked = Message.objects.filter(overtaken=True).values_list("pk", flat=True)
    assert sorted(marked) == [message.pk for message in leaving]


@pytest.mark.django_db
def test_superseding_for_one_person_leaves_the_others_alone():
    about = {"purpose": "seated_eve", "subject": "stop:1"}
    mine = make_message(key="seated_eve:registration:7:1:20261203.1", **about)
    make_message(key="seated_eve:registration:77:1:20261203.1", **about)
    make_message(key="seated_eve:official:7:1:20261203.1", **about)
    make_message(key="seat:registration:7:1", **(about | {"purpose": "seat"}))

    assert supersede(subject="stop:1", purposes=["seated_eve", "moved"], person="registration:7") == 1
    assert Message.objects.get(status=MessageStatus.SUPERSEDED) == mine


@pytest.mark.django_db
def test_superseding_for_one_person_reads_their_mails_by_indexes_and_not_all_there_are():
    """Somebody waits who has just answered, and others for the stop's row."""
    one = make_message(key="reminder:registration:0:1", purpose="reminder", subject="stop:1")
    names = [field.column for field in Message._meta.concrete_fields if field.column != "id"]
    each = {"key": "key || n", "message_id": "message_id || n"}
    values = ", ".join(each.get(name, name) for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO outbox_message ({', '.join(names)}) SELECT {values}"  # noqa: S608
            f" FROM outbox_message, generate_series(1, 2000) AS n WHERE id = {one.pk}"
        )
        cursor.execute("ANALYZE outbox_message")
    with CaptureQueriesContext(connection) as asked:
        supersede(subject="stop:1", purposes=["reminder"], person="registration:7")
    plans = []
    with connection.cursor() as cursor:
        for query in (query["sql"] for query in asked if "copy_of" in query["sql"]):
            cursor.execute(f"EXPLAIN {query}")
            plans.append(" ".join(line for (line,) in cursor.fetchall()))
    assert [("message_copies" in plan, "message_written_once" in plan) for plan in plans] == [
        (True, True)
    ] * 2


def test_an_address_is_remembered_whatever_becomes_of_the_key_of_the_links(settings):
    before = hash_of("direction@hotel.example")
    settings.LINK_KEY, settings.LINK_KEY_FALLBACKS = "another-key-" * 4, []
    assert hash_of("Direction@hotel.example ") == before
    settings.ADDRESS_KEY = "another-key-" * 4
    assert hash_of("direction@hotel.example") != before
