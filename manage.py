#!/usr/bin/env python
"""Django's commands; they use the embedded services that are up, or start them for their time."""

import os
import signal
import sys
from pathlib import Path

import environ

from onmt_tour import embedded

HERE = Path(__file__).resolve().parent
# These read no table: no server is started for them.
NEED_NO_SERVICES = {
    "",
    "help",
    "build_fonts",
    "build_scanner",
    "draw_map",
    "draw_zellige",
    "check",
    "collectstatic",
    "compilemessages",
    "makemessages",
    "version",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onmt_tour.settings")
    env_file = Path(os.environ.setdefault("PORTAL_ENV_FILE", str(HERE / ".env")))
    if env_file.is_file():
        environ.Env.read_env(env_file)

    from django.core.management import execute_from_command_line

    command = next(iter(sys.argv[1:]), "").removeprefix("--")
    if command in NEED_NO_SERVICES or {"--help", "-h"} & set(sys.argv):
        execute_from_command_line(sys.argv)
        return
    try:
        with embedded.provided(os.environ, state=HERE / "var" / "services") as ours:
            if ours:  # a terminated command still stops the servers it alone uses
                signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
            execute_from_command_line(sys.argv)
    except embedded.EmbeddedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
