"""The narrow no-break space of French, before `: ; ? ! »` and after `«`: no sign stands alone on a line.

Sentences in code and what staff type carry ordinary spaces, as keyboards make them. The French
catalogue, written by `make messages`, and `languages.pick` put the narrow ones in.
"""

import re
from functools import lru_cache

MOROCCAN = re.compile(r"^(\+212)([5-8])(\d\d)(\d\d)(\d\d)(\d\d)$")
NARROW = "\u202f"
NAME = 80  # signs
# `&nbsp;` stands in sentences of templates, which are HTML.
_SPACE = r"(?:[ \u00a0]|&nbsp;)+"
_SPACES = re.compile(rf"(?<=\S){_SPACE}(?=[:;?!»])|(?<=«){_SPACE}")


def french(text: str) -> str:
    """The text with narrow no-break spaces where French wants them; missing spaces are not added."""
    return _name(text) if len(text) <= NAME else _SPACES.sub(NARROW, text)


@lru_cache(maxsize=2048)
def _name(text: str) -> str:
    """Names come again on each page; longer texts are not kept."""
    return _SPACES.sub(NARROW, text)


def telephone(phone: str) -> str:
    """The national numbers of Morocco in pairs: +212 5 00 00 00 00; others as they were typed."""
    return MOROCCAN.sub(r"\1 \2 \3 \4 \5 \6", phone)
