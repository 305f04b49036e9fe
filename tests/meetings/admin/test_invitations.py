"""Tests of meetings.admin.invitations."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from meetings import answers, invitations
from meetings.models import Answer, Channel, Invitation
from outbox import returns
from outbox.models import Message, ReturnKind
from tests.factories import make_message, make_official, make_region, make_staff, make_stop, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings", "empty_audiences")]


@pytest.fixture
def staff(client):
    client.force_login(make_staff())
    return client


def listed(client, **filters):
    return client.get(reverse("admin:meetings_invitation_changelist"), filters)


def rows(response):
    return [row.person for row in response.context["cl"].result_list]


def answer_page(invitation):
    return reverse("admin:meetings_invitation_answer", args=[invitation.pk])


def test_the_list_names_people_by_their_function(staff, professionals):
    stop = make_stop()
    make_official(function_fr="Président du CRT", name="Direction")
    professionals.add()
    invitations.write_to(stop, ["crt", "professionals"], limit=10)
    assert rows(listed(staff)) == [None, "Président du CRT (Direction)"]
    assert "personne qui n’est plus connue" in listed(staff).content.decode()


def test_the_list_is_filtered_by_stop_audience_channel_and_answer(staff, professionals):
    stop, other = make_stop(), make_stop(region=make_region("MA-11"))
    make_official(function_fr="Présidence")
    make_official(function_fr="Délégation", email="")
    make_official(function_fr="Ailleurs", region=other.region)
    professionals.add()
    for one in (stop, other):
        invitations.write_to(one, ["crt", "professionals"], limit=10)
    answers.accept(Invitation.objects.get(channel=Channel.MAIL, audience="crt", stop=stop))
    assert rows(listed(staff, stop__id__exact=other.pk, audience="crt")) == ["Ailleurs"]
    assert rows(listed(staff, channel__exact="letter")) == ["Délégation"]
    assert rows(listed(staff, answer__exact="accepted")) == ["Présidence"]
    assert len(rows(listed(staff, audience="professionals"))) == 2


def test_the_list_takes_as_many_queries_for_many_as_for_one(staff, professionals):
    stop = make_stop()
    counts = []
    for people in (1, 2):
        for _ in range(people):
            make_official()
            professionals.add()
        invitations.write_to(stop, ["crt", "professionals"], limit=10)
        listed(staff)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            listed(staff)
        counts.append(len(queries))
    assert counts == [6, 6]


def test_nothing_is_typed_into_an_invitation(staff):
    stop = make_stop()
    make_official()
    invitations.write_to(stop, ["crt"], limit=10)
    page = reverse("admin:meetings_invitation_change", args=[Invitation.objects.get().pk])
    response = staff.get(page)
    assert response.status_code == 200
    assert b'name="answer"' not in response.content
    assert staff.post(page, {"answer": "accepted"}).status_code == 403
    assert staff.get(reverse("admin:meetings_invitation_add")).status_code == 403


def test_an_answer_given_by_telephone_does_what_a_click_does(staff):
    stop = make_stop()
    make_official(email="president@crt.example")
    invitations.write_to(stop, ["crt"], limit=10)
    invitation = Invitation.objects.get()
    detail = staff.get(reverse("admin:meetings_invitation_change", args=[invitation.pk]))
    assert answer_page(invitation) in detail.content.decode()
    assert staff.get(answer_page(invitation)).status_code == 200
    response = staff.post(answer_page(invitation), {"answer": "accepted"})
    assert response.status_code == 302
    invitation.refresh_from_db()
    assert invitation.answer == Answer.ACCEPTED
    assert Message.objects.filter(purpose="accepted", calendar_method="REQUEST").count() == 1
    entry = AuditEntry.objects.get(verb="answer_noted")
    assert (entry.target, entry.fields) == (f"invitation:{invitation.pk}", ["answer"])


def test_a_noted_replacement_is_named(staff):
    stop = make_stop()
    make_official(email="")
    invitations.write_to(stop, ["crt"], limit=10)
    invitation = Invitation.objects.get()
    response = staff.post(answer_page(invitation), {"answer": "replaced"})
    assert "Indiquez la fonction ou le nom" in response.content.decode()
    staff.post(answer_page(invitation), {"answer": "replaced", "function": "Directeur"})
    staff.post(answer_page(invitation), {"answer": "declined"})
    invitation.refresh_from_db()
    assert invitation.answer == Answer.DECLINED


def test_no_answer_is_noted_once_the_stop_began(staff, set_clock):
    stop = make_stop()
    make_official()
    invitations.write_to(stop, ["crt"], limit=10)
    invitation = Invitation.objects.get()
    # Sessions live by the clock of the server: the stop alone has begun.
    set_clock(stop.starts_at)
    response = staff.post(answer_page(invitation), {"answer": "accepted"})
    assert "Il n’est plus possible de répondre" in response.content.decode()
    invitation.refresh_from_db()
    assert (invitation.answer, AuditEntry.objects.filter(verb="answer_noted").exists()) == (
        Answer.NONE,
        False,
    )


def test_the_answers_of_professionals_are_not_noted_here(staff, professionals):
    stop = make_stop()
    professionals.add()
    invitations.write_to(stop, ["professionals"], limit=10)
    assert staff.get(answer_page(Invitation.objects.get())).status_code == 404


def test_who_may_only_look_notes_no_answer(client):
    from django.contrib.auth.models import Permission

    user = make_user(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_invitation"))
    client.force_login(user)
    stop = make_stop()
    make_official()
    invitations.write_to(stop, ["crt"], limit=10)
    invitation = Invitation.objects.get()
    detail = client.get(reverse("admin:meetings_invitation_change", args=[invitation.pk]))
    assert detail.status_code == 200
    assert answer_page(invitation) not in detail.content.decode()
    assert client.post(answer_page(invitation), {"answer": "accepted"}).status_code == 403


def test_orders_are_listed(staff):
    stop = make_stop()
    make_official()
    invitations.invite(stop, audiences=["crt"], by=make_staff(function="Cheffe de projet"))
    html = staff.get(reverse("admin:meetings_campaign_changelist")).content.decode()
    assert "Cheffe de projet" in html
    assert "Conseil régional du tourisme" in html


def change_page(invitation):
    return reverse("admin:meetings_invitation_change", args=[invitation.pk])


@pytest.mark.parametrize("mails", [1, 3])
def test_an_invitation_shows_what_its_calendar_said_and_its_mails_in_as_many_queries(
    staff, mails, django_assert_num_queries
):
    stop = make_stop()
    official = make_official(region=stop.region)
    invitations.write_to(stop, [official.body], limit=10)
    invitation = answers.accept(Invitation.objects.get())
    accepted = Message.objects.get(purpose="accepted")
    for number in range(mails):
        make_message(key=f"message:{invitation.key}:{number}", subject=f"stop:{stop.pk}")
    returns.record(accepted, kind=ReturnKind.REPLY, partstat="declined", notice="a")
    staff.get(change_page(invitation))

    with django_assert_num_queries(6):
        answer = staff.get(change_page(invitation))
    page = answer.content.decode().replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "<strong>Dans son agenda : décliné</strong>" in page
    assert [line.message.purpose for line in answer.context["mails"]] == [
        *("invitation", "accepted"),
        *["seat"] * mails,
    ]
    assert "version 0" in page
    assert ("/fr/invitation/" in accepted.text, "/fr/invitation/" in page) == (True, False)


def test_who_may_see_invitations_only_sees_their_mails_and_opens_none(client):
    stop = make_stop()
    official = make_official(region=stop.region)
    invitations.write_to(stop, [official.body], limit=10)
    invitation = Invitation.objects.get()
    Message.objects.update(status="sent")
    message = Message.objects.get()
    reader = make_user(is_staff=True)
    client.force_login(reader)
    assert client.get(change_page(invitation)).status_code == 403

    def give(*names):
        reader.user_permissions.add(*Permission.objects.filter(codename__in=names))
        return client.get(change_page(invitation)).content.decode()

    read, again = (
        reverse(f"admin:outbox_message_{what}", args=[message.pk]) for what in ("change", "renvoyer")
    )
    page = give("view_invitation")
    assert (message.headline in page, read in page, again in page) == (True, False, False)
    page = give("view_message", "change_message")
    assert (read in page, again in page) == (True, True)
