"""The mails of one person about one thing, each with what became of it: beside what staff see of them.

Who may open that page may read it. It shows titles and states, and opens nothing: texts stand in the
message's own page, with their links masked, for who has the right to read mails.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outbox import clock, keys, purposes
from outbox.decisions import IN_HAND, RESENDABLE
from outbox.models import Message, Partstat, Returned, ReturnKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

MOST = 100  # the latest
BODIES = ("text", "html", "calendar", "headers")
# RFC 3463, the longest that fits.
CODES: "dict[str, StrPromise]" = {
    "5.1.": gettext_lazy("adresse inconnue"),
    "5.2.": gettext_lazy("boîte fermée ou pleine"),
    "4.2.": gettext_lazy("boîte fermée ou pleine pour le moment"),
    "5.2.3": gettext_lazy("message trop lourd"),
    "5.3.4": gettext_lazy("message trop lourd"),
    "4.4.": gettext_lazy("serveur injoignable"),
    "5.4.": gettext_lazy("serveur injoignable"),
    # No fault of the address, and it does not count against it (returns.ABOUT_US).
    "5.7.": gettext_lazy("leurs règles refusent notre serveur ou notre signature, pas l’adresse"),
    "4.7.": gettext_lazy("refusé pour le moment par leurs règles"),
}


@dataclass(frozen=True, slots=True)
class Line:
    message: Message  # without its texts
    purpose: str  # in words
    returned: list[Returned]
    resendable: bool


def of(*, subject: str, people: Iterable[str], also: Q | None = None) -> list[Line]:
    """What was written to these people, as keys name them ("registration:7"), about `subject` ("stop:12"),
    and copies of it, the first mail first; `also` adds mails whose keys do not name them. Two queries,
    however many there are.
    """
    theirs = reduce(or_, (_to_or_copied(keys.naming(person)) for person in people))
    if also is not None:
        theirs |= also
    in_hand = Message.objects.filter(resend_of=OuterRef("pk"), status__in=IN_HAND)
    now = clock.now()
    rows = (
        Message.objects.filter(theirs, subject=subject)
        .annotate(
            may_leave_again=Q(status__in=RESENDABLE, overtaken=False)
            & ~Q(text="")
            & ~Q(recipient="")
            & (Q(valid_until=None) | Q(valid_until__gt=now))
            & ~Exists(in_hand)
        )
        .defer(*BODIES)
        .prefetch_related("returned")
        .order_by("-pk")[:MOST]
    )
    return [
        Line(
            message=row,
            purpose=purposes.of(row),
            returned=list(row.returned.all()),
            resendable=row.may_leave_again,
        )
        for row in reversed(rows)
    ]


def _to_or_copied(naming: str) -> Q:
    return Q(key__contains=naming) | Q(copy_of__contains=naming)


def last_reply(lines: Iterable[Line]) -> Returned | None:
    """The last word of the person's calendar."""
    replies = (one for line in lines for one in line.returned if one.kind == ReturnKind.REPLY)
    return max(replies, key=lambda one: one.pk, default=None)


def in_words(came: Returned) -> str:
    """« refusé pour de bon (5.1.1, adresse inconnue) », « dans son agenda : décliné »."""
    if came.kind == ReturnKind.REPLY:
        return _("dans son agenda : %(said)s") % {"said": Partstat(came.partstat).label}
    kind = str(ReturnKind(came.kind).label)
    if not came.code:
        return kind
    known = [start for start in CODES if came.code.startswith(start)]
    if not known:
        return f"{kind} ({came.code})"
    return _("%(kind)s (%(code)s : %(meaning)s)") % {
        "kind": kind,
        "code": came.code,
        "meaning": CODES[max(known, key=len)],
    }
