"""Tests of the weights that pages say."""

import pytest
from django.utils import translation

from regions.templatetags.sizes import weight


@pytest.mark.parametrize(
    ("size", "fr", "ar", "en"),
    [
        (1, "1 ko", "1 كيلوبايت", "1 kB"),
        (37_400, "38 ko", "38 كيلوبايت", "38 kB"),
        (999_990, "999 ko", "999 كيلوبايت", "999 kB"),
        (1_240_000, "1,2 Mo", "1,2 ميغابايت", "1.2 MB"),
    ],
)
def test_a_small_file_is_weighed_in_kilobytes(size: int, fr: str, ar: str, en: str) -> None:
    for language, words in (("fr", fr), ("ar", ar), ("en", en)):
        with translation.override(language):
            assert weight(size).replace("\u202f", " ").replace("\xa0", " ") == words
