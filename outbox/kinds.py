"""The kinds of mails a person may refuse: the one table that says which purpose is of which kind.

Copies to an assistant are of a kind of their own, whatever the mail is that is copied.

Refusing a kind stops no other, and nothing that concerns one's own registration: such a mail carries no
way to refuse it and is of no kind. One purpose may be both: a message of the team is refusable for who was
only invited, and not for who has a seat. Whoever writes it decides by giving it an `unsubscribe_url`.
"""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from outbox.models import Kind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

OF_PURPOSE = {
    "invitation": Kind.INVITATIONS,
    "no_answer": Kind.INVITATIONS,
    # A change of a stop, to who was invited and has not said that they come.
    "moved": Kind.INVITATIONS,
    "venue_changed": Kind.INVITATIONS,
    "postponed": Kind.INVITATIONS,
    "cancelled": Kind.INVITATIONS,
    "message": Kind.NEWS,
    "urgent": Kind.NEWS,
    "thanks": Kind.FOLLOW_UPS,
    "missed": Kind.FOLLOW_UPS,
    "excused": Kind.FOLLOW_UPS,
}
# Whatever is written to these audiences is of one kind.
OF_AUDIENCE = {"press": Kind.PRESS}

MEANING: "dict[Kind, StrPromise]" = {
    Kind.INVITATIONS: _(
        "Les invitations aux étapes de la tournée, leur rappel tant que vous n’y avez pas répondu, et ce "
        "qui change à ces étapes."
    ),
    Kind.NEWS: _("Ce que l’équipe écrit aux personnes invitées : informations pratiques, messages urgents."),
    Kind.FOLLOW_UPS: _("Après une étape : remerciements, ce qui y a été dit et ce qui a été décidé."),
    Kind.PRESS: _("Les invitations et les avis adressés aux journalistes."),
    Kind.COPIES: _(
        "Les copies, pour information, de ce qui est écrit à la personne dont vous tenez le secrétariat ; "
        "elle-même continue de le recevoir."
    ),
}


class NotRefusable(Exception):
    """A mail of this purpose is of no kind: it concerns the reader's own registration."""


def of(purpose: str, audience: str = "") -> Kind:
    """Raises NotRefusable."""
    try:
        return OF_AUDIENCE.get(audience) or OF_PURPOSE[purpose]
    except KeyError as error:
        raise NotRefusable(purpose) from error
