"""« Courriers » of a stop, as the team uses it."""

import csv
import io

import pytest
from django.http import HttpResponse
from django.test import Client

from meetings import lifecycle, mail_texts, private_papers
from meetings.models import Answer, Channel, Invitation, Letter, MailText, TextKind, Tour
from outbox.models import Message, MessageStatus
from regions import legal_time
from tests.factories import make_invitation, make_letter, make_official, make_staff, make_stop, make_venue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings")]


@pytest.fixture
def stop():
    return make_stop()


@pytest.fixture
def team(client: Client) -> Client:
    client.force_login(make_staff())
    return client


@pytest.fixture
def printed(monkeypatch):
    """What would be typeset, or written as a workbook."""
    found = []

    def keep(request, *given, **options):
        found.append(given[-1])
        return HttpResponse()

    monkeypatch.setattr(private_papers, "answer", keep)
    monkeypatch.setattr(private_papers, "workbook", keep)
    return found


def page(stop, rest=""):
    return f"/pilotage/etapes/{stop.slug}/courriers/{rest}"


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def asked(stop, **fields):
    official = make_official(by_letter=True, **fields)
    return make_invitation(stop, official=official, answer=Answer.NONE, channel=Channel.LETTER)


def today():
    return legal_time.today().isoformat()


def test_letters_are_made_printed_handed_over_and_answered(team, stop, printed):
    row = asked(stop, function_fr="Wali de la région")
    make_official(email="", function_fr="Gouverneur")
    answer = team.post(page(stop), {"act": "make", "dated": today()}, follow=True)
    assert said(answer) == ["2 lettres sont établies et numérotées."]
    team.get(page(stop, "lettres.pdf"))
    letters = list(Letter.objects.order_by("number"))
    assert printed[0]["letters"] == [one.words for one in letters]
    team.get(page(stop, f"{row.pk}/lettre-{letters[0].pk}.pdf"))
    assert printed[1]["letters"] == [letters[0].words]
    handed = {"act": "hand", "on": today(), "carrier": "Coursier", "letter": [letters[0].pk]}
    assert said(team.post(page(stop), handed, follow=True)) == ["1 lettre est notée remise."]
    team.get(page(stop, "lettres.pdf"))
    assert printed[2]["letters"] == [letters[1].words]
    team.get(page(stop, "lettres.pdf?etat=toutes"))
    assert len(printed[3]["letters"]) == 2
    said_yes = {"act": "answer", "answer": "accepted", "companions": "2"}
    team.post(page(stop, f"{row.pk}/"), said_yes)
    row.refresh_from_db()
    assert (row.answer, row.companions) == (Answer.ACCEPTED, 2)
    sends = {"act": "answer", "answer": "replaced", "function": "Secrétaire général", "companions": ""}
    team.post(page(stop, f"{row.pk}/"), sends)
    row.refresh_from_db()
    assert (row.answer, row.replacement_function) == (Answer.REPLACED, "Secrétaire général")
    assert not Message.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(team, stop, number, django_assert_num_queries):
    for _ in range(number):
        row = asked(stop)
    make_letter(row)
    team.get(page(stop))
    with django_assert_num_queries(9):
        answer = team.get(page(stop))
    assert len(answer.context["lines"]) == number


def test_each_state_has_a_filter(team, stop):
    states = lambda: {name: number for name, _label, number in team.get(page(stop)).context["states"]}  # noqa: E731
    row = asked(stop)
    none = dict.fromkeys(("a-etablir", "a-remettre", "sans-reponse", "a-prevenir"), 0)
    assert states() == none | {"a-etablir": 1}
    letter = make_letter(row)
    assert states() == none | {"a-remettre": 1}
    own = page(stop, f"{row.pk}/")
    hand = {"act": "hand", "on": today(), "carrier": "Coursier", "letter": letter.pk}
    team.post(own, hand)
    assert states() == none | {"sans-reponse": 1}
    lifecycle.change(stop, changes={"venue": make_venue()}, by=None)
    assert states() == none | {"a-etablir": 1, "sans-reponse": 1, "a-prevenir": 1}
    assert len(team.get(page(stop, "?etat=a-prevenir")).context["lines"]) == 1
    assert team.get(page(stop, "?etat=a-remettre")).context["lines"] == []
    team.post(own, {"act": "told", "letter": letter.pk})
    team.post(own, {"act": "not_handed", "letter": letter.pk})
    assert states() == none | {"a-etablir": 1}
    team.post(own, {"act": "again"})
    assert states() == none | {"a-remettre": 1}
    assert str(Letter.objects.get(replaces=letter)).startswith("0002/")


def test_what_keeps_a_letter_back_is_said(team, stop):
    asked(stop)
    asked(stop, language="ar")
    mail_texts.withdraw(MailText.objects.get(kind=TextKind.INVITATION_LETTER, language="fr"), by=make_staff())
    Tour.objects.update(signatory_ar="")
    answer = team.post(page(stop), {"act": "make", "dated": today()}, follow=True)
    assert said(answer) == [
        "Lettres en attente d’un texte validé (français)\u202f: 1",
        "Lettres en attente d’un signataire, à donner dans la tournée (arabe)\u202f: 1",
    ]
    far = team.post(page(stop), {"act": "make", "dated": "2031-01-01"})
    assert far.status_code == 422
    assert far.context["making"].errors == {
        "dated": ["Datez la lettre d’aujourd’hui, ou des quinze jours qui viennent."]
    }
    nothing = team.post(page(stop), {"act": "hand", "on": today(), "carrier": "Coursier"})
    assert nothing.context["handing"].non_field_errors() == ["Cochez au moins une lettre."]
    assert team.get(page(stop, "lettres.pdf")).status_code == 404


def test_the_register_has_a_line_for_every_number_and_runs_no_formula(team, stop, printed):
    first = make_letter(
        asked(stop, function_fr='=HYPERLINK("x")'), handed_on=legal_time.today(), handed_by="+Coursier"
    )
    row = first.invitation
    team.post(page(stop, f"{row.pk}/"), {"act": "again"})
    make_letter(make_invitation(make_stop(region="MA-01"), answer=Answer.NONE))
    content = team.get(page(stop, "registre.csv")).content.decode("utf-8-sig")
    _head, *lines = csv.reader(io.StringIO(content), delimiter=";")
    year = first.year_id
    assert [line[0] for line in lines] == [f"0001/{year}", f"0002/{year}"]
    assert (lines[0][2], lines[0][7]) == ('\'=HYPERLINK("x")', "'+Coursier")
    assert [line[-1] for line in lines] == ["remplacée", f"annule et remplace le n° 0001/{year}"]
    whole = team.get(page(stop, f"registre.csv?annee={year}")).content.decode("utf-8-sig")
    assert [line.partition(";")[0] for line in whole.splitlines()[1:]] == [
        f"000{n}/{year}" for n in (1, 2, 3)
    ]
    for kind in ("pdf", "xlsx"):
        team.get(page(stop, f"registre.{kind}?annee={year}"))
    paper, book = printed
    assert [len(group["rows"]) for group in paper["groups"]] == [3]
    assert [row[0] for row in book["sheets"][0]["rows"]] == [f"000{n}/{year}" for n in (1, 2, 3)]
    assert book["sheets"][0]["rows"][0][1] == first.dated.isoformat()
    assert team.get(page(stop, "registre.doc")).status_code == 404


def test_somebody_invited_by_mail_is_written_a_letter_instead(team, stop):
    row = make_invitation(stop, answer=Answer.NONE)
    assert [line.invitation for line in team.get(page(stop)).context["by_mail"]] == [row]
    own = page(stop, f"{row.pk}/")
    team.post(own, {"act": "to_letters"})
    assert Invitation.objects.get().channel == Channel.LETTER
    team.post(own, {"act": "to_mails"})
    assert Invitation.objects.get().channel == Channel.MAIL
    assert not Message.objects.exclude(status=MessageStatus.SUPERSEDED).exists()


def test_a_letter_is_looked_at_before_its_words_are_validated(team, stop, printed):
    official = make_official(by_letter=True, title="Wali", civility="Monsieur le")
    make_official()  # by mail
    address = "/pilotage/textes/invitation_letter/fr/apercu/"
    shown = team.get(address)
    keys = [reader.person.key for reader in shown.context["readers"]]
    assert keys == [f"official:{official.pk}", "exemple"]
    assert shown.context["found"].text.startswith("Monsieur le Wali,")
    team.get(f"{address}lettre.pdf?etape={stop.slug}&personne=official:{official.pk}")
    assert printed[0]["letters"][0]["to"]["lines"][0] == "Monsieur le Wali"
    assert not Letter.objects.exists()
    assert team.get("/pilotage/textes/thanks/fr/apercu/lettre.pdf").status_code == 404
    assert team.get(f"{address}sombre.html").status_code == 404
