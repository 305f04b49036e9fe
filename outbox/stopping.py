"""Whether the worker was told to stop: long work looks here, and ends at the next good moment.

What it leaves is still due in the database, so whoever runs next takes it up.
"""

import mmap

# One byte that a worker shares with the hands it forked.
_told = mmap.mmap(-1, 1)


def tell() -> None:
    """Ask whatever this process and its children do to come to an end."""
    _told[0] = 1


def told() -> bool:
    return bool(_told[0])
