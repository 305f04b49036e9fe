"""The Arabic face of printed documents: IBM Plex Sans Arabic, rebuilt so that its words can be read back.

Shaping is right to the eye as it comes. What spoils the words is how readers (copying, searching, reading
aloud) undo the right-to-left order: they turn round what one glyph says. A ligature, one glyph with two
letters, then comes back as « المغريب » for « المغربي ». So every glyph is made to say one character:

- a ligature becomes two glyphs, the drawing and an empty one, by contextual substitution, so that each
  keeps its own letter; the width, hence the line, is unchanged;
- a letter with its shadda, tanwin or vowel likewise: the drawing of both, and an empty glyph whose width
  (111 to 118 thousandths) says which mark it is, for `mending` to put into the file's map;
- a right-to-left mark gets a glyph that the shaper keeps.

Letters that are not of the alphabet below nor borrowed by Moroccan names stand unjoined.
"""

import hashlib
import io
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from meetings.typesetting.whole import write

FILES = {
    f"AgendaArabic-{weight}.ttf": f"IBMPlexSansArabic-{weight}.ttf" for weight in ("Regular", "SemiBold")
}
# The licence of Plex reserves its name: a changed font needs another.
FAMILY = "Agenda Arabic"
# The alphabet, and what Maghrebi names add (ڭ in أڭادير, ڤ, ڨ, پ, گ, چ, ژ).
LETTERS = (*range(0x621, 0x64B), 0x67E, 0x686, 0x698, 0x6A4, 0x6A8, 0x6AD, 0x6AF)
MARKS = range(0x64B, 0x653)
SHADDA = 0x651
# Of 1000; over a tenth, or poppler breaks the word.
MARK_WIDTH = {code: 111 + n for n, code in enumerate(MARKS)}
WIDEST_KERN = 60
RLM_WIDTH = 60  # taken from the space that follows


def package(name: str) -> Path:
    """Where a package of fonts keeps its files."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{name} is not installed")
    return Path(spec.submodule_search_locations[0]) / "files"


def arabic_face(fonts: Path) -> Path:
    """The folder of the Arabic face as today's code draws it, built once."""
    plex = package("fontpkg_ibm_plex_sans_arabic")
    drawn_by = hashlib.sha256(Path(__file__).read_bytes())
    for source in FILES.values():
        drawn_by.update((plex / source).read_bytes())
    folder = fonts / f"agenda-arabic-{drawn_by.hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in FILES.items():
        if not (folder / name).exists():
            write(folder / name, LetterFont(plex / source).build())
    return folder


class LetterFont:
    """A font in which each Arabic character has a glyph of its own."""

    def __init__(self, source: Path) -> None:
        self.font = TTFont(source)
        if self.font["head"].unitsPerEm != 1000:
            raise ValueError(f"{source.name} is not drawn on 1000 units")
        self.cmap = self.font.getBestCmap()
        self.glyf, self.hmtx = self.font["glyf"], self.font["hmtx"]
        self.classes = self.font["GDEF"].table.GlyphClassDef.classDefs
        self.letters = {self.cmap[code]: code for code in LETTERS if code in self.cmap}
        self.marks = {code: self.cmap[code] for code in MARKS if code in self.cmap}
        self.fea = ["languagesystem DFLT dflt; languagesystem arab dflt; languagesystem latn dflt;"]

    def build(self) -> bytes:
        forms = self._forms()
        known = set(self.letters) | {glyph for form in forms.values() for glyph in form.values()}
        anchors = self._anchors(known)
        pairs = self._split_ligatures(known, anchors)
        marks = self._draw_marks(anchors)
        for tag, form in forms.items():
            self._feature(tag, self._single(f"to_{tag}", form))
        self._feature("ccmp", self._keep_rlm())
        self._feature("rlig", pairs + marks)
        self._tighten()
        self.font.setGlyphOrder(self.glyf.glyphOrder)
        del self.font["GSUB"]
        # Needed once; what sets a document loads this module each time.
        from fontTools.feaLib.builder import addOpenTypeFeaturesFromString

        addOpenTypeFeaturesFromString(self.font, "\n".join(self.fea), tables=["GSUB"])
        for record in self.font["name"].names:
            if record.nameID in (1, 3, 4, 6, 16):
                name = record.toUnicode()
                plain = name.replace("IBM Plex Sans Arabic", FAMILY)
                record.string = plain.replace("IBMPlexSansArabic", FAMILY.replace(" ", ""))
        self.font["post"].formatType = 3.0
        out = io.BytesIO()
        self.font.save(out)
        return out.getvalue()

    # -- reading the tables

    def _subtables(self, table: str, tag: str) -> Iterator[Any]:
        root = self.font[table].table
        wanted = sorted(
            {
                index
                for record in root.FeatureList.FeatureRecord
                if record.FeatureTag == tag
                for index in record.Feature.LookupListIndex
            }
        )
        for index in wanted:
            for subtable in root.LookupList.Lookup[index].SubTable:
                yield getattr(subtable, "ExtSubTable", subtable)

    def _forms(self) -> dict[Any, Any]:
        """Feature -> letter -> its initial, medial or final form."""
        forms: dict[str, dict[str, str]] = {"init": {}, "medi": {}, "fina": {}}
        for tag, form in forms.items():
            for subtable in self._subtables("GSUB", tag):
                for glyph, shaped in subtable.mapping.items():
                    if glyph in self.letters:
                        form.setdefault(glyph, shaped)
        return forms

    def _mark_glyphs(self) -> dict[Any, Any]:
        """The marks that may follow a letter, as character codes -> the glyph that draws them."""
        found: dict[tuple[int, ...], str] = {(code,): glyph for code, glyph in self.marks.items()}
        ligatures: dict[tuple[str, ...], str] = {}
        for subtable in self._subtables("GSUB", "ccmp"):
            for first, entries in getattr(subtable, "ligatures", {}).items():
                ligatures |= {(first, *entry.Component): entry.LigGlyph for entry in entries}
        for code, glyph in self.marks.items():
            drawn = ligatures.get((self.marks[SHADDA], glyph))
            if drawn:
                found[SHADDA, code] = drawn
        return found

    def _anchors(self, known: set[str]) -> dict[Any, Any]:
        """Glyph -> class of mark -> where it sits; and each mark's own class and hook."""
        self.hooks: dict[str, Any] = {}
        self.ligature_anchors: dict[str, Any] = {}
        base: dict[str, Any] = {}
        for n, subtable in enumerate(self._subtables("GPOS", "mark")):
            kind = type(subtable).__name__
            if kind not in ("MarkBasePos", "MarkLigPos"):
                continue
            for glyph, record in zip(
                subtable.MarkCoverage.glyphs, subtable.MarkArray.MarkRecord, strict=True
            ):
                anchor = record.MarkAnchor
                self.hooks.setdefault(glyph, {})[n, record.Class] = (anchor.XCoordinate, anchor.YCoordinate)
            if kind == "MarkBasePos":
                rows = zip(subtable.BaseCoverage.glyphs, subtable.BaseArray.BaseRecord, strict=True)
                for glyph, row in rows:
                    if glyph in known:
                        base.setdefault(glyph, {}).update(_points(n, row.BaseAnchor))
            else:
                rows = zip(
                    subtable.LigatureCoverage.glyphs, subtable.LigatureArray.LigatureAttach, strict=True
                )
                for glyph, attach in rows:
                    parts = self.ligature_anchors.setdefault(glyph, [{}, {}])
                    for part, row in zip(parts, attach.ComponentRecord, strict=False):
                        part.update(_points(n, row.LigatureAnchor))
        return base

    # -- drawing

    def _glyph(self, name: str, width: int, *parts: tuple[str, int, int]) -> None:
        """A new glyph put together from others, each with its offset; none for an empty one."""
        pen = TTGlyphPen(self.glyf.glyphs)
        for part, x, y in parts:
            pen.addComponent(part, (1, 0, 0, 1, x, y))
        glyph = self.glyf[name] = pen.glyph()
        glyph.recalcBounds(self.glyf)
        self.hmtx[name] = (width, getattr(glyph, "xMin", 0))
        self.classes[name] = 1  # a base, or the shaper would take its width away

    def _split_ligatures(self, known: set[str], anchors: dict[str, Any]) -> str:
        """Right half: the drawing and the first letter. Left half: empty, the second letter."""
        rules: list[str] = []
        pools: list[dict[str, str]] = []
        for subtable in self._subtables("GSUB", "rlig"):
            for first, entries in getattr(subtable, "ligatures", {}).items():
                for entry in entries:
                    if first not in known or len(entry.Component) != 1 or entry.Component[0] not in known:
                        continue
                    (second,), ligature = entry.Component, entry.LigGlyph
                    right, left = f"{ligature}.right", f"{ligature}.left"
                    width, a, b = (self.hmtx[glyph][0] for glyph in (ligature, first, second))
                    cut = width * b // (a + b)
                    if right not in self.glyf.glyphs:
                        self._glyph(right, width - cut, (ligature, -cut, 0))
                        self._glyph(left, cut)
                        on_first, on_second = self.ligature_anchors.get(ligature, [{}, {}])
                        anchors[right] = {key: (x - cut, y) for key, (x, y) in on_first.items()}
                        anchors[left] = on_second
                    rules.append(
                        f"sub {first}' lookup pair{_pool(pools, first, right)}"
                        f" {second}' lookup pair{_pool(pools, second, left)};"
                    )
        for n, pool in enumerate(pools):
            self._single(f"pair{n}", pool)
        self.fea.append("lookup pairs { lookupflag IgnoreMarks; " + " ".join(rules) + " } pairs;")
        return "lookup pairs; "

    def _draw_marks(self, anchors: dict[str, Any]) -> str:
        """Letter and mark drawn in one glyph, followed by an empty glyph for each mark."""
        empty = {}
        for code, glyph in self.marks.items():
            empty[glyph] = f"mark.{code:04X}"
            self._glyph(empty[glyph], MARK_WIDTH[code])
        self._single("empty", empty)
        rules = []
        for codes, drawn in sorted(self._mark_glyphs().items(), key=lambda item: -len(item[0])):
            taken = sum(MARK_WIDTH[code] for code in codes)
            with_mark = {}
            for base, places in anchors.items():
                width = self.hmtx[base][0] - taken
                place = next((key for key in self.hooks.get(drawn, {}) if key in places), None)
                if place is None or width < 20:
                    continue
                width += width in MARK_WIDTH.values()
                (x, y), (hook_x, hook_y) = places[place], self.hooks[drawn][place]
                name = f"{base}.{drawn}"
                self._glyph(name, width, (base, -taken, 0), (drawn, x - hook_x - taken, y - hook_y))
                with_mark[base] = name
            if with_mark:
                lookup = "with_" + "_".join(f"{code:04X}" for code in codes)
                self._single(lookup, with_mark)
                tail = " ".join(f"{self.marks[code]}' lookup empty" for code in codes)
                rules.append(f"sub [{' '.join(with_mark)}]' lookup {lookup} {tail};")
        self.fea.append("lookup marks { " + " ".join(rules) + " } marks;")
        return "lookup marks; "

    def _keep_rlm(self) -> str:
        space = self.cmap[0x20]
        self._glyph("rlm", 0)
        self._glyph("rlm.kept", RLM_WIDTH)
        self._glyph("space.after", self.hmtx[space][0] - RLM_WIDTH)
        for table in self.font["cmap"].tables:
            if table.isUnicode() and table.format != 14:
                table.cmap[0x200F] = "rlm"
        self._single("keep_rlm", {"rlm": "rlm.kept"})
        self._single("less_space", {space: "space.after"})
        return f"sub rlm' lookup keep_rlm {space}' lookup less_space; sub rlm' lookup keep_rlm; "

    def _tighten(self) -> None:
        """A wide positive kern reads as a space in pdfium."""
        for subtable in self._subtables("GPOS", "kern"):
            if type(subtable).__name__ != "PairPos":
                continue
            if subtable.Format == 1:
                values = [pair.Value1 for pairs in subtable.PairSet for pair in pairs.PairValueRecord]
            else:
                values = [pair.Value1 for row in subtable.Class1Record for pair in row.Class2Record]
            for value in filter(None, values):
                for field in ("XAdvance", "XPlacement"):
                    if getattr(value, field, 0) > WIDEST_KERN:
                        setattr(value, field, WIDEST_KERN)

    # -- writing features

    def _single(self, name: str, pairs: dict[str, str]) -> str:
        rules = " ".join(f"sub {old} by {new};" for old, new in pairs.items())
        self.fea.append(f"lookup {name} {{ {rules} }} {name};")
        return f"lookup {name}; "

    def _feature(self, tag: str, body: str) -> None:
        self.fea.append(f"feature {tag} {{ {body}}} {tag};")


def _points(n: int, row: Any) -> dict[Any, Any]:
    return {(n, c): (a.XCoordinate, a.YCoordinate) for c, a in enumerate(row) if a}


def _pool(pools: list[dict[str, str]], old: str, new: str) -> int:
    """The number of a substitution that turns old into new: a glyph stands once in each."""
    for n, pool in enumerate(pools):
        if pool.setdefault(old, new) == new:
            return n
    pools.append({old: new})
    return len(pools) - 1
