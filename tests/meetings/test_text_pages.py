"""« Textes des courriels » in the hands of the team: read, corrected, tried out, validated."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import AuditEntry, User
from meetings import mail_texts, reminders
from meetings.models import MailText, Stop, TextKind, TextLanguage, Tour
from outbox import doorbell
from outbox.models import Message
from tests.factories import make_official, make_registration, make_staff, make_stop, make_tour

pytestmark = pytest.mark.django_db

KIND, BODY = "invitation_official", "{salutation},\n\n{rendez_vous}\n\n{repondre: Répondre}"
PAGE = f"/pilotage/textes/{KIND}/fr/"


@pytest.fixture
def tour() -> Tour:
    """A tour with words nobody stands for."""
    made = make_tour(texts=False)
    mail_texts.lay_down(made)
    return made


@pytest.fixture
def validator() -> User:
    return make_staff(function="Direction générale", email="direction@portal.example")


@pytest.fixture
def team(client: Client, validator: User, tour: Tour) -> Client:
    client.force_login(validator)
    return client


def newest(language: str = "fr", kind: str = KIND) -> MailText:
    return MailText.objects.filter(kind=kind, language=language).order_by("-version")[0]


def typed(**changes: Any) -> dict[str, Any]:
    return {"subject": "Invitation : {ville}", "title": "Venez", "body": BODY, "over": 1} | changes


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def states(client: Client) -> list[str]:
    rows = client.get("/pilotage/textes/").context["rows"]
    return [cell.state for _label, cells in rows for cell in cells]


def test_the_list_says_of_each_text_whether_it_leaves(team: Client, validator: User) -> None:
    assert states(team) == ["text_unvalidated"] * 42
    mail_texts.validate(newest(), by=validator)
    assert states(team)[0] == "text_validated"
    team.post(PAGE, typed())
    assert states(team)[0] == "text_newer"
    assert team.get("/pilotage/textes/").context["silent"] == 41


@pytest.mark.parametrize("versions", [1, 3])
def test_the_list_costs_the_same_for_many_versions_as_for_one(
    team: Client, validator: User, versions: int, django_assert_num_queries: Any
) -> None:
    for number in range(1, versions):
        team.post(PAGE, typed(subject=f"Objet {number}", over=number))
    with django_assert_num_queries(5):
        team.get("/pilotage/textes/")
    with django_assert_num_queries(5):
        team.get(PAGE)


def test_correcting_writes_the_next_version_and_nothing_leaves_in_it(team: Client) -> None:
    answer = team.post(PAGE, typed(), follow=True)
    assert said(answer) == ["La version 2 est enregistrée. Elle ne part qu’une fois validée."]
    assert (newest().version, newest().body, mail_texts.standing(newest().tour_id)) == (2, BODY, {})
    assert [piece for piece in answer.context["versions"][0][1] if piece[0] == "new"] != []


def test_words_that_are_wrong_are_told_and_stay_in_the_form(team: Client) -> None:
    answer = team.post(PAGE, typed(subject="", body="{prenom}"))
    assert answer.status_code == 422
    empty = ["Ce champ est vide\u202f: une langue sans texte ne peut pas partir."]
    assert dict(answer.context["form"].errors) == {"subject": empty}
    answer = team.post(PAGE, typed(body="{prenom}"))
    assert list(answer.context["form"].errors) == ["body"]
    assert "{prenom}</textarea>" in answer.content.decode()
    assert newest().version == 1


def test_a_page_read_before_another_version_was_written_loses_nothing(team: Client) -> None:
    team.post(PAGE, typed(subject="Le premier"))
    answer = team.post(PAGE, typed(subject="Le second"))
    assert (answer.status_code, newest().subject) == (422, "Le premier")
    form = answer.context["form"]
    assert form.non_field_errors() == [
        "Quelqu’un a écrit une autre version entre-temps\u202f: comparez-la ci-dessous, puis enregistrez."
    ]
    team.post(PAGE, typed(subject="Le second", over=form["over"].value()))
    assert (newest().version, newest().subject) == (3, "Le second")


def test_whoever_validates_is_named(team: Client, validator: User) -> None:
    answer = team.post(f"{PAGE}valider/", {"version": newest().pk}, follow=True)
    assert said(answer) == ["1 texte est validé en votre nom\u202f: il part désormais."]
    assert newest().validated_by == validator
    assert "Validée par <bdi>Direction générale</bdi>" in answer.content.decode()
    assert AuditEntry.objects.get(verb="mail_text_validated").target == f"mailtext:{newest().pk}"


def test_what_was_not_read_is_not_validated(team: Client) -> None:
    read = newest()
    team.post(PAGE, typed())
    answer = team.post(f"{PAGE}valider/", {"version": read.pk}, follow=True)
    assert said(answer)[-1].endswith("quelqu’un a changé ce texte entre-temps, relisez-le.")
    assert not MailText.objects.exclude(validated_at=None).exists()


def test_validating_and_taking_back_are_a_right_of_their_own(client: Client, tour: Tour) -> None:
    member = make_staff(is_superuser=False)
    client.force_login(member)
    version = {"version": newest().pk}
    assert client.get(PAGE).status_code == 200
    assert "valider/" not in client.get(PAGE).content.decode()
    for act in ("valider/", "retirer/"):
        assert client.post(f"{PAGE}{act}", version).status_code == 403
    assert client.post("/pilotage/textes/relire/fr/", version).status_code == 403
    assert newest().validated_at is None
    member.user_permissions.add(Permission.objects.get(codename="validate_mailtext"))
    client.post(f"{PAGE}valider/", version)
    assert newest().validated_by == member


def test_a_language_is_read_on_one_page_and_validated_as_it_was_read(team: Client) -> None:
    address = "/pilotage/textes/relire/ar/"
    shown = team.get(address).context["texts"]
    assert [text.kind for text in shown] == list(TextKind)
    team.post(f"/pilotage/textes/{KIND}/ar/", {**arabic(), "over": 1})
    answer = team.post(address, {"version": [text.pk for text in shown]}, follow=True)
    assert said(answer)[-1] == "13 textes sont validés en votre nom\u202f: ils partent désormais."
    assert [text.kind for text in team.get(address).context["texts"]] == [KIND]
    assert mail_texts.missing(newest().tour_id) == [
        (kind, language) for kind in TextKind for language in TextLanguage if language != "ar" or kind == KIND
    ]


def arabic() -> dict[str, str]:
    return {"subject": "دعوة", "title": "مرحبا", "body": "مرحبا\n\n{rendez_vous}\n\n{repondre: الجواب}"}


def test_taking_back_stops_what_leaves(team: Client, validator: User) -> None:
    mail_texts.validate(newest(), by=validator)
    answer = team.post(f"{PAGE}retirer/", {"version": newest().pk}, follow=True)
    assert said(answer) == ["La validation est retirée. 0 courriel qui attendait ne part pas."]
    assert mail_texts.standing(newest().tour_id) == {}
    again = team.post(f"{PAGE}retirer/", {"version": newest().pk}, follow=True)
    assert said(again) == ["Quelqu’un a changé ce texte entre-temps\u202f: relisez-le."]


@pytest.fixture
def stop(tour: Tour) -> Stop:
    return make_stop(tour=tour)


def test_a_preview_is_for_somebody_real_and_opens_nobodys_page(team: Client, stop: Stop) -> None:
    official = make_official(title="Wali", civility="Monsieur le", region=stop.region)
    make_official(language="ar", region=stop.region)
    answer = team.get(f"{PAGE}apercu/")
    assert [reader.person.key for reader in answer.context["readers"]] == [
        f"official:{official.pk}",
        "exemple",
    ]
    found = answer.context["found"]
    assert found.text.count("Monsieur le Wali") == 2
    assert "/fr/#exemple" in found.text
    assert "/invitation/" not in found.text + found.html


@pytest.mark.parametrize("language", TextLanguage)
@pytest.mark.parametrize("kind", TextKind)
def test_every_text_has_a_preview_before_anybody_is_invited(
    team: Client, stop: Stop, kind: str, language: str
) -> None:
    page = team.get(f"/pilotage/textes/{kind}/{language}/apercu/")
    assert "{" not in page.context["found"].text + page.context["found"].headline
    assert page.context["reader"].person.key == "exemple"


def test_a_reminder_is_looked_at_as_somebody_registered_reads_it(team: Client, stop: Stop) -> None:
    reminders.lay_down(stop.tour)
    mine = make_registration(stop)
    page = team.get("/pilotage/textes/seated_week_professional/fr/apercu/")
    assert page.context["reader"].person.key == f"registration:{mine.pk}"
    assert f"Bonjour {mine.professional.name}," in page.context["found"].text
    assert "/inscription/" not in page.context["found"].text


def test_the_framed_mail_shows_its_styles_and_does_nothing(team: Client, stop: Stop) -> None:
    light = team.get(f"{PAGE}apercu/clair.html")
    dark = team.get(f"{PAGE}apercu/sombre.html")
    policy = {rule.strip() for rule in light["Content-Security-Policy"].split(";")}
    assert policy >= {"sandbox", "default-src 'none'", "style-src 'unsafe-inline'", "frame-ancestors 'self'"}
    assert light["X-Frame-Options"] == "SAMEORIGIN"
    assert "@media not all{" in light.content.decode()
    assert "@media all{" in dark.content.decode()
    assert "prefers-color-scheme" not in light.content.decode() + dark.content.decode()
    page = team.get(f"{PAGE}apercu/")
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert team.get(f"{PAGE}apercu/autre.html").status_code == 404


def test_a_trial_goes_to_whoever_asks_once_and_says_what_it_is(
    team: Client, stop: Stop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorbell, "ring", lambda: True)
    make_official(region=stop.region)
    for _ in range(2):
        team.post(f"{PAGE}essai/", {"etape": stop.slug, "form": "abc"})
    message = Message.objects.get()
    assert (message.recipient, message.purpose, message.headers) == ("direction@portal.example", "trial", {})
    assert message.headline.startswith("[Essai] Invitation")
    assert "Essai\u202f: ce message n’est parti qu’à vous" in message.text
    assert "/invitation/" not in message.text + message.html
    assert message.reply_to == stop.contact_email


@pytest.mark.parametrize(
    "address",
    ["autre/fr/", f"{KIND}/de/", f"{KIND}/de/apercu/", "relire/de/", f"{KIND}/fr/apercu/clair.html"],
)
def test_what_is_not_there_is_not_found(team: Client, address: str) -> None:
    assert team.get(f"/pilotage/textes/{address}").status_code == 404


def test_without_a_stop_there_is_nothing_to_show(team: Client) -> None:
    page = team.get(f"{PAGE}apercu/")
    assert "Aucune étape n’est publiée" in page.content.decode()
