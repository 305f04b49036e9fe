"""What mails say: the frame and tags of templates/emails, in both parts."""

import re

from outbox.rendering import render

CONTEXT = {
    "name": "M'hamed Aït & fils",
    "topic": "l'étape",
    "date": "jeudi 3 décembre 2026",
    "hours": "10:00 – 13:30",
    "url": "https://portal.example/fr/inscription/12.abc/?a=1&b=2",
}


def test_plain_text_and_subject_are_never_escaped():
    said = render("plain", CONTEXT, language="fr")

    assert said.headline == "Rappel : l'étape"
    assert "Bonjour M'hamed Aït & fils,\n" in said.text
    assert "\nhttps://portal.example/fr/inscription/12.abc/?a=1&b=2\n" in said.text
    assert "&amp;" not in said.text and "&#x27;" not in said.text


def test_a_subject_is_one_line_and_keeps_the_spaces_of_french():
    said = render("plain", {**CONTEXT, "topic": "«\u202foui\u202f»\r\n  hier"}, language="fr")
    assert said.headline == "Rappel : «\u202foui\u202f» hier"


def test_plain_text_is_not_escaped_by_a_file_that_says_nothing_about_it():
    assert render("bare", CONTEXT, language="fr").text == "Bonjour M'hamed Aït & fils\n"


def test_html_is_always_escaped():
    said = render("plain", {**CONTEXT, "topic": "<script>"}, language="fr")

    assert "M&#x27;hamed Aït &amp; fils" in said.html
    assert "<script>" not in said.html
    assert 'href="https://portal.example/fr/inscription/12.abc/?a=1&amp;b=2"' in said.html


def test_the_text_part_reads_well():
    contact = {"function": "Tournée régionale", "phone": "+212 5 00 00 00 00"}
    said = render("plain", {**CONTEXT, "contact": contact}, language="fr")

    assert said.text == (
        "Office National Marocain du Tourisme\n"
        "Tournée régionale\n"
        "\n"
        "Rappel : l'étape\n"
        "\n"
        "Bonjour M'hamed Aït & fils,\n"
        "\n"
        "Rencontre : l'étape.\n"
        "\n"
        "Date : jeudi 3 décembre 2026\n"
        "Heure : \u200e10:00 – 13:30\u200e – heure du Maroc (UTC+00:00)\n"
        "\n"
        "Voir mon inscription :\n"
        "https://portal.example/fr/inscription/12.abc/?a=1&b=2\n"
        "\n"
        "———\n"
        "Ce message vous est adressé par l’Office National Marocain du Tourisme (ONMT), qui organise"
        " la tournée régionale avec l’appui de la Confédération Nationale du Tourisme (CNT).\n"
        "\n"
        "Votre contact : Tournée régionale, +212 5 00 00 00 00\n"
    )


def test_an_arabic_mail_reads_from_right_to_left_and_its_hours_do_not():
    said = render("plain", CONTEXT, language="ar")

    assert '<html lang="ar" dir="rtl">' in said.html
    assert '<bdi dir="ltr">10:00 – 13:30</bdi>' in said.html
    assert "\u200e10:00 – 13:30\u200e" in said.text


def test_only_campaigns_offer_to_unsubscribe():
    link = "https://portal.example/fr/desabonnement/9.xyz/"

    campaign = render("plain", {**CONTEXT, "unsubscribe_url": link}, language="fr")
    own_seat = render("plain", CONTEXT, language="fr")

    assert link in campaign.text and link in campaign.html
    assert "ne plus recevoir" not in own_seat.text + own_seat.html


def test_the_button_can_be_copied_by_hand():
    said = render("plain", CONTEXT, language="fr")

    assert said.html.count('href="https://portal.example/fr/inscription/12.abc/') == 2


def test_french_drops_the_vowel_of_de_before_a_city_that_begins_with_one():
    cities = ("Agadir", "Oujda", "Errachidia", "Dakhla")
    said = [render("unnamed", {"city": city, "by": "L’équipe"}, language="fr") for city in cities]
    assert [re.findall(r"l’étape d.{2}\w", one.text)[0] for one in said] == [
        "l’étape d’Ag", "l’étape d’Ou", "l’étape d’Er", "l’étape de D",
    ]  # fmt: skip
    assert all("étape d’Agadir" in part for part in (said[0].text, said[0].html))
    english = render("unnamed", {"city": "Agadir", "by": "The team"}, language="en")
    assert "d’Agadir" not in english.text
