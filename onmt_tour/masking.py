"""Personal links open a person's page: no log may keep one."""

import logging
import re

TOKEN = re.compile(
    # accounts/links.py: a number, a dot, 27 characters of seal.
    r"\b\d+\.[A-Za-z0-9_-]{27}(?![A-Za-z0-9_-])"
    # accounts/letters.py, a new password: who and when in base 36, 32 hexadecimal digits.
    r"|\b[0-9a-z]{1,13}-[0-9a-z]{6,7}-[0-9a-f]{32}\b"
)


def masked(text: str) -> str:
    return TOKEN.sub("***", text)


class MaskTokens(logging.Filter):
    """Masks tokens in the message, its arguments and the traceback's last line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = masked(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = masked(logging.Formatter().formatException(record.exc_info))
        return True
