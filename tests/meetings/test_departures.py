"""meetings.departures and its pages: what leaves within two days, held, let go, rehearsed."""

from datetime import datetime, time, timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from meetings import again, audiences, campaigns, departures, invitations, reminders
from meetings.audiences import Audience, Recipient
from meetings.models import Invitation, Stop
from outbox import epochs, holds, rehearsals, returns
from outbox.models import Message, MessageStatus, Priority, ReturnKind
from regions import legal_time
from tests.factories import make_message, make_official, make_staff, make_stop, make_user, next_thursday

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings", "empty_audiences", "own_attendance")]
PAGE = "/pilotage/departs/"


@pytest.fixture
def team() -> User:
    return make_staff(email="equipe@onmt.example")


@pytest.fixture
def staff(client: Client, team: User) -> Client:
    client.force_login(team)
    return client


@pytest.fixture
def stop(set_clock) -> Stop:
    """Dakhla in three weeks and a day: the invitations of its people leave tomorrow at nine."""
    made = make_stop(date=next_thursday(35))
    reminders.lay_down(made.tour)
    set_clock(legal_time.instant(made.date - timedelta(days=22), time(10)))
    return made


def tomorrow(stop: Stop) -> datetime:
    return legal_time.instant(stop.date - timedelta(days=21), time(9))


def told(stop: Stop) -> list[tuple[object, ...]]:
    return [
        (one.at, one.purpose, one.audience, one.language, one.people, one.written is not None, one.held)
        for one in departures.lines(stop.tour)
    ]


def test_the_lines_are_what_is_to_be_written_and_what_waits(stop):
    official = make_official(email="president@crt.example", language="ar")
    late = make_message(
        subject=f"stop:{stop.pk}", purpose="moved", priority=Priority.CHANGE, language="fr", audience=""
    )
    make_message(subject=f"stop:{stop.pk}", priority=Priority.ANSWER)  # leaves by itself
    assert told(stop) == [
        (late.due_at, "moved", "", "fr", 1, True, False),
        (tomorrow(stop), "invitation", official.body, "ar", 1, False, False),
    ]


def test_what_leaves_after_two_days_is_not_told_yet(stop, set_clock):
    make_official()
    set_clock(tomorrow(stop) - timedelta(hours=48, seconds=1))
    assert told(stop) == []


def test_a_held_line_says_so_and_is_let_go_again(stop, staff):
    official = make_official(language="fr")
    line = {
        "subject": f"stop:{stop.pk}",
        "purpose": "invitation",
        "audience": official.body,
        "language": "fr",
    }
    assert staff.post(PAGE + "retenir/", line).headers["Location"] == PAGE
    assert [one[-1] for one in told(stop)] == [True]
    page = staff.get(PAGE).content.decode()
    assert page.count(reverse("departures:let_go")) == 1
    staff.post(PAGE + "laisser-partir/", line)
    assert [one[-1] for one in told(stop)] == [False]
    verbs = list(
        AuditEntry.objects.filter(target=f"departures:stop:{stop.pk}").values_list("verb", flat=True)
    )
    assert sorted(verbs) == ["hold", "let_go"]


def test_a_hold_of_more_than_a_line_is_seen_at_each_line_it_holds_and_let_go_as_a_whole(stop, staff):
    for language in ("fr", "ar"):
        make_official(language=language)
    holds.hold({"subject": f"stop:{stop.pk}", "purpose": "invitation"})
    assert [(one.held, one.held_with_others) for one in departures.lines(stop.tour)] == [(True, True)] * 2
    page = staff.get(PAGE)
    assert [one["hold"].purpose for one in page.context["others"]] == ["invitation"]
    html = page.content.decode()
    assert (html.count('href="#autres"'), html.count(reverse("departures:let_go"))) == (2, 1)
    holds.hold({"subject": f"stop:{stop.pk}", "purpose": "moved"})
    holds.let_go({"subject": f"stop:{stop.pk}", "purpose": "invitation"})
    assert [one.held for one in departures.lines(stop.tour)] == [False] * 2


def test_an_order_for_later_is_a_line_of_its_own_until_it_begins(stop, staff, team, set_clock):
    official = make_official(language="fr")
    at = tomorrow(stop) - timedelta(hours=3)
    order = invitations.invite(stop, audiences=[official.body], by=team, starts_at=at)
    [line] = departures.lines(stop.tour)
    assert (line.at, line.order, line.people) == (at, order, 1)
    assert reverse("campaigns:progress", args=[stop.slug, order.pk]) in staff.get(PAGE).content.decode()
    assert len(departures.example(line)) == 1
    campaigns.halt(order, by=team)
    assert [(one.at, one.order) for one in departures.lines(stop.tour)] == [(tomorrow(stop), None)]
    campaigns.resume(order, by=team)
    set_clock(at)
    assert [(one.at, one.order) for one in departures.lines(stop.tour)] == [(at, None)]


def test_an_order_to_those_not_reached_is_foretold_with_its_mail_and_its_page(stop, staff, team):
    people = [make_official(email=f"{n}@crt.example", language="fr") for n in range(3)]
    order = invitations.invite(stop, audiences=[people[0].body], by=team)
    while campaigns.write(order, limit=10):
        pass
    Message.objects.update(status=MessageStatus.TOO_LATE)
    Invitation.objects.filter(key=f"official:{people[2].pk}").update(
        answer="declined", answered_at=legal_time.instant(stop.date, time(9))
    )
    further = again.order(order, by=team)
    [line] = departures.lines(stop.tour)
    assert (line.people, line.further, line.order, line.at_most) == (2, further, None, False)
    [said] = departures.example(line)
    assert (said.to, Message.objects.count()) == ("0@crt.example", 3)
    assert reverse("campaigns:progress", args=[stop.slug, further.pk]) in staff.get(PAGE).content.decode()
    while campaigns.write(further, limit=10):
        pass
    assert [(one.people, one.written is not None) for one in departures.lines(stop.tour)] == [(2, True)]


def test_a_hold_whose_line_is_not_shown_stays_in_sight(stop, staff):
    holds.hold({"subject": f"stop:{stop.pk}", "purpose": "thanks", "audience": "attended", "language": "fr"})
    assert staff.get(PAGE).context["others"][0]["hold"].purpose == "thanks"


def test_everything_is_suspended_and_taken_up_again(stop, staff):
    staff.post(PAGE + "retenir/", {})
    assert holds.suspended()
    make_official(language="fr")
    make_message(subject=f"stop:{stop.pk}", purpose="moved", priority=Priority.CHANGE)
    page = staff.get(PAGE)
    assert page.context["suspended"]
    assert (
        page.content.decode().count("part maintenant"),
        page.content.decode().count("suspendu</span>"),
    ) == (0, 2)
    staff.post(PAGE + "laisser-partir/", {})
    assert not holds.suspended()


def test_servers_that_refuse_ours_are_told_with_what_to_do(staff):
    for number in range(3):
        returns.record(make_message(), kind=ReturnKind.PERMANENT, notice=str(number), code="5.7.1")
    page = staff.get(PAGE)
    assert page.context["refusing"] == 3
    assert "Signalez-le à qui tient le serveur de courrier" in page.content.decode()


def test_the_example_is_the_mail_as_it_leaves_and_nothing_of_it_stays(stop, staff):
    make_official(email="president@crt.example", language="fr")
    (line,) = departures.lines(stop.tour)
    page = staff.get(f"{PAGE}exemple/?{urlencode(line.marks)}")
    [said] = [one["said"] for one in page.context["examples"]]
    assert (page.status_code, said.to, said.language) == (200, "president@crt.example", "fr")
    assert "/fr/invitation/…/" in said.text
    assert (Message.objects.count(), Invitation.objects.count()) == (0, 0)


def test_lines_of_the_same_marks_have_an_example_each_with_the_copy_that_goes_along(
    stop, staff, team, set_clock
):
    """One is written and waits; an order writes the other tomorrow to who came to the office since."""
    make_official(email="sans@crt.example", language="fr")
    make_official(email="president@crt.example", assistant_email="secretariat@crt.example", language="fr")
    order = invitations.invite(stop, audiences=["crt"], by=team)
    while campaigns.write(order, limit=10):
        pass
    make_official(email="autre@crt.example", language="fr")
    make_official(email="nouveau@crt.example", assistant_email="bureau@crt.example", language="fr")
    at = tomorrow(stop) - timedelta(hours=3)
    invitations.invite(stop, audiences=["crt"], by=team, starts_at=at)
    written, planned = departures.lines(stop.tour)
    assert written.marks == planned.marks

    def shown(line):
        page = staff.get(f"{PAGE}exemple/?{urlencode({**line.marks, 'origin': line.origin})}")
        html = page.content.decode()
        assert html.count("La copie au secrétariat") == 1
        return [(one["said"].to, one["said"].copied) for one in page.context["examples"]]

    assert shown(written) == [("president@crt.example", False), ("secretariat@crt.example", True)]
    assert shown(planned) == [("nouveau@crt.example", False), ("bureau@crt.example", True)]
    page = staff.get(PAGE).content.decode()
    assert (page.count("&amp;origin=written"), page.count("&amp;origin=campaign%3A")) == (1, 1)
    Message.objects.filter(copy_of="").update(status=MessageStatus.SENT)
    assert shown(departures.lines(stop.tour)[0]) == [("secretariat@crt.example", True)]


def test_a_line_that_does_not_leave_has_no_example(stop, staff):
    page = staff.get(f"{PAGE}exemple/?subject=stop%3A{stop.pk}&purpose=thanks", follow=True)
    assert [str(one) for one in page.context["messages"]] == ["Cette ligne ne part plus dans les 48 heures."]


def test_a_rehearsal_copies_every_line_to_who_asked_and_touches_nothing(stop, team):
    for language in ("fr", "ar"):
        make_official(email=f"{language}@crt.example", language=language)
    waiting = make_message(
        subject=f"stop:{stop.pk}", purpose="moved", priority=Priority.CHANGE, recipient="r@hotel.example"
    )
    assert departures.rehearse("r1", to=team) == 3
    assert departures.rehearse("r1", to=team) == 0
    copies = Message.objects.filter(purpose=rehearsals.PURPOSE)
    assert set(copies.values_list("recipient", flat=True)) == {"equipe@onmt.example"}
    assert sorted(copy.headline.partition("]")[0].split()[-1] for copy in copies) == [
        "ar@crt.example",
        "fr@crt.example",
        "r@hotel.example",
    ]
    assert Invitation.objects.count() == 0
    waiting.refresh_from_db()
    assert waiting.status == MessageStatus.QUEUED


def test_a_rehearsal_ends_at_its_limit(stop, team, monkeypatch):
    monkeypatch.setattr(departures, "REHEARSED_AT_MOST", 2)
    people = [Recipient(f"p{n}@hotel.example", f"P{n}", "fr", f"professional:{n}") for n in range(5)]
    audiences.register(Audience("professionals", "professionals", lambda stop: people, True))
    assert departures.rehearse("r1", to=team) == 2


def test_the_page_orders_a_rehearsal_or_says_that_it_could_not(stop, staff, monkeypatch):
    from meetings import tasks

    asked: list[object] = []
    monkeypatch.setattr(tasks.rehearse, "apply_async", lambda args, **options: asked.append(args))
    page = staff.post(PAGE + "repetition/", follow=True)
    assert [str(message.level_tag) for message in page.context["messages"]] == ["success"]
    assert len(asked) == 1

    def away(*args: object, **options: object) -> None:
        raise departures.OperationalError

    monkeypatch.setattr(tasks.rehearse, "apply_async", away)
    page = staff.post(PAGE + "repetition/", follow=True)
    assert [str(message.level_tag) for message in page.context["messages"]] == ["error"]


def test_the_simulation_tells_each_stop_until_the_day_after_it(stop, staff):
    make_official(language="fr")
    page = staff.get(PAGE + "simulation/")
    (found,) = page.context["stops"]
    assert found["stop"] == stop
    assert [(row["departure"].kind, row["departure"].at) for row in found["rows"]] == [
        ("invitation", tomorrow(stop)),
        ("no_answer", legal_time.instant(stop.date - timedelta(days=10), time(9))),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_much_for_three_officials_as_for_one(stop, staff, count, django_assert_num_queries):
    for number in range(count):
        make_official(email=f"o{number}@crt.example", language="fr")
    staff.get(PAGE)
    with django_assert_num_queries(25):
        staff.get(PAGE)


@pytest.mark.parametrize("path", ["", "exemple/", "simulation/"])
def test_only_the_team_sees_what_leaves(client, path):
    client.force_login(make_user())
    assert client.get(PAGE + path).status_code == 403


@pytest.mark.parametrize("path", ["retenir/", "laisser-partir/", "repetition/"])
def test_looking_changes_nothing(staff, path):
    assert staff.get(PAGE + path).status_code == 405


def test_after_a_restore_staff_see_what_waits_and_decide_once(stop, staff):
    make_message(subject=f"stop:{stop.pk}", purpose="moved", priority=Priority.CHANGE)
    assert "rétablie" not in body_of(staff)
    epochs.begin()
    assert "1 courriel attend votre décision" in body_of(staff)
    address = reverse("departures:release")
    assert staff.post(address, {"outcome": "both"}).status_code == 400
    assert staff.post(address, {"outcome": "drop"}, follow=True).status_code == 200
    assert staff.post(address, {"outcome": "leave"}, follow=True).status_code == 200
    assert Message.objects.get(purpose="moved").status == MessageStatus.SUPERSEDED
    done = AuditEntry.objects.filter(target="mails:restored")
    assert list(done.values_list("verb", flat=True)) == ["drop"]
    assert "rétablie" not in body_of(staff)


def body_of(staff: Client) -> str:
    return staff.get(PAGE).content.decode()
