"""The pages of orders to invite, in the hands of the team."""

import io
import json
from datetime import time, timedelta

import openpyxl
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from meetings import campaigns, invitations, private_papers, reminders
from meetings.models import Campaign, Invitation, ReminderKind, ReminderRule
from meetings.reach import Reach
from meetings.typesetting import workbook
from outbox import clock
from outbox.models import Message
from regions import legal_time
from tests.factories import make_organisation, make_professional, make_staff, make_stop, make_user
from tests.test_html import errors

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings")]


@pytest.fixture
def stop():
    return make_stop()


@pytest.fixture
def team(client):
    client.force_login(make_staff())
    return client


@pytest.fixture
def order(stop, professionals):
    for _ in range(3):
        professionals.add()
    return invitations.invite(stop, audiences=["professionals"], by=make_staff())


def at(order):
    return f"/pilotage/etapes/{order.stop.slug}/envois/{order.pk}/"


def test_the_page_says_what_the_database_says_and_looks_again_while_something_is_under_way(team, order):
    page = team.get(at(order))
    assert (page.context["found"].people, page.context["refresh"]) == (None, 5)
    assert b'<noscript><meta http-equiv="refresh" content="5"></noscript>' in page.content

    invitations.write(order, limit=2)
    found = team.get(at(order)).context["found"]
    assert (found.written, found.whole, found.waiting) == (2, 3, 2)

    while invitations.write(order, limit=2):
        pass
    Message.objects.update(status="sent")
    page = team.get(at(order))
    assert dict(page.context["reached"])[Reach.DELIVERED] == 3
    assert (page.context["going"], page.context["refresh"]) == (False, None)
    assert b"http-equiv" not in page.content


def test_the_buttons_halt_and_resume_and_looking_changes_nothing(team, order):
    assert team.get(at(order), {"act": "halt"}).status_code == 200
    order.refresh_from_db()
    assert order.halted_at is None

    assert team.post(at(order), {"act": "halt"}).url == at(order)
    order.refresh_from_db()
    assert order.halted_at is not None
    page = team.get(at(order))
    assert (page.context["going"], page.context["refresh"]) == (False, None)
    assert 'value="resume"' in page.content.decode()

    team.post(at(order), {"act": "resume"})
    order.refresh_from_db()
    assert order.halted_at is None


def test_an_order_of_another_stop_is_not_there(team, order):
    other = make_stop(region="MA-01")

    assert team.get(f"/pilotage/etapes/{other.slug}/envois/{order.pk}/").status_code == 404
    assert team.post(f"/pilotage/etapes/{other.slug}/envois/{order.pk}/", {"act": "halt"}).status_code == 404


@pytest.mark.parametrize("orders", [1, 3])
def test_the_list_of_orders_costs_the_same_however_many_there_are(team, stop, orders):
    for number in range(orders):
        Campaign.objects.create(
            stop=stop, audiences=[f"audience {number}"], ordered_at=clock.now(), by=make_staff()
        )
    with CaptureQueriesContext(connection) as asked:
        page = team.get(f"/pilotage/etapes/{stop.slug}/envois/")

    assert len(page.context["orders"]) == orders
    assert len(asked) == 4


@pytest.fixture
def planned(stop, professionals):
    for language in ("fr", "fr", "ar"):
        professionals.add(language=language, name=f"Direction <{language}>")
    tomorrow = clock.now() + timedelta(days=1)
    return invitations.invite(stop, audiences=["professionals"], by=make_staff(), starts_at=tomorrow)


def test_before_its_moment_the_page_says_who_would_be_written_what_when(team, planned):
    page = team.get(at(planned))
    assert (page.context["ahead"].total, page.context["rows"]) == (3, [("professionals", [2, 1, 0], 3)])
    shown = [(one["sample"].language, one["direction"]) for one in page.context["samples"]]
    assert shown == [("fr", "ltr"), ("ar", "rtl")]
    html = page.content.decode()
    assert html.count('class="letter"') == 2
    assert "Direction &lt;fr&gt;" in html
    assert "desabonnement" not in html
    assert 'value="withdraw"' in html and 'value="halt"' not in html


def test_its_moment_is_moved_in_moroccan_time_and_a_wrong_one_is_refused_with_a_sentence(team, planned):
    day = legal_time.today() + timedelta(days=2)
    answer = team.post(at(planned), {"act": "move", "starts_day": f"{day:%Y-%m-%d}", "starts_hour": "09:30"})
    assert answer.url == at(planned)
    planned.refresh_from_db()
    assert planned.starts_at == legal_time.instant(day, time(9, 30))
    past = {"act": "move", "starts_day": "2020-01-01", "starts_hour": "09:30"}
    for data, words in (
        (past, "Choisissez un moment à venir, avant le début de l’étape."),
        ({"act": "move", "starts_day": "x", "starts_hour": "09:30"}, "Saisissez un jour."),
        ({"act": "move", "starts_day": f"{day:%Y-%m-%d}"}, "Saisissez une heure."),
    ):
        page = team.post(at(planned), data)
        assert (page.status_code, words in page.content.decode()) == (200, True)
    planned.refresh_from_db()
    assert planned.starts_at == legal_time.instant(day, time(9, 30))
    team.post(at(planned), {"act": "withdraw"})
    planned.refresh_from_db()
    assert planned.withdrawn_at is not None
    assert "L’envoi a déjà commencé" in team.post(at(planned), {"act": "now"}, follow=True).content.decode()


def test_who_was_not_reached_is_asked_again_with_one_button(team, order):
    while invitations.write(order, limit=10):
        pass
    Message.objects.update(status="superseded")
    page = team.get(at(order))
    assert len(page.context["missed"].people) == 3
    answer = team.post(at(order), {"act": "again"})
    further = Campaign.objects.get(again_of=order)
    assert answer.url == at(further)
    page = team.get(at(order))
    assert list(page.context["further"]) == [further]
    assert 'value="again"' not in page.content.decode()


def test_who_was_not_reached_is_asked_again_at_a_moment_to_come(team, order, set_clock):
    while invitations.write(order, limit=10):
        pass
    Message.objects.update(status="superseded")
    day = legal_time.today() + timedelta(days=2)
    again = {"act": "again", "starts_day": f"{day:%Y-%m-%d}"}
    page = team.post(at(order), again)
    assert "Indiquez le jour et l’heure, ou aucun des deux." in page.content.decode()
    assert list(errors(page.content.decode())) == []
    assert not Campaign.objects.filter(again_of=order).exists()

    team.post(at(order), {**again, "starts_hour": "09:30"})
    further = Campaign.objects.get(again_of=order)
    assert further.starts_at == legal_time.instant(day, time(9, 30))
    # Its people are those not reached, whom an order like the first would not invite any more.
    page = team.get(at(further))
    assert (page.context["ahead"].total, page.context["rows"][0][2]) == (3, 3)
    assert [one["sample"].language for one in page.context["samples"]] == ["fr"]
    assert list(errors(page.content.decode())) == []
    assert campaigns.write(further, limit=10) == 0

    set_clock(further.starts_at)
    assert [row.pk for row in campaigns.to_be_written()] == [further.pk]
    assert campaigns.write(further, limit=10) == 3


def test_an_order_halted_before_it_began_does_not_say_that_it_begins(team, order):
    campaigns.halt(order, by=make_staff())
    page = team.get(at(order)).content.decode()
    assert "l’écriture commence dans un instant" not in page
    assert "cet envoi n’a encore invité personne" in page


@pytest.mark.parametrize("people", [1, 3])
def test_the_figures_cost_the_same_however_many_people_there_are(
    team, stop, professionals, people, django_assert_num_queries
):
    for _ in range(people):
        professionals.add()
    order = invitations.invite(stop, audiences=["professionals"], by=None)
    while invitations.write(order, limit=10):
        pass
    Message.objects.update(status="sent")
    with django_assert_num_queries(9):
        page = team.get(at(order))
    assert page.context["found"].written == people


def test_the_people_are_a_file_in_which_nothing_is_computed(client, team, stop):
    make_professional(name="=1+1", organisation=make_organisation(region=stop.region, name="Riad"))
    order = invitations.invite(stop, audiences=["professionals"], by=None)
    invitations.write(order, limit=10)
    answer = team.get(f"{at(order)}envoi.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    cells = lines[1].split(";")
    assert (len(lines), cells[:2]) == (2, ["'=1+1", "Riad"])
    assert (cells[3:6], cells[7:]) == (["fr", "courriel", "attend de partir"], ["sans réponse", "", ""])
    assert answer["Content-Disposition"] == f'attachment; filename="envoi-{order.pk}.csv"'
    [entry] = AuditEntry.objects.filter(verb="exported")
    assert (entry.target, entry.fields) == (f"campaign:{order.pk}", ["csv"])  # nobody by name
    assert team.get(f"{at(order)}envoi.pdf").status_code == 404
    client.force_login(make_user(role="press"))
    assert client.get(f"{at(order)}envoi.csv").status_code == 403
    assert Invitation.objects.count() == 1


def test_the_workbook_has_moments_as_moments_and_what_people_typed_as_text(team, stop, monkeypatch):
    made = []

    def keep(request, words, **named):
        made.append(words)
        return HttpResponse()

    monkeypatch.setattr(private_papers, "workbook", keep)
    make_professional(name="=1+1", organisation=make_organisation(region=stop.region, name="@SUM(1)"))
    order = invitations.invite(stop, audiences=["professionals"], by=None)
    invitations.write(order, limit=10)
    team.get(f"{at(order)}envoi.xlsx")
    content = workbook.workbook(json.loads(json.dumps(made[0])))
    [head, line] = openpyxl.load_workbook(io.BytesIO(content))["Invitations"].iter_rows()
    assert [cell.value for cell in line[:2]] == ["=1+1", "@SUM(1)"]
    assert [(cell.data_type, cell.quotePrefix) for cell in line[:2]] == [("s", True)] * 2
    assert (head[6].value, line[6].is_date) == ("Depuis (heure du Maroc)", True)


def test_who_does_not_answer_is_left_to_the_rule_where_the_tour_has_one(team, order):
    invitations.write(order, limit=10)
    Campaign.objects.update(done_at=clock.now())
    reminders.lay_down(order.stop.tour)
    rule = ReminderRule.objects.get(kind=ReminderKind.NO_ANSWER)
    page = team.get(at(order))
    assert page.context["reminded"] == rule
    assert "il n’y a rien à relancer à la main" in page.content.decode()
    ReminderRule.objects.update(active=False)
    page = team.get(at(order))
    assert page.context["reminded"] is None
    assert "Aucune règle ne rappelle ces publics" in page.content.decode()


def test_the_click_writes_the_order_alone_however_many_are_invited(team, stop, professionals):
    """What it costs must not grow with the audience: the workers write."""
    address = f"/admin/meetings/stop/{stop.pk}/invitations/"
    counts = []
    for people in (1, 40):
        while len(professionals) < people:
            professionals.add()
        Campaign.objects.all().delete()
        data = {"audiences": ["professionals"]}
        shown = team.post(address, data | {"preview": "1"}).context["shown"]
        with CaptureQueriesContext(connection) as asked:
            answer = team.post(address, data | {"shown": shown, "confirm": "1"})
        assert answer.url == at(Campaign.objects.get())
        assert (Invitation.objects.count(), Message.objects.count()) == (0, 0)
        counts.append(len(asked))
    assert counts == [20, 20]
