"""gunicorn's configuration, for `make run` and for real servers:

python -m gunicorn --config python:onmt_tour.gunicorn_config onmt_tour.wsgi

GUNICORN_CMD_ARGS and the variables below change it.
"""

import gc
import multiprocessing
import os
from typing import Any

from gunicorn.glogging import Logger

from onmt_tour.masking import masked


class MaskingLogger(Logger):
    """The access log, personal links masked wherever they stand (path, referrer)."""

    def atoms(self, *args: Any) -> dict[str, Any]:
        found = super().atoms(*args)
        return {name: masked(value) if isinstance(value, str) else value for name, value in found.items()}


def pre_fork(server: Any, worker: Any) -> None:
    """What is loaded stays shared between the workers: the collector need not walk it again."""
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """A page makes some ten thousand objects, nearly all of which go by themselves."""
    gc.set_threshold(20_000, 20, 20)


bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", max(2, multiprocessing.cpu_count())))
# Loaded once, looked at once, shared by the workers; a refusal to start is said once.
preload_app = True
max_requests, max_requests_jitter = 20_000, 2_000
timeout = 30
graceful_timeout = 10
logger_class = MaskingLogger
accesslog = os.environ.get("ACCESS_LOG") or None
errorlog = "-"
loglevel = "warning"
# Its own directory in memory where there is one: a slow disk must not look like a stuck worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
# One file in the home folder would be shared by every portal of this user.
control_socket_disable = True
