"""Names of people and establishments, written as people write them and compared as they mean them.

Two spellings are the same name when `normalise` answers the same: case, accents, hyphens and
apostrophes in Latin script; alef forms, ta marbuta, alef maqsura, tatweel and vowel signs in Arabic.
"""

import unicodedata

# What Unicode does not take apart by itself, but people mix up or type for want of the right key.
_SAME = str.maketrans(
    {
        "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i",
        "ٱ": "ا", "ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك", "ڭ": "ك", "گ": "ك",
        "ـ": "", "ء": "",
        "'": "", "’": "", "‘": "", "ʼ": "", "ʿ": "", "ʾ": "", "`": "", "´": "",
    }
)  # fmt: skip

# Parts that are half a first name, normalised: « Abd Allah », « عبد الله ».
_HALVES = {
    "abd",
    "abdel",
    "abdul",
    "ait",
    "el",
    "al",
    "sidi",
    "moulay",
    "lalla",
    "عبد",
    "سيدي",
    "مولاي",
    "لاله",
}


def normalise(text: str) -> str:
    """What two spellings of one name have in common. Normalising twice changes nothing."""
    found = unicodedata.normalize("NFKD", text).casefold().translate(_SAME)
    letters = []
    for character in unicodedata.normalize("NFKD", found).translate(_SAME):
        kind = unicodedata.category(character)
        if kind == "Nd":
            letters.append(str(unicodedata.decimal(character)))  # ٣ is 3
        elif kind[0] == "L" or kind[0] == "N":
            letters.append(character)
        elif kind != "Mn" and kind != "Cf":
            letters.append(" ")
    return " ".join("".join(letters).split())


def clean(text: str) -> str:
    """As typed, without what cannot be seen: control characters, turned directions, line breaks."""
    seen = []
    for character in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(character)
        if kind == "Cc":
            seen.append(" ")
        elif kind[0] != "C":
            seen.append(character)
    return " ".join("".join(seen).split())


def first_name(name: str) -> str:
    """What a page may show of a person who has not proved to be that person."""
    parts = name.split()
    taken = 1
    while taken < len(parts) and normalise(parts[taken - 1]) in _HALVES:
        taken += 1
    return " ".join(parts[:taken])
