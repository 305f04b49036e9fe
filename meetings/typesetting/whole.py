"""Files that others read while they are written: whole or not there."""

import os
from pathlib import Path


def write(target: Path, content: bytes) -> None:
    """The whole file or none."""
    unfinished = target.with_name(f"{target.name}.{os.getpid()}.part")
    unfinished.write_bytes(content)
    unfinished.replace(target)
