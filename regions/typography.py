"""The narrow no-break space of French, before `: ; ? ! »` and after `«`: no sign stands alone on a line.

Sentences in code and what staff type carry ordinary spaces, as keyboards make them. The French
catalogue, written by `make messages`, and `languages.pick` put the narrow ones in.
"""

import re

NARROW = "\u202f"
_SPACES = re.compile(r"(?<=\S)[ \u00a0]+(?=[:;?!»])|(?<=«)[ \u00a0]+")


def french(text: str) -> str:
    """The text with narrow no-break spaces where French wants them; missing spaces are not added."""
    return _SPACES.sub(NARROW, text)
