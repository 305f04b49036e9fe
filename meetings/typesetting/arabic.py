"""So that Arabic words come back from a PDF in their order: before the compiler (`mending`: after it)."""

import re

ARABIC = "\u0620-\u0652\u0671-\u06d3"


def has_arabic(text: str) -> bool:
    return bool(re.search(f"[{ARABIC}]", text))


def steady(text: str) -> str:
    """Keep poppler and pdfium from turning round what stands between Arabic words.

    A right-to-left mark after a figure, a Latin word or a stop that an Arabic word or stop follows, and after
    a stop between an Arabic word and a figure; no-break spaces within a run of Latin words or figures.
    """
    if not has_arabic(text):
        return text
    text = re.sub(rf"\u00a0(?=[{ARABIC}])", " ", text)
    text = re.sub(r"(?<=[0-9A-Za-zÀ-ÿ%])(?=[.:!،؛؟]+(?: |$))", "\u200f", text)
    text = re.sub(rf"(?<=[{ARABIC}\u200f][.:!،؛؟])(?= [0-9A-Za-zÀ-ÿ+])", "\u200f", text)
    text = re.sub(rf"(?<=[^\s{ARABIC}\u200f])(?= (?:[^\w\s]+ )?[(«]?[{ARABIC}])", "\u200f", text)
    return re.sub(r"(?<=[0-9A-Za-zÀ-ÿ.,;:]) (?=[0-9A-Za-zÀ-ÿ+])", "\u00a0", text)
