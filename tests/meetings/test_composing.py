"""Tests of meetings.composing: what is filled in says what would have been rendered."""

from itertools import product

import pytest

from meetings import filling, mail_texts
from meetings.composing import Composer
from meetings.models import MailText, TextKind
from outbox import rendering
from tests.meetings.test_filling import SAID

NAMES = [
    "",
    "Zineb El Fassi",
    'M\'hamed <Aït> & "Fils"',
    "ليلى بناني",
    "Riad  deux  espaces",
    " bord ",
    "a\nb",
]
REFUSAL = "https://portal.example/fr/desabonnement/x.y/"
KINDS = [TextKind.INVITATION_OFFICIAL, TextKind.INVITATION_PROFESSIONAL, TextKind.INVITATION_PRESS]


TEXTS = [
    MailText(pk=1, kind=kind, language=language, **mail_texts.usual()[kind, language])
    for kind, language in product(KINDS, ["fr", "ar", "en"])
]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: f"{text.kind} {text.language}")
def test_every_usual_invitation_filled_in_is_the_one_rendered_for_that_person(text):
    composer = Composer()
    for name, addressed in product(NAMES, ["", "Monsieur le Wali"]):
        said = SAID | {"name": name, "addressed": addressed, "unsubscribe_url": REFUSAL}
        alone = filling.context(text, said) | {"unsubscribe_url": REFUSAL}
        rendered = rendering.render(filling.TEMPLATE, alone, language=text.language)
        assert composer.compose(text, said, apart=(addressed,)) == rendered
    # None, Latin and Arabic letters, with each of two forms of address.
    assert len(composer._made) == 6


def test_many_of_one_kind_are_rendered_once(monkeypatch):
    rendered, composer = list[str](), Composer()

    def render(template, context, *, language):
        rendered.append(context["subject"])
        return rendering.Rendered(*[context["subject"]] * 3)

    monkeypatch.setattr(rendering, "render", render)
    text = TEXTS[0]
    for number in range(20):
        said = SAID | {"name": f"Personne {number}", "unsubscribe_url": REFUSAL}
        composer.compose(text, said, apart=())
    assert len(rendered) == 1
