"""Put the narrow spaces of French into the string literals of tests:

    .venv/bin/python -m tests.french tests/meetings/test_views.py ...

A sentence reaches its reader with them (regions/typography.py), so a test that quotes one has them too.
Literals that are scripts are left alone; take back what a person is meant to type.
"""

import io
import sys
import tokenize
from pathlib import Path

from regions.typography import french

SCRIPT = ("=>", "===", "!==")


def mended(source: str) -> str:
    """The source with French spaces in every string literal but docstrings and scripts."""
    lines = source.splitlines(keepends=True)
    statement = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        docstring = token.type == tokenize.STRING and statement in (
            tokenize.NEWLINE, tokenize.INDENT, tokenize.NL, tokenize.COMMENT, tokenize.DEDENT
        )  # fmt: skip
        if (
            token.type == tokenize.STRING
            and not docstring
            and not any(sign in token.string for sign in SCRIPT)
        ):
            (row, start), (last, end) = token.start, token.end
            if row == last:
                line = lines[row - 1]
                lines[row - 1] = line[:start] + french(token.string) + line[end:]
        if token.type not in (tokenize.NL, tokenize.COMMENT):
            statement = token.type
    return "".join(lines)


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        path.write_text(mended(path.read_text()))
