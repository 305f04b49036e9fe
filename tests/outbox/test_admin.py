"""What staff see of mail, and the two things they may decide."""

import html
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from meetings import filling, mail_texts, text_previews
from meetings.models import TextKind
from outbox import clock, decisions, purposes, returns, suppressions
from outbox.delivery import run
from outbox.models import Message, MessageStatus, Returned, ReturnKind, Suppression
from outbox.queue import hash_of
from tests.factories import make_message, make_staff, make_user

pytestmark = pytest.mark.django_db

LIST = "admin:outbox_message_changelist"
TOKEN = "12.abcDEF_-ghiabcDEF_-ghiabcDEF"


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make_staff())
    return client


def page(message: Message, what: str = "change") -> str:
    return reverse(f"admin:outbox_message_{what}", args=[message.pk])


def shown(client: Client, **query: str) -> list[int]:
    answer = client.get(reverse(LIST), query)
    assert answer.status_code == 200
    return sorted(message.pk for message in answer.context["cl"].result_list)


def make_each() -> list[Message]:
    lease = {"claim": "t", "lease_until": clock.now()}
    return [
        make_message(status=status, **(lease if status in {"claimed", "sending"} else {}))
        for status in MessageStatus
    ]


def test_staff_read_a_message_without_its_links(staff):
    message = make_message(
        text=f"Bonjour M'hamed Aït,\nhttps://portal.example/fr/inscription/{TOKEN}/\n",
        html=f'<a href="https://portal.example/fr/inscription/{TOKEN}/">lien</a>',
        calendar=f"URL:https://portal.example/fr/inscription/{TOKEN[:9]}\r\n {TOKEN[9:]}/\r\n",
        headers={"List-Unsubscribe": f"<https://portal.example/fr/desabonnement/{TOKEN}/>"},
    )
    content = staff.get(page(message)).content.decode()

    assert "Bonjour M&#x27;hamed Aït,<br>https://portal.example/fr/inscription/…/" in content
    assert "URL:https://portal.example/fr/inscription/…/" in content
    assert "&lt;https://portal.example/fr/desabonnement/…/&gt;" in content
    assert TOKEN not in content and TOKEN[9:] not in content


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_at_one_row_and_at_three(staff, rows, django_assert_num_queries):
    for _ in range(rows):
        make_message()

    with django_assert_num_queries(5):
        staff.get(reverse(LIST))


def test_the_list_does_not_read_what_the_mails_say(staff, django_assert_num_queries):
    make_message()
    with django_assert_num_queries(5) as asked:
        staff.get(reverse(LIST))

    rows = [q["sql"] for q in asked.captured_queries if '"outbox_message"."headline"' in q["sql"]]
    assert len(rows) == 1
    assert '"outbox_message"."text"' not in rows[0]


def test_staff_find_messages_by_state_purpose_and_language(staff):
    seat, reminder = make_message(), make_message(purpose="seated_eve", language="ar")
    failed = make_message(status="failed", final_at=clock.now())

    assert shown(staff, status__exact="failed") == [failed.pk]
    assert shown(staff, purpose="seated_eve") == [reminder.pk]
    assert shown(staff, language="ar") == [reminder.pk]
    assert shown(staff) == [seat.pk, reminder.pk, failed.pk]


def test_staff_read_in_words_what_a_mail_is_for(staff):
    message = make_message(purpose="seated_eve")
    row, page_of_it = staff.get(reverse(LIST)), staff.get(page(message))

    assert '<td class="field-purpose_in_words">rappel de la veille</td>' in row.content.decode()
    assert '<a href="?purpose=seated_eve">rappel de la veille</a>' in re.sub(
        r"\s+", " ", row.content.decode()
    )
    assert "rappel de la veille" in page_of_it.content.decode()
    assert "seated_eve" not in re.sub(r"purpose=seated_eve|seated_eve:[^<]*", "", page_of_it.content.decode())


def test_every_mail_has_a_purpose_in_words():
    """Templates are named for their purposes; some say one purpose to different readers."""
    shared = {
        "account_event": "account",
        "account_password": "account",
        "account_welcome": "account",
        "replacement": "accepted",
        "replacement_ended": "declined",
    }
    folder = Path(settings.BASE_DIR) / "templates" / "emails"
    names = {file.name.partition(".")[0] for file in folder.glob("*.subject.txt")}
    # In words of the staff, or of other mails: no template of their own.
    written = {mail_texts.purpose_of(kind) for kind in TextKind} | {text_previews.TRIAL, "rehearsal"}
    written.add("delegation_over")  # the last word of « delegation »
    own = {shared.get(name, name) for name in names - {filling.TEMPLATE}}
    assert own | written == {code for code, _words in purposes.every()}


def test_staff_find_what_was_written_to_an_address_even_once_it_is_erased(staff):
    kept = make_message(recipient="direction@hotel.example")
    erased = make_message(recipient="", recipient_hash=hash_of("direction@hotel.example"))
    make_message()

    assert shown(staff, q="direction@hotel") == [kept.pk]
    assert shown(staff, q="Direction@hotel.example") == [kept.pk, erased.pk]


def test_nothing_is_added_changed_or_deleted_by_hand(staff):
    message = make_message()

    assert staff.get(reverse("admin:outbox_message_add")).status_code == 403
    assert staff.post(page(message), {"headline": "autre"}).status_code == 403
    assert staff.post(page(message, "delete"), {"post": "yes"}).status_code == 403
    message.refresh_from_db()
    assert message.headline != "autre"


@pytest.mark.parametrize("decision", ["renvoyer", "considerer-envoye"])
def test_looking_at_a_decision_decides_nothing(staff, decision):
    message = make_message(status="in_doubt")
    answer = staff.get(page(message, decision))

    assert answer.status_code == 200
    assert message.text.strip() in answer.content.decode()
    assert Message.objects.get().status == MessageStatus.IN_DOUBT


def journal() -> list[tuple[int | None, str, str]]:
    return list(AuditEntry.objects.values_list("actor", "verb", "target"))


def signed_in(client: Client) -> int:
    return int(client.session["_auth_user_id"])


def test_sending_again_is_a_message_of_its_own(staff, hands, sink):
    message = make_message(status="sent", final_at=clock.now(), subject="stop:4", answer="250 OK")
    answer = staff.post(page(message, "renvoyer"))

    again = Message.objects.get(resend_of=message)
    assert answer["Location"] == page(again)
    assert again.message_id != message.message_id
    assert [getattr(again, name) for name in decisions.COPIED] == [
        getattr(message, name) for name in decisions.COPIED
    ]
    message.refresh_from_db()
    assert (message.status, message.answer) == (MessageStatus.SENT, "250 OK")
    run(hands)
    assert sink.count() == {again.message_id: 1}
    assert LogEntry.objects.get().change_message == f"Le message est renvoyé. ({again.pk})"
    assert journal() == [(signed_in(staff), "resend", f"message:{message.pk}")]
    assert f'href="{page(message)}"' in staff.get(page(again)).content.decode()
    assert f'href="{page(again)}"' in staff.get(page(message)).content.decode()


def test_pressing_twice_sends_again_once(staff):
    message = make_message(status="sent", final_at=clock.now())
    staff.post(page(message, "renvoyer"))
    answer = staff.post(page(message, "renvoyer"), follow=True)

    assert Message.objects.count() == 2
    assert len(journal()) == 1
    assert [str(said) for said in answer.context["messages"]] == [
        "Le message est renvoyé.",
        "Un renvoi de ce message attend déjà.",
    ]


def test_a_second_resend_is_possible_once_the_first_has_left(staff, hands, sink):
    message = make_message(status="sent", final_at=clock.now())
    for _ in range(2):
        staff.post(page(message, "renvoyer"))
        run(hands)

    assert message.resends.count() == 2
    assert len(sink.accepted) == 2


def test_a_message_in_doubt_that_is_sent_again_is_replaced(staff):
    message = make_message(status="in_doubt", claim="a token")
    staff.post(page(message, "renvoyer"))

    message.refresh_from_db()
    assert (message.status, message.claim) == (MessageStatus.SUPERSEDED, "")
    assert message.final_at is not None
    assert Message.objects.get(resend_of=message).status == MessageStatus.QUEUED


def test_a_message_in_doubt_may_be_held_for_sent(staff):
    message = make_message(status="in_doubt", claim="a token")
    staff.post(page(message, "considerer-envoye"))

    message.refresh_from_db()
    assert (message.status, message.claim) == (MessageStatus.SENT, "")
    assert message.final_at is not None
    assert Message.objects.count() == 1
    assert journal() == [(signed_in(staff), "hold_for_sent", f"message:{message.pk}")]


def offered(client: Client, message: Message) -> list[str]:
    """The buttons of the message's page, each leading to a page that asks."""
    content = client.get(page(message)).content.decode()
    links = re.findall(rf'<li><a href="{page(message)[: -len("change/")]}[a-z-]+/">([^<]+)</a>', content)
    return [html.unescape(link) for link in links]


def test_each_state_offers_what_makes_sense_and_refuses_the_rest(staff):
    again, hold = "Renvoyer", "Considérer comme envoyé"
    messages = make_each()

    assert {message.status: offered(staff, message) for message in messages} == {
        "queued": [],
        "claimed": [],
        "sending": [],
        "sent": [again],
        "failed": [again],
        "in_doubt": [again, hold],
        "too_late": [],
        "superseded": [],
    }
    for message in messages:
        staff.post(page(message, "renvoyer"))
    resent = Message.objects.exclude(resend_of=None).values_list("resend_of__key", flat=True)
    assert sorted(resent) == sorted(
        message.key for message in messages if message.status in {"sent", "failed", "in_doubt"}
    )


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"text": "", "html": ""}, "Son texte a été effacé."),
        ({"recipient": "", "recipient_hash": "x"}, "Son texte a été effacé."),
        (
            {"valid_until": clock.now() - timedelta(minutes=1)},
            "Il n’a plus lieu d’être : la date jusqu’à laquelle il valait est passée.",
        ),
        ({"overtaken": True}, "Ce qu’il dit n’est plus vrai : un autre message l’a dit depuis."),
    ],
)
def test_what_makes_no_sense_any_more_is_not_sent_again(staff, fields, reason):
    message = make_message(status="sent", **fields)

    assert reason in staff.get(page(message, "renvoyer")).content.decode()
    staff.post(page(message, "renvoyer"))
    assert Message.objects.count() == 1


def test_whoever_may_only_look_decides_nothing(client):
    viewer = make_user(is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_message"))
    client.force_login(viewer)
    message = make_message(status="in_doubt")

    assert offered(client, message) == []
    for decision in ("renvoyer", "considerer-envoye"):
        assert client.get(page(message, decision)).status_code == 403
        assert client.post(page(message, decision)).status_code == 403
    assert Message.objects.get().status == MessageStatus.IN_DOUBT


def test_an_unsubscription_is_found_by_its_address_alone(staff):
    row = Suppression.objects.create(
        recipient_hash=hash_of("direction@hotel.example"), kind="news", reason="link", at=clock.now()
    )
    address = reverse("admin:outbox_suppression_changelist")

    page = staff.get(address, {"q": "Direction@hotel.example"})
    assert list(page.context["cl"].result_list) == [row]
    cells = re.findall(r'<td class="field-(kind|reason)">([^<]+)</td>', page.content.decode())
    assert cells == [("kind", "messages de l’équipe"), ("reason", "demandé par la personne")]
    assert list(staff.get(address, {"q": "direction"}).context["cl"].result_list) == []


def lift(client: Client, *rows: Suppression) -> list[str]:
    answer = client.post(
        reverse("admin:outbox_suppression_changelist"),
        {"action": "write_again", "_selected_action": [row.pk for row in rows]},
        follow=True,
    )
    return [message.level_tag for message in answer.context["messages"]]


def test_staff_have_campaigns_leave_again_for_who_did_not_refuse_them_and_the_journal_says_so(staff):
    bounced = [make_message(recipient="direction@hotel.example") for _ in range(3)]
    for message in bounced:
        returns.record(message, kind=ReturnKind.PERMANENT, code="5.1.1", notice=f"notice {message.pk}")
    unsubscribed = make_message().recipient_hash
    suppressions.suppress(unsubscribed)
    first = Suppression.objects.filter(reason="bounces").earliest("pk")

    assert lift(staff, *Suppression.objects.all()) == ["success", "warning"]
    assert suppressions.refused_by(bounced[0].recipient_hash) == set()
    assert suppressions.refused_by(unsubscribed) == set(suppressions.EVERY)
    entry = AuditEntry.objects.get(verb="write_again")
    assert entry.target == f"suppression:{first.pk}"
    assert not Returned.objects.filter(settled=False).exists()


def test_who_may_only_read_refusals_lifts_none(client):
    message = make_message()
    returns.record(message, kind=ReturnKind.COMPLAINT, notice="a")
    reader = make_user(is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_suppression"))
    client.force_login(reader)

    lift(client, *Suppression.objects.all())
    assert suppressions.refused_by(message.recipient_hash) == set(suppressions.EVERY)


def test_a_message_shows_what_came_back_of_it(staff):
    message = make_message()
    returns.record(message, kind=ReturnKind.PERMANENT, code="5.1.1", notice="a")
    content = staff.get(page(message)).content.decode().replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "refusé pour de bon (5.1.1 : adresse inconnue) (" in content
