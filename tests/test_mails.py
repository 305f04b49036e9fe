"""Every mail, in three languages, is a page that can be read: valid, in its language and direction, with
one heading, tables that say what they are, no picture that is missed, and every word given.

tests/browser/test_mails.py looks at them with axe.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
import pytest

from tests import mails
from tests.test_html import errors

pytestmark = pytest.mark.django_db
CLUMSY = {
    "a parenthesis in another": ("", r"\([^()]*\("),
    "an hour of machines": ("fr", r"(?<!UTC\+)\b\d\d:\d\d\b"),
    "a telephone that turns round": ("ar", "(?<![\u200eC])\\+\\d"),
    "a letter joined to a name by a dash": ("ar", r"\b[بل]ـ"),
    "an order to one person among orders to several": ("ar", r"\bاختر\b"),
}  # the language it is of, "" any; how it is known


def wrong(html: str, language: str) -> Iterator[str]:
    root = html5lib.parse(html, namespaceHTMLElements=False)
    direction = "rtl" if language == "ar" else "ltr"
    if (root.get("lang"), root.get("dir")) != (language, direction):
        yield f"is in {root.get('lang')} {root.get('dir')}"
    headings = [one.tag for one in root.iter() if one.tag in ("h1", "h2", "h3", "h4", "h5", "h6")]
    if headings[:1] != ["h1"] or headings.count("h1") != 1:
        yield f"has the headings {headings}"
    if not "".join(root.find(".//title").itertext()).strip():
        yield "has no title"
    yield from (f"has a table that is neither layout nor data: {_said(one)}" for one in _mute_tables(root))
    yield from (
        f"has a picture without words: {one.attrib}" for one in root.iter("img") if not one.get("alt")
    )
    yield from (f"has a link without words: {one.attrib}" for one in root.iter("a") if not _said(one))
    yield from errors(html)


def _mute_tables(root: Element) -> Iterator[Element]:
    for table in root.iter("table"):
        cells = [one for one in table.iter("th") if one.get("scope")]
        if table.get("role") != "presentation" and not cells and _said(table):
            yield table


def _said(one: Element) -> str:
    return "".join(one.itertext()).strip()


def clumsy(text: str, language: str) -> list[str]:
    """What stumbles in the plain text, which nobody styles."""
    return [
        what for what, (of, pattern) in CLUMSY.items() if of in ("", language) and re.search(pattern, text)
    ]


def test_every_mail_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    found, seen = [], set()
    stop = mails.make_stop()
    to_officials = mails.every_mail(stop, monkeypatch, languages=["ar"], officials=[True])
    for name, language, mail in [*mails.every_mail(stop, monkeypatch, officials=[False]), *to_officials]:
        seen.add(name)
        found += [f"{name} {language} {problem}" for problem in wrong(mail.html, language)]
        found += [f"{name} {language} has {what}" for what in clumsy(mail.text, language)]
        said = "\n".join((mail.headline, mail.text, mail.html))
        found += [f"{name} {language} says nothing"] if len(mail.text) < 80 or not mail.headline else []
        found += [f"{name} {language} lacks a word"] if mails.MISSING in said else []
    assert len(seen) >= 40
    assert found == []


@pytest.mark.parametrize(
    ("text", "language", "what"),
    [
        ("10:00 (Moroccan time (UTC+00:00))", "en", "a parenthesis in another"),
        ("avant le 3 décembre, 17:02", "fr", "an hour of machines"),
        ("الهاتف: +212500000000", "ar", "a telephone that turns round"),
        ("مقعدكم أصبح لـSalma", "ar", "a letter joined to a name by a dash"),
        ("اختر ما تتلقاه", "ar", "an order to one person among orders to several"),
    ],
)
def test_what_stumbles_in_a_mail_is_seen(text: str, language: str, what: str) -> None:
    assert clumsy(text, language) == [what]


@pytest.mark.parametrize(
    ("broken", "seen"),
    [
        ("<html lang='fr'><title>t</title><h1>t</h1>", "is in fr None"),
        ("<html lang='fr' dir='ltr'><title>t</title><p>t", "has the headings []"),
        ("<html lang='fr' dir='ltr'><title></title><h1>t</h1>", "has no title"),
        (
            "<html lang='fr' dir='ltr'><title>t</title><h1>t</h1><table><tr><td>a</td></tr></table>",
            "has a table that is neither layout nor data: a",
        ),
    ],
)
def test_what_is_wrong_with_a_mail_is_seen(broken: str, seen: str) -> None:
    assert seen in list(wrong(f"<!doctype html>{broken}", "fr"))
