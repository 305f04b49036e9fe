"""Who may be there twice: same mail, same mobile, same name in either script; establishments by name."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from professionals.duplicates import apart
from professionals.duplicates.models import MergeKind
from professionals.models import Organisation, Professional

MOST_ALIKE = 8  # of one mailbox or name; beyond, they are a switchboard or a function, not one person
MAIL, MOBILE, NAME = _("même adresse"), _("même mobile"), _("même nom")


@dataclass(slots=True)
class Pair:
    one: int
    other: int
    reasons: list[str | Promise] = field(default_factory=list)


def people() -> list[Pair]:
    """Pairs of professionals, those most alike first, without those told apart; two queries."""
    columns = ("pk", "email", "phone", "name_key", "name_ar_key")
    found: dict[tuple[str | Promise, str], set[int]] = defaultdict(set)
    for pk, email, phone, *keys in Professional.objects.values_list(*columns).iterator(chunk_size=2000):
        for reason, value in ((MAIL, email), (MOBILE, str(phone or "")), *((NAME, _words(k)) for k in keys)):
            if value:
                found[str(reason), value].add(pk)
    alike = ((reason, members) for (reason, _value), members in found.items())
    return _pairs(alike, apart.told(MergeKind.PROFESSIONAL))


def organisations() -> list[Pair]:
    """Pairs of establishments of one name, in either script, whatever their region and category.

    Without those told apart; two queries.
    """
    found: dict[str, set[int]] = defaultdict(set)
    for pk, *keys in Organisation.objects.values_list("pk", "name_key", "name_ar_key").iterator(2000):
        for key in filter(None, map(_words, keys)):
            found[key].add(pk)
    alike = ((str(NAME), members) for members in found.values())
    return _pairs(alike, apart.told(MergeKind.ORGANISATION))


def _words(key: str) -> str:
    """« Alaoui Salma » is « Salma Alaoui »."""
    return " ".join(sorted(key.split()))


def _pairs(alike: Iterable[tuple[str | Promise, set[int]]], told_apart: set[tuple[int, int]]) -> list[Pair]:
    pairs: dict[tuple[int, int], Pair] = {}
    for reason, members in alike:
        if len(members) <= MOST_ALIKE:
            for one, other in combinations(sorted(members), 2):
                pair = pairs.setdefault((one, other), Pair(one, other))
                if reason not in pair.reasons:
                    pair.reasons.append(reason)
    for told in told_apart:
        pairs.pop(told, None)
    return sorted(pairs.values(), key=lambda pair: (-len(pair.reasons), pair.one, pair.other))
