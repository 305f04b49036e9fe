"""Texts in three languages, on pages in three languages."""

from django.template import Context, Template
from django.utils import translation

from regions import languages
from regions.models import Official, Region

WHOLE = {"fr": "Dakhla", "ar": "الداخلة", "en": "Dakhla"}
FRENCH_ONLY = {"fr": "Salle <A>\nEntrée nord", "ar": "", "en": ""}


def shown(template: str, language: str, **context: object) -> str:
    with translation.override(language):
        return Template("{% load languages dates %}" + template).render(Context(context))


def test_a_text_is_shown_in_the_language_of_the_page_without_marks() -> None:
    assert shown("{% text city %}", "ar", city=WHOLE) == "الداخلة"


def test_a_missing_translation_is_shown_in_french_and_says_so() -> None:
    assert (
        shown("{% text room %}", "ar", room=FRENCH_ONLY)
        == '<span lang="fr" dir="ltr">Salle &lt;A&gt;\nEntrée nord</span>'
    )


def test_paragraphs_are_marked_one_by_one_and_escaped() -> None:
    opening = '<p class="soft" lang="fr" dir="ltr">'
    assert shown("{% paragraphs room 'soft' %}", "en", room=FRENCH_ONLY) == (
        f"{opening}Salle &lt;A&gt;</p>{opening}Entrée nord</p>"
    )


def test_points_are_a_list_whether_they_were_kept_as_lines_or_as_a_list() -> None:
    opening = '<ul class="list" lang="fr" dir="ltr"><li>Salle &lt;A&gt;</li>'
    assert shown("{% listed room %}", "en", room=FRENCH_ONLY) == f"{opening}<li>Entrée nord</li></ul>"
    kept = {"fr": ["Ceci ?"], "ar": [], "en": ["This?", " "]}
    assert shown("{% listed kept 'list pairs' %}", "en", kept=kept) == (
        '<ul class="list pairs"><li>This?</li></ul>'
    )
    assert "<li>Ceci\u202f?</li>" in shown("{% listed kept %}", "ar", kept=kept)
    assert shown("{% listed kept %}", "fr", kept={"fr": "", "ar": "", "en": ""}) == ""


def test_a_text_that_nobody_wrote_shows_nothing() -> None:
    nothing = {"fr": "", "ar": "", "en": ""}
    assert shown("{% text t %}{% paragraphs t %}{{ t|in_language }}", "fr", t=nothing) == ""


def test_words_of_one_language_are_marked_on_the_other_pages_only() -> None:
    template = '<p{% foreign "fr" %}></p>'
    assert [shown(template, "fr"), shown(template, "ar")] == ["<p></p>", '<p lang="fr" dir="ltr"></p>']


def test_dates_and_hours_of_a_released_document_are_read_as_written() -> None:
    found = shown("{{ day|long_date }}, {{ hour|clock_face }}", "ar", day="2026-12-03", hour="10:00")
    assert found.replace("\N{NO-BREAK SPACE}", " ") == 'الخميس 3 دجنبر 2026, <bdi dir="ltr">10:00</bdi>'


def test_the_hour_says_whose_clocks_are_meant() -> None:
    assert shown("{% moroccan_time '2026-12-03' '10:00' %}", "ar") == (
        'بتوقيت المغرب <bdi dir="ltr">(UTC+00:00)</bdi>'
    )


def test_an_official_is_named_in_the_language_of_the_page_and_marked_where_that_is_missing() -> None:
    wali = Official(function_fr="Wali", function_ar="والي الجهة", name="A. B.", name_ar="أ. ب.")
    known = "{% function_of who %} {% known_as who %}"
    assert shown(known, "fr", who=wali) == "Wali <bdi>A. B.</bdi>"
    assert shown(known, "ar", who=wali) == "والي الجهة <bdi>أ. ب.</bdi>"
    assert shown(known, "en", who=wali) == (
        '<span lang="fr" dir="ltr">Wali</span> <bdi lang="fr" dir="ltr">A. B.</bdi>'
    )
    wali.function_ar = wali.name = ""
    assert shown(known, "ar", who=wali) == '<span lang="fr" dir="ltr">Wali</span> <bdi>أ. ب.</bdi>'
    assert shown(known, "fr", who=wali) == 'Wali <bdi lang="ar" dir="rtl">أ. ب.</bdi>'
    assert shown("{% known_as who %}", "fr", who=Official()) == ""


def test_the_language_is_that_of_the_page_and_of_reference_where_there_is_none() -> None:
    region = Region(name_fr="Sud !", name_ar="الجنوب")
    said = []
    for language in ("fr", "ar", "en", None):
        with translation.override(language):
            said.append((languages.current_language(), languages.shown(region, "name")))
    assert said == [("fr", "Sud\u202f!"), ("ar", "الجنوب"), ("en", "Sud\u202f!"), ("fr", "Sud\u202f!")]
