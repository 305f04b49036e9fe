"""What people agreed to stays what they read."""

import hashlib

import pytest

from professionals import consent
from regions.languages import ALL

# A wording that was shown once never changes: a new one is a new version, added here.
SHOWN = {
    ("2026-12-1", "fr"): "d6c34b75582a58b4",
    ("2026-12-1", "ar"): "fded9c6abdcd9463",
    ("2026-12-1", "en"): "1162b1921b331aab",
    ("2026-12-voix-1", "fr"): "9c0d58c5ca777aae",
    ("2026-12-voix-1", "ar"): "7a38b6e5cbc776ba",
    ("2026-12-voix-1", "en"): "b0eb4042e95fd2d3",
    ("2026-12-news-1", "fr"): "2ea1bf4a3ee9a349",
    ("2026-12-news-1", "ar"): "8e00e94b193949e6",
    ("2026-12-news-1", "en"): "5adeb1a614bc8d78",
}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_no_wording_that_was_shown_has_changed() -> None:
    now = {
        (version, language): digest(text)
        for version, wordings in consent.WORDINGS.items()
        for language, text in wordings.items()
    }
    assert now == SHOWN


@pytest.mark.parametrize("language", ALL)
def test_the_present_wording_is_there_in_every_language(language: str) -> None:
    assert consent.wording(language) == consent.WORDINGS[consent.CURRENT][language]  # type: ignore[literal-required]


def test_a_version_nobody_was_shown_is_no_consent() -> None:
    with pytest.raises(consent.UnknownWording):
        consent.wording("fr", version="2020-1")
