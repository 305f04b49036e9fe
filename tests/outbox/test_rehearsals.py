"""outbox.rehearsals: the words as they leave, nothing that acts for their reader."""

import pytest

from outbox import rehearsals
from outbox.models import Message, Priority
from tests.factories import make_message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rings")]
LINK = "https://tournee.example/fr/invitation/3f9Xk2LqP7vR8sT1uW5yZ0aB/"


def invitation(**fields: object) -> Message:
    return make_message(
        **{
            "purpose": "invitation",
            "recipient": "wali@wilaya.example",
            "headline": "Invitation",
            "text": f"Répondez : {LINK}\n",
            "html": f'<p><a href="{LINK}">Répondre</a></p>',
            "calendar": "BEGIN:VCALENDAR",
            "calendar_method": "REQUEST",
            "headers": {"List-Unsubscribe": f"<{LINK}>"},
            **fields,
        }
    )


def test_a_copy_names_the_true_recipient_and_opens_nothing():
    assert rehearsals.write(rehearsals.said([invitation()]), name="r1", to="Equipe@onmt.example") == 1
    copy = Message.objects.get(purpose=rehearsals.PURPOSE)
    assert (copy.recipient, copy.priority) == ("equipe@onmt.example", Priority.ANSWER)
    assert copy.headline == "[Répétition, pour wali@wilaya.example] Invitation"
    assert copy.text == "Répondez : https://tournee.example/fr/invitation/…/\n"
    assert (copy.calendar, copy.headers) == ("", {})
    assert LINK not in copy.html


def test_a_rehearsal_written_twice_is_one_and_another_is_another():
    copies = rehearsals.said([invitation(), invitation(recipient="crt@crt.example")])
    written = [rehearsals.write(copies, name=name, to="equipe@onmt.example") for name in ("r1", "r1", "r2")]
    assert written == [2, 0, 2]


def test_the_subject_speaks_the_language_of_the_mail():
    rehearsals.write(rehearsals.said([invitation(language="en")]), name="r1", to="equipe@onmt.example")
    said = Message.objects.get(purpose=rehearsals.PURPOSE).headline
    assert said == "[Rehearsal, for wali@wilaya.example] Invitation"
