from regions.languages import Texts, pick
from regions.typography import french


def test_signs_in_two_parts_have_a_narrow_space_that_does_not_break() -> None:
    assert french("Quoi ? La mer ; le vent ! Motif : « Vent »") == (
        "Quoi\u202f? La mer\u202f; le vent\u202f! Motif\u202f: «\u202fVent\u202f»"
    )
    assert french("déjà\u00a0: «\u00a0x\u00a0»") == "déjà\u202f: «\u202fx\u202f»"


def test_nothing_else_changes() -> None:
    for words in ("10:00", "http://portal.example/?a=b;c", "A:b", " : ", "فاطمة؟ M’hamed Aït"):
        assert french(words) == words


def test_french_words_are_picked_with_their_spaces_and_others_as_they_are() -> None:
    found = Texts(fr="Motif : vent", ar="", en="Reason : wind")
    assert pick(found, "fr") == "Motif\u202f: vent"
    assert pick(found, "ar") == "Motif\u202f: vent"
    assert pick(found, "en") == "Reason : wind"
