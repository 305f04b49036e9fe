"""The catalogues: every sentence in Arabic and English, nothing fuzzy, compiled as committed.

`make messages` reads the sentences from code and templates; here is what it left to translate.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "locale"
LANGUAGES = ["ar", "en"]
# Six forms: zero, one, two, few, many, other.
PLURALS = {"ar": 6, "en": 2}
APPS = ["onmt_tour", "professionals", "meetings", "regions", "accounts", "outbox"]
# Call -> how many of its first arguments are context and sentences.
CALLS = {"gettext": (0, 1), "ngettext": (0, 2), "pgettext": (1, 1), "npgettext": (1, 2)}
LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|{\w*}")


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(LOCALES / language / "LC_MESSAGES" / "django.po"))


def forms(entry: polib.POEntry | polib.MOEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


Sentence = tuple[str | None, str]  # context, French


def called(name: str) -> tuple[int, int] | None:
    return CALLS.get("gettext" if name == "_" else name.removesuffix("_lazy").removesuffix("_noop"))


def in_code(source: str) -> Iterator[Sentence]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and (kind := called(ast.unparse(node.func).split(".")[-1])):
            words = [str(word.value) for word in node.args if isinstance(word, ast.Constant)]
            if len(words) >= sum(kind):
                yield (words[0] if kind[0] else None, words[kind[0]])


def in_template(source: str) -> Iterator[Sentence]:
    """From the pseudo-code that Django makes of a template for gettext."""
    found = re.finditer(rf"\b(_|n?p?gettext)\(\s*({LITERAL})(?:\s*,\s*({LITERAL}))?", templatize(source))
    for match in found:
        contexts, _ = called(match[1]) or (0, 1)
        first, second = (ast.literal_eval(text) if text else "" for text in match.group(2, 3))
        yield (first, second) if contexts else (None, first)


def sentences() -> set[Sentence]:
    """Every sentence of code and templates, read without gettext."""
    found: set[Sentence] = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            found |= set(in_code(path.read_text()))
    for folder in (ROOT / "templates", *(ROOT / app / "templates" for app in APPS)):
        for path in folder.rglob("*.*"):
            if path.suffix in {".html", ".txt"}:
                found |= set(in_template(path.read_text()))
    return found


def test_sentences_are_read_in_code_and_templates() -> None:
    code = 'a = _("étape")\nb = ngettext_lazy("%d place", "%d places", n)\nc = pgettext("verbe", "inscrire")'
    assert set(in_code(code)) == {(None, "étape"), (None, "%d place"), ("verbe", "inscrire")}
    template = """{% load i18n %}
    {% translate "L'étape" %}{{ _("agenda") }}{% translate "tenue" context "état" %}
    {% blocktranslate with n=x trimmed %}Il reste
    {{ n }} places{% endblocktranslate %}"""
    assert set(in_template(template)) == {
        *((None, "L'étape"), (None, "agenda"), ("état", "tenue"), (None, "Il reste %(n)s places"))
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_stands_in_the_catalogue(language: str) -> None:
    listed = {(entry.msgctxt, entry.msgid) for entry in catalogue(language) if not entry.obsolete}
    assert sorted(sentences() - listed, key=str) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_untranslated(language: str) -> None:
    missing = [
        entry.msgid
        for entry in catalogue(language)
        if not entry.obsolete and not all(form.strip() for form in forms(entry))
    ]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_fuzzy(language: str) -> None:
    assert [entry.msgid for entry in catalogue(language) if entry.fuzzy and not entry.obsolete] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plural_has_its_forms(language: str) -> None:
    wrong = [
        entry.msgid
        for entry in catalogue(language)
        if entry.msgid_plural and len(entry.msgstr_plural) != PLURALS[language]
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_survive_translation(language: str) -> None:
    """One form of a plural may leave the number out (« محطتان »), never add or rename one."""
    wrong = []
    for entry in catalogue(language):
        if entry.obsolete or "python-brace-format" in entry.flags:
            continue
        asked = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural))
        for form in forms(entry):
            found = set(PLACEHOLDER.findall(form))
            if found - asked or (not entry.msgid_plural and found != asked):
                wrong.append(entry.msgid)
    assert wrong == []


def test_numbers_in_two_parts_keep_their_order_between_arabic_words() -> None:
    """« 09-08 » after an Arabic word shows as « 08-09 », a telephone back to front, unless isolated."""
    turned = []
    for entry in catalogue("ar"):
        for form in [] if entry.obsolete else forms(entry):
            if re.search(r"\d[-/+ ]\d", re.sub("\u2066[^\u2069]*\u2069", "", form)):
                turned.append(form)
    assert turned == []


def test_arabic_words_are_set_apart_by_arabic_signs() -> None:
    latin = re.compile(r"[\u0621-\u064a][,;?](?!\w)|[,;?] *[\u0621-\u064a]")
    wrong = [
        form for entry in catalogue("ar") if not entry.obsolete for form in forms(entry) if latin.search(form)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_catalogue(language: str) -> None:
    """The compiled file is committed, so that a machine without gettext shows the same words."""
    compiled = polib.mofile(str(LOCALES / language / "LC_MESSAGES" / "django.mo"))
    written = {
        (entry.msgctxt, entry.msgid): tuple(forms(entry))
        for entry in catalogue(language)
        if not entry.obsolete and not entry.fuzzy and any(forms(entry))
    }
    assert {(entry.msgctxt, entry.msgid): tuple(forms(entry)) for entry in compiled} == written
