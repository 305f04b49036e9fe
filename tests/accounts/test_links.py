"""Personal links: sealed, revoked by a new nonce, opened by a former key until it is dropped."""

import pytest
from django.conf import LazySettings
from hypothesis import given
from hypothesis import strategies as st

from accounts import links
from accounts.links import BadToken

OLD, NEW = "ancienne-clef-" * 5, "nouvelle-clef-" * 5


@pytest.fixture(autouse=True)
def _keys(settings: LazySettings) -> None:
    settings.LINK_KEY, settings.LINK_KEY_FALLBACKS = OLD, []


def opens(token: str, *, kind: str = "registration", nonce: str = "n") -> bool:
    try:
        links.check(token, kind, links.row(token), nonce)
    except BadToken:
        return False
    return True


def test_a_link_opens_its_row_for_its_purpose_only() -> None:
    token = links.token("registration", 12, "n")
    assert links.row(token) == 12
    assert opens(token)
    assert not opens(token, kind="invitation")
    assert not opens(token.replace("12.", "13."))


def test_a_new_nonce_revokes_every_link_given_out_before() -> None:
    assert not opens(links.token("registration", 12, "n"), nonce=links.new_nonce())


def test_the_seal_has_160_bits() -> None:
    seal = links.token("registration", 12, "n").partition(".")[2]
    assert len(seal) == 27  # 20 bytes in base64, without padding


def test_a_former_key_opens_until_it_is_dropped_and_seals_nothing(settings: LazySettings) -> None:
    before = links.token("registration", 12, "n")
    settings.LINK_KEY, settings.LINK_KEY_FALLBACKS = NEW, [OLD]
    assert opens(before)
    after = links.token("registration", 12, "n")
    assert after != before
    assert opens(after)
    settings.LINK_KEY_FALLBACKS = []
    assert not opens(before)
    assert opens(after)


def test_without_the_key_nothing_opens(settings: LazySettings) -> None:
    token = links.token("registration", 12, "n")
    settings.LINK_KEY = NEW
    assert not opens(token)


@pytest.mark.parametrize(
    "text",
    ["", ".", "12", "12.", ".abc", "-1.abc", "1e3.abc", "١٢.abc", "x.abc", f"{'9' * 16}.abc", " 12.abc"],
)
def test_what_is_not_a_link_is_refused(text: str) -> None:
    with pytest.raises(BadToken):
        links.row(text)


@given(st.integers(min_value=0, max_value=29), st.characters(codec="utf-8"))
def test_a_link_with_one_sign_changed_opens_nothing(place: int, sign: str) -> None:
    token = links.token("registration", 12, "n")
    changed = token[:place] + sign + token[place + 1 :]
    assert opens(changed) == (changed == token)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_number_or_refused(text: str) -> None:
    try:
        assert links.row(text) >= 0
    except BadToken:
        assert not opens(text)
