"""The register of letters that left: on paper, as a table and as a workbook. Every number has its line."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from meetings import officials, tables
from meetings.models import Answer, Letter, Stop
from meetings.workbooks import FORMATS
from outbox import clock
from regions import dates
from regions.languages import current_language, pick, texts

WIDTHS = ("23mm", "24mm", "5fr", "6fr", "27mm", "25mm")


def of_stop(stop: Stop) -> QuerySet[Letter]:
    return _complete(Letter.objects.filter(invitation__stop=stop))


def of_year(year: int) -> QuerySet[Letter]:
    """Of every stop: numbers follow one another without holes."""
    return _complete(Letter.objects.filter(year=year))


def csv(letters: Iterable[Letter], language: str) -> bytes:
    with translation.override(language):
        return tables.write([name for name, _width, _kind in _columns()], _rows(letters, language))


def workbook(letters: Iterable[Letter], language: str, *, subject: str) -> dict[str, Any]:
    with translation.override(language):
        return {
            "lang": language,
            "rtl": language == "ar",
            "title": _("Registre des courriers – %(subject)s") % {"subject": subject},
            "office": _("Office National Marocain du Tourisme"),
            "version": _("Établi le %(moment)s") % {"moment": dates.moment(clock.now(), language)},
            "formats": FORMATS,
            "sheets": [
                {
                    "name": _("Courriers"),
                    "columns": [
                        {"name": name, "width": width, "kind": kind} for name, width, kind in _columns()
                    ],
                    "rows": _rows(letters, language, days=False),
                }
            ],
        }


def printed(letters: Sequence[Letter], language: str, *, subject: str) -> dict[str, Any]:
    """The register on paper: what left to whom and when, handed over by whom, answered how."""
    with translation.override(language):
        return {
            "template": "sheet",
            "lang": language,
            "title": _("Registre des courriers – %(subject)s") % {"subject": subject},
            "office": _("Office National Marocain du Tourisme"),
            "eyebrow": _("Registre des courriers"),
            "heading": {"text": subject, "lang": language},
            "facts": [],
            "made": _("Établi le %(moment)s") % {"moment": dates.moment(clock.now(), language)},
            "private": _("Données à caractère personnel : à ne pas diffuser."),
            "columns": [
                {"name": name, "width": width}
                for name, width in zip(
                    (_("N°"), _("Date"), _("Destinataire"), _("Objet"), _("Remise"), _("Réponse")),
                    WIDTHS,
                    strict=True,
                )
            ],
            "groups": [
                {
                    "title": _("Année %(year)s") % {"year": year},
                    "rows": [_cells(one, language) for one in found],
                }
                for year, found in _by_year(letters)
            ],
            "blank": 0,
            "signature": False,
        }


def answer_of(letter: Letter) -> str:
    row = letter.invitation
    if row.answer == Answer.REPLACED:
        named = _listed(filter(None, (row.replacement_function, row.replacement_name)))
        return f"{_('%(label)s :') % {'label': row.get_answer_display()}} {named}"
    return str(row.get_answer_display())


def remark(letter: Letter) -> str:
    """What became of a number whose letter does not stand any more, or which one it annulled."""
    said = []
    if letter.replaces:
        said.append(_("annule et remplace le n° %(number)s") % {"number": letter.replaces})
    if getattr(letter, "is_replaced", False):
        said.append(_("remplacée") if letter.handed_on else _("remplacée, non remise"))
    return _listed(said)


def _listed(words: Iterable[str]) -> str:
    return f"{dates.COMMA[current_language()]} ".join(words)


def _complete(rows: QuerySet[Letter]) -> QuerySet[Letter]:
    newer = Letter.objects.filter(replaces=OuterRef("pk"))
    return (
        rows.select_related("invitation__stop__tour", "replaces")
        .annotate(is_replaced=Exists(newer))
        .order_by("year", "number")
    )


def _columns() -> list[tuple[str, int, str]]:
    return [
        (_("N°"), 12, "text"),
        (_("Date"), 12, "date"),
        (_("Destinataire"), 60, "text"),
        (_("Langue"), 10, "text"),
        (_("Objet"), 60, "text"),
        (_("Étape"), 18, "text"),
        (_("Remise le"), 12, "date"),
        (_("Remise par"), 24, "text"),
        (_("Réponse"), 40, "text"),
        (_("Accompagnants"), 12, "number"),
        (_("Observations"), 40, "text"),
    ]


def _rows(letters: Iterable[Letter], language: str, *, days: bool = True) -> list[list[Any]]:
    """A line for each; days in words of figures, or as the workbook reads them."""
    found = []
    for one in letters:
        row = one.invitation
        day, handed = one.dated, one.handed_on
        found.append(
            [
                str(one),
                f"{day:%d/%m/%Y}" if days else day.isoformat(),
                ", ".join(one.words["to"]["lines"]),
                one.language,
                one.words["subject"]["text"],
                pick(texts(row.stop, "city"), language),
                (f"{handed:%d/%m/%Y}" if days else handed.isoformat()) if handed else "",
                one.handed_by,
                answer_of(one),
                str(row.companions) if days else row.companions,
                remark(one),
            ]
        )
    return found


def _cells(one: Letter, language: str) -> list[list[dict[str, Any]]]:
    to, subject = one.words["to"]["lines"], one.words["subject"]["text"]
    handed = (
        [{"text": f"{one.handed_on:%d/%m/%Y}", "lang": language, "upright": True}] if one.handed_on else []
    )
    if one.handed_by:
        handed.append(_line(one.handed_by, language))
    answered = [_line(answer_of(one), language)]
    if companions := one.invitation.companions:
        answered.append(_line(_("Accompagnants : %(count)d") % {"count": companions}, language, weak=True))
    remarked = remark(one)
    return [
        [{"text": str(one), "lang": language, "upright": True, "strong": True}],
        [{"text": f"{one.dated:%d/%m/%Y}", "lang": language, "upright": True}],
        [_line(line, one.language, weak=bool(n)) for n, line in enumerate(to)],
        [_line(subject, one.language), *([_line(remarked, language, weak=True)] if remarked else [])],
        handed or [_line("–", language)],
        answered,
    ]


def _line(text: str, language: str, *, weak: bool = False) -> dict[str, Any]:
    arabic = bool(officials.ARABIC.search(text))
    spoken = "ar" if arabic else ("fr" if language == "ar" else language)
    return {"text": text, "lang": spoken, "weak": weak}


def _by_year(letters: Iterable[Letter]) -> list[tuple[int, list[Letter]]]:
    found: dict[int, list[Letter]] = {}
    for one in letters:
        found.setdefault(one.year_id, []).append(one)
    return list(found.items())
