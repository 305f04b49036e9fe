"""Tests of meetings.text_checks and meetings.placeholders: what staff may type into the words of a mail."""

import pytest

from meetings import mail_texts, placeholders, text_checks
from meetings.models import TextKind, TextLanguage

KIND = TextKind.INVITATION_PROFESSIONAL
BODY = "{salutation},\n\nVenez à {ville}.\n\n{rendez_vous}\n\n{repondre: Répondre}"


def problems(body=BODY, *, kind=KIND, language="fr", subject="Invitation : {ville}", title="Venez"):
    return text_checks.problems(kind, language, subject=subject, title=title, body=body)


def told(body):
    """The one sentence about a body."""
    [[sentence]] = problems(body).values()
    return sentence


@pytest.mark.parametrize("language", TextLanguage)
@pytest.mark.parametrize("kind", TextKind)
def test_the_usual_words_may_be_saved(kind, language):
    assert text_checks.problems(kind, language, **mail_texts.usual()[kind, language]) == {}


def test_every_kind_says_what_it_needs_and_may_have():
    assert set(placeholders.REQUIRED) == set(TextKind)
    for kind in TextKind:
        names = {mark.name for mark in placeholders.allowed(kind)}
        assert set(placeholders.REQUIRED[kind]) <= names < set(placeholders.MARKS)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("{prenom}", "Le repère {prenom} n’existe pas."),
        ("{Ville}", "Le repère {Ville} n’existe pas."),
        ("{ville.pk}", "Le repère {ville.pk} n’existe pas."),
        ("{ville[0]}", "Le repère {ville[0]} n’existe pas."),
        ("{0}", "Le repère {0} n’existe pas."),
        ("{% load i18n %}", "Le repère {% load i18n %} n’existe pas."),
        ("{}", "Le repère {} n’existe pas."),
        ("{confirmer: Je viens}", "Le repère {confirmer: Je viens} ne peut pas servir dans ce texte."),
        ("{bilan}", "Le repère {bilan} ne peut pas servir dans ce texte."),
        (
            "{repondre}",
            "Le repère {repondre} est un lien\u202f: écrivez ses mots ainsi, {repondre: Voir la page}.",
        ),
        ("{ville: Dakhla}", "Le repère {ville: Dakhla} s’écrit seul, {ville}."),
        ("{{ ville }}", "Une accolade est de trop\u202f: { et } n’entourent qu’un repère, comme {ville}."),
        ("Venez }", "Une accolade est de trop\u202f: { et } n’entourent qu’un repère, comme {ville}."),
        (
            "Le {programme} du jour",
            "Le repère {programme} forme un bloc\u202f: laissez-le seul entre deux lignes vides.",
        ),
    ],
)
def test_a_mark_that_is_none_is_named(typed, sentence):
    assert told(f"{BODY}\n\n{typed}").startswith(sentence)


def test_an_unknown_mark_is_told_with_those_there_are():
    assert told(f"{BODY}\n\n{{prenom}}").endswith(
        "{rendez_vous} {programme} {acces} {repondre: …} {etape: …}"
    )


def test_a_text_without_its_link_or_its_facts_is_refused():
    assert problems("{salutation}, venez donc.") == {
        "body": [
            "Il manque le lien {repondre: …} (lien personnel\u202f: répondre à l’invitation).",
            "Il manque le repère {rendez_vous} (la date, l’heure et le lieu, l’un sous l’autre).",
        ]
    }


def test_a_field_left_empty_is_refused():
    empty = ["Ce champ est vide\u202f: une langue sans texte ne peut pas partir."]
    assert problems(" \n ", subject="", title=" ") == {"subject": empty, "title": empty, "body": empty}


@pytest.mark.parametrize("mark", ["{rendez_vous}", "{repondre: Répondre}"])
def test_subject_and_title_take_words_only(mark):
    sentence = [f"Le repère {mark} ne peut servir que dans le texte."]
    assert problems(subject=f"Invitation {mark}", title=f"Venez {mark}") == {
        "subject": sentence,
        "title": sentence,
    }


@pytest.mark.parametrize(
    "address",
    [
        "{site}/fr/invitation/12.q8kZV0x3T1mCbLwF2rYhN5sPdJg/",
        "https://autre.example/fr/inscription/12.q8kZV0x3T1mCbLwF2rYhN5sPdJg/",
        "{site}/fr/page?cle=12345",
    ],
)
def test_a_personal_link_typed_in_is_refused_and_not_repeated(address, settings):
    typed = address.replace("{site}", settings.SITE_URL)
    sentence = told(f"{BODY}\n\nVoyez {typed}")
    assert "est un lien personnel" in sentence
    assert "q8kZ" not in sentence
    assert "12345" not in sentence


@pytest.mark.parametrize("address", ["{site}/fr/agenda/", "https://www.visitmorocco.com/fr/Voyage"])
def test_a_page_for_everybody_may_be_named(address, settings):
    assert problems(f"{BODY}\n\nVoyez {address.replace('{site}', settings.SITE_URL)}.") == {}


def test_a_text_in_the_wrong_language_is_refused():
    assert problems(language="ar")["body"] == ["Ce texte n’est pas en arabe."]
    arabic = "{salutation}،\n\nمرحبا بكم.\n\n{rendez_vous}\n\n{repondre: الجواب}"
    assert problems(arabic)["body"] == ["Ce texte est en arabe\u202f: sa langue est une autre."]
    assert problems(arabic, language="ar", subject="دعوة", title="مرحبا") == {}


def test_what_was_not_looked_at_does_not_leave():
    with pytest.raises(ValueError, match="no mark"):
        placeholders.paragraphs("Bonjour {prenom}")
