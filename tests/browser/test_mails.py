"""Every mail opened as its reader's browser shows it: nothing against WCAG 2.2 AA, whole on a telephone."""

import pytest

from tests import addresses, mails
from tests.browser.conftest import TELEPHONE, Visit
from tests.browser.looking import WCAG, cut_off, violations


@pytest.mark.parametrize("language", addresses.LANGUAGES)
def test_every_mail_is_accessible_and_whole_on_a_telephone(
    visit: Visit, transactional_db: None, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    page = visit(language=language, viewport=TELEPHONE)
    problems, looked = [], 0
    to_officials = language == "ar"
    written = mails.every_mail(mails.make_stop(), monkeypatch, languages=[language], officials=[to_officials])
    for name, _language, mail in written:
        page.set_content(mail.html)
        looked += 1
        problems += [f"{name}: {one}" for one in [*violations(page, rules=WCAG), *cut_off(page)]]
    page.emulate_media(color_scheme="dark")
    problems += [f"dark: {one}" for one in violations(page, rules=("color-contrast",))]
    assert looked >= 40
    assert problems == []


def test_axe_sees_what_is_wrong_with_a_mail(
    visit: Visit, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the test above proves nothing."""
    page = visit(viewport=TELEPHONE)
    _name, _language, mail = next(mails.every_mail(mails.make_stop(), monkeypatch))
    page.set_content(mail.html.replace("color:#1c2723", "color:#e8e4da"))
    assert any(" color-contrast: " in one for one in violations(page, rules=WCAG))
