"""Personal links open a person's page: no log may keep one."""

import logging
import re

# accounts/links.py: a number, a dot, 27 characters of seal.
TOKEN = re.compile(r"\b\d+\.[A-Za-z0-9_-]{27}(?![A-Za-z0-9_-])")


def masked(text: str) -> str:
    return TOKEN.sub("***", text)


class MaskTokens(logging.Filter):
    """Masks tokens in the message, its arguments and the traceback's last line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = masked(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = masked(logging.Formatter().formatException(record.exc_info))
        return True
