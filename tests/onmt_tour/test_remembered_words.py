"""`{% translate %}` says what Django's own does, and looks words of the template up once in each language."""

from collections import Counter

import pytest
from django.core.checks import Warning as Warned
from django.template import Context, Template, engines
from django.template.base import Node
from django.templatetags import i18n
from django.utils import translation

from onmt_tour.templatetags.remembered_words import Remembered, RememberedSentence

CONSTANT = (
    '{% translate "Agenda" %}',
    '{% trans "Agenda" %}',
    '{% translate "Toutes" context "regions" %}',
    '{% translate "Toutes" context "meetings" %}',
    '{% translate "Agenda" noop %}',
    '{% translate "100 %% <b>&</b>" %}',
    '{% translate "Agenda" as word %}<{{ word }}>',
    "{% blocktranslate %}Agenda{% endblocktranslate %}",
    '{% blocktrans context "regions" trimmed %}\n  Toutes\n{% endblocktrans %}',
)
VALUES = (
    "{% blocktranslate %}Agenda {{ word }} 100 % {{ nothing }}{% endblocktranslate %}",
    "{% blocktranslate with other=word %}Agenda{{ other }}{% endblocktranslate %}",
    "{% blocktranslate with rank=1 of=12 %}Étape {{ rank }} sur {{ of }}{% endblocktranslate %}",
    "{% blocktranslate asvar said %}Agenda {{ word }}{% endblocktranslate %}{{ said }}",
    '{% blocktranslate context "regions" %}Toutes{{ word }}{% endblocktranslate %}',
)
CHANGING = (
    "{% translate word %}",
    '{% translate "Agenda"|default:word %}',
    '{% translate "Toutes" context word %}',
    "{% blocktranslate count number=3 %}Une étape{% plural %}{{ number }} étapes{% endblocktranslate %}",
)


def nodes(source: str) -> list[Node]:
    return Template("{% load i18n %}" + source).nodelist.get_nodes_by_type(
        (Remembered, i18n.TranslateNode, i18n.BlockTranslateNode)
    )


def said(source: str, load: str, word: str = "<regions>") -> dict[tuple[str, bool], list[str]]:
    """In each language, escaped or not, twice: what is remembered must be what was said first."""
    template = Template(f"{{% load {load} %}}{source}")
    found: dict[tuple[str, bool], list[str]] = {}
    for spoken in ("fr", "ar", "en", "fr"):
        for escaped in (True, False):
            with translation.override(spoken):
                shown = template.render(Context({"word": word}, autoescape=escaped))
                found.setdefault((spoken, escaped), []).append(shown)
    return found


@pytest.mark.parametrize("source", CONSTANT + VALUES + CHANGING)
def test_words_are_those_of_django_in_each_language(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = said(source, "i18n")
    monkeypatch.setitem(engines["django"].engine.template_libraries, "djangos", i18n.register)  # type: ignore[attr-defined]
    assert ours == said(source, "djangos")
    assert {len(set(twice)) for twice in ours.values()} == {1}


@pytest.mark.parametrize("source", CONSTANT)
def test_words_of_the_template_are_looked_up_once_in_each_language(
    source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = Template("{% load i18n %}" + source)
    (node,) = template.nodelist.get_nodes_by_type(Remembered)
    assert isinstance(node, Remembered)
    asked: Counter[str | None] = Counter()
    render = node.node.render

    def counted(context: Context) -> str:
        asked[translation.get_language()] += 1
        return render(context)

    monkeypatch.setattr(node.node, "render", counted)
    for spoken in ("fr", "ar", "fr", "ar"):
        with translation.override(spoken):
            template.render(Context())
    assert asked == {"fr": 1, "ar": 1}


@pytest.mark.parametrize("source", VALUES)
def test_a_sentence_is_looked_up_once_in_each_language_and_its_values_are_not(source: str) -> None:
    template = Template("{% load i18n %}" + source)
    (node,) = template.nodelist.get_nodes_by_type(RememberedSentence)
    assert isinstance(node, RememberedSentence)
    for spoken in ("fr", "ar"):
        with translation.override(spoken):
            one, other = (template.render(Context({"word": word})) for word in ("<b>", "x"))
        assert (one == other) is ("word" not in source)
    assert set(node.said) == {"fr", "ar"}


def test_a_translation_that_asks_for_another_value_is_said_as_django_says_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    template = Template("{% load i18n %}{% blocktranslate %}Étape {{ word }}{% endblocktranslate %}")
    (node,) = template.nodelist.get_nodes_by_type(RememberedSentence)
    monkeypatch.setattr(node, "said", {"ar": "%(other)s"})
    monkeypatch.setattr(
        translation, "gettext", lambda said: "%(other)s" if translation.get_language() else said
    )
    with translation.override("ar"):
        assert template.render(Context({"word": 3})) == "Étape 3"


@pytest.mark.parametrize("source", CHANGING)
def test_words_that_depend_on_the_page_are_asked_for_each_time(source: str) -> None:
    (node,) = nodes(source)
    assert not isinstance(node, Remembered | RememberedSentence)


def test_no_other_library_of_templates_has_the_name_of_another() -> None:
    warned: list[Warned] = engines["django"]._check_for_template_tags_with_the_same_name()  # type: ignore[attr-defined]
    assert [message.msg.split()[0] for message in warned] == ["'i18n'"]
