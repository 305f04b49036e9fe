"""The narrow spaces of French, from the sentence in the code to what a reader is sent.

Sentences carry ordinary spaces; `make messages` writes the French catalogue that puts the narrow
ones in (decision 0011). What a test here refuses is a sentence that goes past that catalogue.
"""

import ast
import re
from collections.abc import Iterator

import polib
import pytest
from django.template.base import Lexer, TokenType
from django.test import Client

from meetings import releases
from meetings.models import Meeting, Stop
from onmt_tour.management.commands.french_catalogue import french_catalogue
from tests import addresses
from tests.french import mended
from tests.reading import spoken
from tests.test_catalogues import APPS, LOCALES, ROOT, called, catalogue, forms

# Between two things of a template: « ، » in Arabic.
COMMA = re.compile(r"[x>], [x<]")
# Not before `:=`, `::` and the like, which are no French.
WRONG = re.compile(r"(?<=\S) (?=[:;?!»](?![=:;]))|« ")


def told(entry: polib.POEntry | polib.MOEntry) -> tuple[str | None, str, tuple[str, ...]]:
    return entry.msgctxt, entry.msgid, tuple(forms(entry))


def test_the_french_catalogue_is_made_of_the_sentences() -> None:
    """Fails after a change of sentences: run `make messages` and commit what it writes."""
    written = [told(entry) for entry in catalogue("fr")]
    assert written == [told(entry) for entry in french_catalogue(catalogue("en"))]
    compiled = polib.mofile(str(LOCALES / "fr" / "LC_MESSAGES" / "django.mo"))
    assert {told(entry) for entry in compiled} == set(written)


def in_code(source: str) -> Iterator[tuple[int, str]]:
    """Strings with an ordinary space before a French sign, but for sentences and docstrings."""
    tree = ast.parse(source)
    known = {
        id(part)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Call) and called(ast.unparse(node.func).split(".")[-1]))
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for part in ast.walk(node)
    }
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in known)
    for node in strings:
        if isinstance(node.value, str) and WRONG.search(f"x{node.value}"):
            yield node.lineno, node.value


def test_no_code_writes_french_past_the_catalogue() -> None:
    """Make it a sentence of gettext, or type the narrow space (`python -m tests.french FILE`)."""
    found = [
        (str(path.relative_to(ROOT)), *line)
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts
        for line in in_code(path.read_text())
    ]
    assert found == []


def in_template(source: str) -> list[str]:
    """Words of a template that stand outside its sentences."""
    outside, within = [], False
    source = re.sub(r"{% comment %}.*?{% endcomment %}", "", source, flags=re.S)
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK and token.contents.startswith("text "):
            outside.append("x")
        elif token.token_type == TokenType.BLOCK:
            within = token.contents.startswith("blocktrans") or (
                within and not token.contents.startswith("endblocktrans")
            )
        elif token.token_type == TokenType.VAR and not within:
            outside.append("x")
        elif token.token_type == TokenType.TEXT and not within:
            outside.append(re.sub(r"<(script|style)\b.*?</\1>", "", token.contents, flags=re.S))
    return [line for line in "".join(outside).splitlines() if WRONG.search(line) or COMMA.search(line)]


def test_no_template_writes_french_past_the_catalogue() -> None:
    """Put the words between blocktranslate and endblocktranslate, and a comma as {% comma %}."""
    found = [
        (str(path.relative_to(ROOT)), *lines)
        for path in (ROOT / "templates").rglob("*.*")
        if path.suffix in {".html", ".txt"} and (lines := in_template(path.read_text()))
    ]
    assert found == []


def test_the_readers_above_would_see_such_words() -> None:
    found = in_code('_("Motif : %s")\nx = f"{a} : {b}"\ny = "x ?"')
    assert sorted(found) == [(2, " : "), (3, "x ?")]
    template = "{% blocktranslate %}Motif : {{ a }}{% endblocktranslate %}<p>{{ b }} : {{ c }}</p>"
    assert in_template(template) == ["<p>x : x</p>"]
    assert in_template("<b>{% text a %}, {% text b %}</b>") == ["<b>x, x</b>"]


def test_a_test_file_is_mended() -> None:
    source = (
        'def test_x():\n    """A : b."""\n    assert x == "Motif : vent"\n    assert y == "a => b ? c : d"\n'
    )
    assert mended(source) == source.replace("Motif :", "Motif\u202f:")


@pytest.mark.django_db
def test_what_a_reader_is_sent_has_the_spaces_of_french() -> None:
    """Pages, feed, calendar, tables, PDF; what staff typed with the spaces of their keyboard too."""
    world = addresses.make_world()
    Stop.objects.filter(pk=world.stop.pk).update(intro_fr="« Quoi ? » : la mer ; le vent !")
    Meeting.objects.filter(stop=world.stop).update(title_fr="Atelier : la mer")
    releases.publish(Stop.objects.get(pk=world.stop.pk), by=None)
    found = {}
    for address in addresses.every_address(world, languages=("fr",)):
        answer = Client().get(address.path, follow=True)
        content = b"".join(answer) if answer.streaming else answer.content
        if re.match(r"image/|application/(json|zip)", answer["Content-Type"]):
            continue  # nobody reads a picture's words here; data keep the spaces that were typed
        text = spoken(content, answer["Content-Type"])
        if wrong := [text[max(0, at.start() - 30) : at.end() + 30] for at in WRONG.finditer(text)]:
            found[address.path] = wrong
    assert found == {}
