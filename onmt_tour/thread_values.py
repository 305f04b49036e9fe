"""The language, prefix and routes of a thread, kept by thread and no more.

Django keeps them in asgiref's `Local`, which serves asynchronous code as well and takes thirty times as
long to read; a page reads them four hundred times, which was a tenth of what it cost. The portal has no
asynchronous view and no such server (a test sees to it), and in threads without an event loop a `Local` is
a value of the thread: `threading.local` says the same.
"""

import threading
from typing import Any

from django.urls import base as urls
from django.utils.translation import trans_real

# Where Django looks for each of them, at every reading.
PLACES: tuple[tuple[Any, str], ...] = ((trans_real, "_active"), (urls, "_prefixes"), (urls, "_urlconfs"))


def keep_plainly() -> None:
    """Once a process, at its start; what the present thread has chosen stays chosen."""
    for module, name in PLACES:
        plain = threading.local()
        if hasattr(kept := getattr(module, name), "value"):
            plain.value = kept.value
        setattr(module, name, plain)
