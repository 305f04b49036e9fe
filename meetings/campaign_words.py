"""What staff read of an order to invite before it is given, besides the table of its counts."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings import audiences, copies, invitations, previews


def sentences(found: previews.Preview) -> Iterator[str]:
    """What the table does not say: nobody is left out in silence."""
    for name in found.closed:
        label = audiences.get(name).label
        yield _("%(audience)s : les inscriptions ne sont pas ouvertes, ce public attendra.") % {
            "audience": label
        }
    if waiting := sum(found.unvalidated.values()):
        yield _unvalidated(waiting)
    people = [person for one in found.by_audience.values() for person in one.by_mail]
    yield from copies.sentences(people, invitations.PURPOSE)
    sums: list[tuple[Callable[[int], str], int]] = [
        (_by_letter, sum(len(one.by_letter) for one in found.by_audience.values())),
        (_already, sum(one.already for one in found.by_audience.values())),
        (_refusing, sum(one.refusing for one in found.by_audience.values())),
        (_as_officials, sum(one.as_officials for one in found.by_audience.values())),
    ]
    yield from (sentence(count) for sentence, count in sums if count)


def _unvalidated(count: int) -> str:
    return ngettext(
        "%(count)d invitation attendra que le texte dans la langue de la personne soit validé.",
        "%(count)d invitations attendront que le texte dans la langue des personnes soit validé.",
        count,
    ) % {"count": count}


def _by_letter(count: int) -> str:
    return ngettext(
        "%(count)d personne ne peut être invitée que par courrier : la liste la montrera.",
        "%(count)d personnes ne peuvent être invitées que par courrier : la liste les montrera.",
        count,
    ) % {"count": count}


def _already(count: int) -> str:
    return ngettext(
        "%(count)d personne est déjà invitée.", "%(count)d personnes sont déjà invitées.", count
    ) % {"count": count}


def _refusing(count: int) -> str:
    return ngettext(
        "%(count)d personne ne veut plus recevoir d’invitations.",
        "%(count)d personnes ne veulent plus recevoir d’invitations.",
        count,
    ) % {"count": count}


def _as_officials(count: int) -> str:
    return ngettext(
        "%(count)d professionnel est invité au titre de ses fonctions.",
        "%(count)d professionnels sont invités au titre de leurs fonctions.",
        count,
    ) % {"count": count}
