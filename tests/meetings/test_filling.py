"""Tests of meetings.filling: the words of a mail with facts in the places of its marks."""

import re

import pytest

from meetings import filling
from meetings.models import MailText, TextKind
from outbox import rendering

SAID = {
    "name": "M'hamed <Aït>",
    "addressed": "",
    "tour": "Tournée",
    "region": "Dakhla-Oued Ed-Dahab",
    "city": "Dakhla",
    "day": "jeudi 3 décembre 2026",
    "hours": "de 10h00 à 13h30",
    "whose_time": "heure du Maroc (UTC+00:00)",
    "venue": "Palais",
    "venue_address": "",
    "access": "",
    "programme": [],
    "outcome": None,
    "contact": {"function": "Secrétariat", "phone": "+212500000000", "email": "s@p.example", "hours": ""},
    "stop_url": "https://portal.example/fr/etapes/dakhla/",
    "answer_url": "https://portal.example/fr/invitation/12.cle/",
}


def rendered(body, *, language="fr", kind=TextKind.INVITATION_PROFESSIONAL, **said):
    text = MailText(kind=kind, language=language, subject="À {ville}", title="Venez à {ville}", body=body)
    return rendering.render(filling.TEMPLATE, filling.context(text, SAID | said), language=language)


def body_of(found):
    """The text part between its title and its foot."""
    return found.text.partition("Venez à Dakhla\n\n")[2].partition("\n\n———")[0]


def paragraphs_of(found):
    """The paragraphs staff wrote, as HTML."""
    return re.findall(r'<p style="margin:0 0 16px">(.*)</p>', found.html)


def test_marks_are_filled_in_both_parts_and_names_are_escaped_in_html_only():
    found = rendered("{salutation}, à {ville} le {date}, {heures}, {lieu} : {telephone}")
    assert body_of(found) == (
        "Bonjour M'hamed <Aït>, à Dakhla le jeudi 3 décembre 2026, de 10h00 à 13h30, Palais\u202f: "
        "+212500000000"
    )
    assert paragraphs_of(found) == [
        "Bonjour M&#x27;hamed &lt;Aït&gt;, à Dakhla le jeudi 3 décembre 2026, de 10h00 à 13h30, "
        'Palais\u202f: <bdi dir="ltr">+212500000000</bdi>'
    ]
    assert found.headline == "À Dakhla"


def test_what_stands_in_the_place_of_a_mark_is_never_read_again():
    found = rendered("{nom}, bonjour", name="{ville} {{ day }} {% now 'Y' %}")
    assert body_of(found) == "{ville} {{ day }} {% now 'Y' %}, bonjour"
    assert paragraphs_of(found) == ["{ville} {{ day }} {% now &#x27;Y&#x27; %}, bonjour"]


def test_html_that_staff_type_is_shown_and_not_obeyed():
    found = rendered("<img src=x onerror=alert(1)> & <b>gras</b>")
    assert paragraphs_of(found) == [
        "&lt;img src=x onerror=alert(1)&gt; &amp; &lt;b&gt;gras&lt;/b&gt;",
    ]


def test_an_empty_value_takes_the_space_before_it_along():
    found = rendered("Cher {nom}, bonjour", name="")
    assert body_of(found) == "Cher, bonjour"
    assert paragraphs_of(found) == ["Cher, bonjour"]


def test_the_first_link_standing_alone_is_the_button_and_the_others_are_links():
    found = rendered("{repondre: Répondre}\n\n{etape: La page}\n\nOu bien {etape: ici}.")
    assert found.html.count('class="button-link"') == 1
    assert body_of(found) == (
        "Répondre\u202f:\nhttps://portal.example/fr/invitation/12.cle/\n\n"
        "La page\u202f: https://portal.example/fr/etapes/dakhla/\n\n"
        "Ou bien ici\u202f: https://portal.example/fr/etapes/dakhla/."
    )
    assert paragraphs_of(found)[0] == (
        '<a href="https://portal.example/fr/etapes/dakhla/" class="link" style="color:#3b36a8">La page</a>'
    )


def test_a_paragraph_whose_link_or_block_this_reader_has_not_is_left_out():
    found = rendered("Avant\n\nUn lien : {repondre: Répondre}\n\n{acces}\n\nAprès", answer_url="")
    assert body_of(found) == "Avant\n\nAprès"


def test_date_hours_place_and_programme_stand_in_one_table():
    programme = [{"title": "Séance plénière", "hours": "de 10h00 à 11h00", "room": "A", "items": []}]
    found = rendered("Venez.\n\n{rendez_vous}\n\n{programme}", programme=programme)
    assert body_of(found) == (
        "Venez.\n\nDate\u202f: jeudi 3 décembre 2026\n"
        "Heure\u202f: de 10h00 à 13h30 – heure du Maroc (UTC+00:00)\nLieu\u202f: Palais\n"
        "de 10h00 à 11h00\u202f: Séance plénière – A"
    )
    assert found.html.count('class="wide ink"') == 1


def test_lines_stay_lines_and_addresses_typed_in_can_be_followed():
    found = rendered("Un\nDeux : https://www.visitmorocco.com/fr.")
    assert body_of(found) == "Un\nDeux\u202f: https://www.visitmorocco.com/fr."
    assert paragraphs_of(found) == [
        'Un<br>Deux\u202f: <a href="https://www.visitmorocco.com/fr" class="link" style="color:#3b36a8">'
        "https://www.visitmorocco.com/fr</a>."
    ]


def test_telephones_and_latin_names_keep_their_order_in_arabic():
    found = rendered("{nom}: {telephone}، {ville}", language="ar", name="Direction", city="الداخلة")
    assert "Direction: \u200e+212500000000\u200e، الداخلة" in found.text
    assert paragraphs_of(found) == ['<bdi>Direction</bdi>: <bdi dir="ltr">+212500000000</bdi>، الداخلة']
    assert '<html lang="ar" dir="rtl">' in found.html


@pytest.mark.parametrize(
    ("addressed", "name", "greeting"),
    [
        ("Monsieur le Wali", "A", "Monsieur le Wali / Monsieur le Wali"),
        ("", "Direction", "Bonjour Direction / Madame, Monsieur"),
        ("", "", "Bonjour / Madame, Monsieur"),
    ],
)
def test_the_greeting_is_a_title_or_a_name(addressed, name, greeting):
    kind = TextKind.INVITATION_OFFICIAL
    found = rendered("{salutation} / {appellation}", kind=kind, addressed=addressed, name=name)
    assert body_of(found) == greeting


def test_a_mail_carries_nothing_that_tells_who_opened_it():
    found = rendered("{salutation}\n\n{rendez_vous}\n\n{repondre: Répondre}")
    assert re.findall(r"<img|<link|@import|url\(|utm_|<script", found.html) == []
