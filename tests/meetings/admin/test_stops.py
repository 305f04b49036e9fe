"""Tests of meetings.admin.stops: the list, the form, the actions (invariant 10)."""

import re
from datetime import date, time, timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from meetings import agenda, lifecycle, releases
from meetings.models import Meeting, Stop, StopStatus
from outbox import clock
from tests.admin_pages import filled_in, refusals
from tests.factories import (
    make_held,
    make_meeting,
    make_outcome,
    make_region,
    make_staff,
    make_stop,
    make_tour,
    make_venue,
)

pytestmark = pytest.mark.django_db
LIST = reverse("admin:meetings_stop_changelist")


@pytest.fixture
def staff():
    return make_staff()


@pytest.fixture
def signed_in(client, staff):
    client.force_login(staff)
    return client


def page_of(stop, name="change"):
    return reverse(f"admin:meetings_stop_{name}", args=[stop.pk])


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def act(client, action, *stops, follow=False):
    data = {"action": action, "_selected_action": [stop.pk for stop in stops]}
    return client.post(LIST, data, follow=follow)


@pytest.mark.parametrize("codes", [["MA-12"], ["MA-12", "MA-11", "MA-10"]])
def test_the_list_costs_the_same_at_one_row_and_at_three(signed_in, codes):
    for code in codes:
        stop = make_stop(region=code)
        make_meeting(stop, room="B", title_fr="Pas encore publiée")
    with CaptureQueriesContext(connection) as queries:
        response = signed_in.get(LIST)
    assert [stop.pk for stop in response.context["cl"].result_list] == list(
        Stop.objects.values_list("pk", flat=True)
    )
    assert len(queries) == 14


def test_the_list_finds_and_filters(signed_in):
    found = make_stop(region="MA-11")
    make_stop(region="MA-01", published=False)
    for question in ({"q": "laayoune"}, {"status__exact": "published"}, {"q": "العيون"}):
        response = signed_in.get(LIST, question)
        assert [stop.pk for stop in response.context["cl"].result_list] == [found.pk]


def test_no_page_of_stops_converts_a_zone_in_sql(signed_in):
    stop = make_stop()
    with CaptureQueriesContext(connection) as queries:
        signed_in.get(LIST, {"date__year": stop.date.year})
        signed_in.get(page_of(stop))
    sql = " ".join(query["sql"] for query in queries).upper()
    assert "AT TIME ZONE" not in sql


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_pages_open_in_french_and_in_arabic_without_inline_script_or_style(signed_in, language):
    stop = make_stop()
    signed_in.cookies["django_language"] = language
    for address in [LIST, page_of(stop), reverse("admin:meetings_stop_add"), page_of(stop, "changement")]:
        html = signed_in.get(address).content.decode()
        assert f'lang="{language}"' in html
        assert not re.search(r"<style|<script(?![^>]*src=)(?![^>]*json)|\son\w+=|\sstyle=", html)


def test_a_new_stop_is_a_draft_with_the_address_of_its_region(signed_in, staff):
    tour, region = make_tour(), make_region()
    data = filled_in(signed_in.get(reverse("admin:meetings_stop_add"))) | {
        "tour": tour.pk,
        "region": region.pk,
        "rank": 1,
        "city_fr": "Dakhla",
        "city_ar": "الداخلة",
        "city_en": "Dakhla",
        "date": "2030-01-03",
        "starts": "10:00",
        "ends": "13:00",
        "seats": 50,
    }
    assert signed_in.post(reverse("admin:meetings_stop_add"), data).status_code == 302
    stop = Stop.objects.get()
    assert (stop.slug, stop.status) == (region.slug, StopStatus.DRAFT)
    assert AuditEntry.objects.filter(verb="added", target=f"stop:{stop.pk}", actor=staff).count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"ends": "09:00"}, "La fin doit venir après le début."),
        ({"seats": "501"}, "Ce lieu n’a que 500 places."),
        ({"seats": "0"}, "Une étape a au moins une place."),
        (
            {"registration_opens_on": "2030-01-03", "registration_closes_on": "2030-01-01"},
            "Les inscriptions ferment avant d’ouvrir.",
        ),
        ({"region": "MA-11"}, "Cette région a déjà une étape dans cette tournée."),
        ({"meetings-0-ends": "13:31"}, "Une rencontre se tient pendant l’étape : entre 10:00 et 13:30."),
        ({"meetings-0-ends": "10:00"}, "La fin doit venir après le début."),
        (
            {"meetings-0-room": "B", "meetings-0-ends": "11:30"},
            "Deux rencontres occupent la salle « B » à la même heure.",
        ),
        (
            {
                "meetings-0-room": "salle  pleniere",
                "meetings-1-room": "Salle plénière",
                "meetings-0-ends": "11:30",
            },
            "Deux rencontres occupent la salle « salle  pleniere » à la même heure.",
        ),
    ],
)
def test_what_does_not_hold_is_said_where_it_is_typed(signed_in, typed, sentence):
    make_stop(region="MA-11", published=False)
    stop = make_stop(published=False, venue=make_venue(), meetings=False)
    make_meeting(stop, starts=time(10), ends=time(11), room="A")
    make_meeting(stop, starts=time(11), ends=time(12), room="B")
    if "region" in typed:
        typed = {"region": make_region("MA-11").pk, "venue": ""}
    response = signed_in.post(page_of(stop), filled_in(signed_in.get(page_of(stop))) | typed)
    assert response.status_code == 200
    assert refusals(response) == [sentence]


def test_an_agenda_longer_than_its_meeting_is_said_and_not_published(signed_in):
    stop = make_stop(published=False, meetings=False, venue=make_venue())
    make_meeting(stop, starts=time(10), ends=time(11))
    response = signed_in.post(
        page_of(stop), filled_in(signed_in.get(page_of(stop))) | {"meetings-0-ends": "10:59"}
    )
    sentence = "Rencontre « Séance plénière » : son ordre du jour dure 60 minutes, elle en a 59."
    assert said(response)[:-1] == [sentence]
    assert said(act(signed_in, "publish", stop))[-1] == f"Dakhla : {sentence}"
    stop.meetings.update(ends=time(11))
    assert said(act(signed_in, "publish", stop))[-1] == "Dakhla est publiée."


def test_two_meetings_may_exchange_their_rooms(signed_in):
    stop = make_stop(published=False, meetings=False)
    first = make_meeting(stop, starts=time(10), ends=time(11), room="A")
    second = make_meeting(stop, starts=time(10), ends=time(11), room="B")
    data = filled_in(signed_in.get(page_of(stop)))
    data |= {"meetings-0-room": "B", "meetings-1-room": "A"}
    assert signed_in.post(page_of(stop), data).status_code == 302
    assert [Meeting.objects.get(pk=one.pk).room for one in (first, second)] == ["B", "A"]


def test_a_council_meeting_is_between_the_invited_unless_said_otherwise(signed_in):
    stop = make_stop(published=False)
    data = filled_in(signed_in.get(page_of(stop))) | {"meetings-TOTAL_FORMS": "3"}
    for number, visibility in [(1, ""), (2, "public")]:
        data |= {
            f"meetings-{number}-kind": "council",
            f"meetings-{number}-title_fr": f"Rencontre {number}",
            f"meetings-{number}-starts": "10:00",
            f"meetings-{number}-ends": "11:00",
            f"meetings-{number}-visibility": visibility,
        }
    assert signed_in.post(page_of(stop), data).status_code == 302
    found = stop.meetings.filter(kind="council").order_by("title_fr").values_list("visibility", flat=True)
    assert list(found) == ["invited", "public"]


def test_a_released_stop_shows_its_frozen_fields_and_takes_none(signed_in):
    stop = make_stop(venue=make_venue())
    response = signed_in.get(page_of(stop))
    offered = set(response.context["adminform"].form.fields)
    assert offered & set(Stop.frozen_once_published) == set()
    before = Stop.objects.filter(pk=stop.pk).values(*Stop.frozen_once_published).get()
    data = filled_in(response) | {
        "date": "2030-01-03",
        "starts": "08:00",
        "seats": "7",
        "venue": "",
        "status": "held",
        "sequence": "9",
        "intro_fr": "Un autre texte.",
    }
    assert signed_in.post(page_of(stop), data).status_code == 302
    assert Stop.objects.filter(pk=stop.pk).values(*Stop.frozen_once_published).get() == before
    stop.refresh_from_db()
    assert (stop.intro_fr, agenda.stop(stop.slug).document["intro"]["fr"]) == (
        "Un autre texte.",
        "L’ONMT écoute les professionnels de la région.",
    )


def test_saving_writes_the_columns_that_were_typed_and_no_other(signed_in, staff):
    stop = make_stop()
    data = filled_in(signed_in.get(page_of(stop))) | {"intro_fr": "Un autre texte."}
    with CaptureQueriesContext(connection) as queries:
        signed_in.post(page_of(stop), data)
    updates = [query["sql"] for query in queries if query["sql"].startswith('UPDATE "meetings_stop"')]
    assert [re.findall(r"SET (.*) WHERE", sql)[0] for sql in updates] == ["\"intro_fr\" = 'Un autre texte.'"]
    entry = AuditEntry.objects.get(verb="changed", target=f"stop:{stop.pk}")
    assert (entry.actor, entry.fields) == (staff, ["intro_fr"])


def test_a_stale_form_is_refused_with_the_differences_and_undoes_nothing_when_sent_again(signed_in):
    stop = make_stop(published=False)
    data = filled_in(signed_in.get(page_of(stop)))
    Stop.objects.filter(pk=stop.pk).update(contact_phone="+212511111111", intro_en="Theirs.")
    data |= {"intro_fr": "Mine.", "intro_en": "Mine."}
    response = signed_in.post(page_of(stop), data)
    assert refusals(response) == [
        "Cette page n’était plus à jour : quelqu’un a enregistré entre-temps. Rien n’a été enregistré ; "
        "relisez et enregistrez de nouveau.",
        "Présentation (en) : maintenant « Theirs. », dans votre page « Mine. ».",
        "Contact : téléphone : maintenant « +212511111111 », dans votre page « +212500000000 ».",
    ]
    stop.refresh_from_db()
    assert stop.intro_fr != "Mine."
    # Sent again as the page now stands: the telephone nobody touched here is the new one.
    signed_in.post(page_of(stop), filled_in(response))
    stop.refresh_from_db()
    assert (stop.intro_fr, stop.intro_en, stop.contact_phone) == ("Mine.", "Mine.", "+212511111111")


def test_a_meeting_that_changed_under_the_page_is_refused_too(signed_in):
    stop = make_stop(published=False)
    data = filled_in(signed_in.get(page_of(stop)))
    stop.meetings.update(room="C")
    response = signed_in.post(page_of(stop), data | {"meetings-0-title_fr": "Mine."})
    assert refusals(response)[1:] == ["Salle : maintenant « C », dans votre page « – »."]
    assert stop.meetings.get().title_fr == "Séance plénière"


def test_warnings_do_not_keep_anybody_from_saving(signed_in):
    stop = make_stop(published=False)
    friday = stop.date + timedelta(days=1)
    data = filled_in(signed_in.get(page_of(stop))) | {"date": friday.isoformat()}
    response = signed_in.post(page_of(stop), data)
    stop.refresh_from_db()
    assert stop.date == friday
    assert said(response)[:2] == [
        "Vendredi : une rencontre occupe le temps de la prière (12h00–14h30).",
        "Le lieu n’est pas encore choisi.",
    ]


def test_what_was_published_is_not_deleted_and_a_draft_is(signed_in):
    stop, draft = make_stop(), make_stop(region="MA-01", published=False)
    assert signed_in.post(page_of(stop, "delete"), {"post": "yes"}).status_code == 403
    signed_in.post(LIST, {"action": "delete_selected", "_selected_action": [stop.pk], "post": "yes"})
    assert signed_in.post(page_of(draft, "delete"), {"post": "yes"}).status_code == 302
    assert list(Stop.objects.all()) == [stop]


def test_actions_do_what_they_say_to_each_stop_by_itself(signed_in, staff, monkeypatch):
    ready = make_stop(published=False)
    incomplete = make_stop(region="MA-11", published=False, contact_phone="")
    response = act(signed_in, "publish", ready, incomplete)
    assert said(response) == [
        "Dakhla est publiée.",
        "Dakhla : Une autre étape a lieu le même jour : Laâyoune.",
        "Dakhla : Le lieu n’est pas encore choisi.",
        "Laâyoune : Contact : indiquez le téléphone.",
    ]
    ready.refresh_from_db()
    assert (ready.status, ready.current_release.by) == (StopStatus.PUBLISHED, staff)
    act(signed_in, "pause", ready)
    assert not Stop.objects.get(pk=ready.pk).takes_registrations(at=clock.now())
    act(signed_in, "resume", ready)
    assert Stop.objects.get(pk=ready.pk).takes_registrations(at=clock.now())
    assert "commencée" in said(act(signed_in, "hold", ready))[-1]
    monkeypatch.setattr(lifecycle.clock, "now", lambda: ready.starts_at)
    act(signed_in, "hold", ready)
    assert Stop.objects.get(pk=ready.pk).status == StopStatus.HELD


@pytest.mark.parametrize(
    ("action", "name"),
    [("cancel", "annulation"), ("postpone", "report"), ("publish_changes", "publication")],
)
def test_actions_that_tell_people_open_their_page_for_one_stop(signed_in, action, name):
    stop, other = make_stop(), make_stop(region="MA-01")
    assert act(signed_in, action, stop).url == page_of(stop, name)
    assert "une seule étape" in said(act(signed_in, action, stop, other))[-1]
    assert Stop.objects.filter(status=StopStatus.PUBLISHED).count() == 2


@pytest.mark.parametrize("action", ["cancel", "postpone", "publish_changes", "invite"])
def test_actions_that_a_stop_is_past_are_refused_in_words(signed_in, action):
    stop = make_stop()
    lifecycle.cancel(stop, by=None)
    response = act(signed_in, action, stop, follow=True)
    assert [str(each) for each in response.context["messages"]] == [
        "Dakhla : L’état de cette étape ne le permet pas."
    ]


def test_a_cancelled_stop_leaves_its_region_free_for_another_with_an_address_of_its_own(signed_in):
    stop = make_stop()
    lifecycle.cancel(stop, by=None)
    data = filled_in(signed_in.get(reverse("admin:meetings_stop_add"))) | {
        "tour": stop.tour_id,
        "region": stop.region_id,
        "rank": 1,
        "city_fr": "Dakhla",
        "city_ar": "الداخلة",
        "city_en": "Dakhla",
        "date": date(2030, 1, 3).isoformat(),
        "starts": "10:00",
        "ends": "13:00",
        "seats": 50,
    }
    signed_in.post(reverse("admin:meetings_stop_add"), data)
    assert Stop.objects.latest("pk").slug == f"{stop.slug}-2"


def test_without_the_right_to_change_stops_nothing_is_offered(client):
    stop = make_stop()
    viewer = make_staff(is_superuser=False)
    client.force_login(viewer)
    assert client.get(page_of(stop, "annulation")).status_code in (302, 403)
    assert client.post(page_of(stop, "annulation"), {"confirm": "1"}).status_code in (302, 403)
    assert Stop.objects.get().status == StopStatus.PUBLISHED
    assert releases.unreleased_changes(stop) == []


# What came of it


def test_a_stop_that_was_held_is_written_up_below_it_and_published_by_a_release(signed_in):
    stop = make_held()
    page = page_of(stop)
    response = signed_in.get(page)
    data = filled_in(response) | {
        "outcome-0-summary_fr": "En bref.",
        "outcome-0-decided_fr": "Un groupe de travail.",
    }
    assert signed_in.post(page, data)["Location"] == LIST
    stop.refresh_from_db()
    assert stop.outcome.decided_fr == "Un groupe de travail."
    assert "outcome" not in stop.current_release.document
    publication = page_of(stop, "publication")
    shown = signed_in.get(publication)
    assert [line for line in shown.context["preview"].differences if line.startswith("bilan")] != []
    signed_in.post(publication, {"confirm": "", "shown": shown.context["shown"]})
    stop.refresh_from_db()
    assert stop.current_release.document["outcome"]["summary"]["fr"] == "En bref."


def test_a_stop_that_was_not_held_says_when_it_will_be_written_up(signed_in):
    stop = make_stop()
    response = signed_in.get(page_of(stop))
    assert "marquez-la d’abord comme tenue" in response.content.decode()
    data = filled_in(response) | {"outcome-TOTAL_FORMS": "1", "outcome-INITIAL_FORMS": "0"}
    signed_in.post(page_of(stop), data | {"outcome-0-summary_fr": "Déjà ?"})
    assert not hasattr(Stop.objects.get(pk=stop.pk), "outcome")


def test_who_wrote_meanwhile_is_not_overwritten(signed_in):
    stop = make_held()
    outcome = make_outcome(stop)
    response = signed_in.get(page_of(stop))
    outcome.summary_fr = "D’une collègue."
    outcome.save(update_fields=["summary_fr"])
    refused = signed_in.post(page_of(stop), filled_in(response) | {"outcome-0-summary_fr": "De moi."})
    assert "n’était plus à jour" in " ".join(refusals(refused))
    outcome.refresh_from_db()
    assert outcome.summary_fr == "D’une collègue."
