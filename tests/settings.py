"""Settings of the tests: services, keys and folders of their own, nothing of the developer's.

The first process of a run starts the services; xdist's workers find the addresses set and take a
database and a key prefix of their own.
"""

import atexit
import contextlib
import os
import shutil
import sys
from pathlib import Path

from onmt_tour import embedded

ROOT = Path(__file__).resolve().parent.parent
RUN = "PORTAL_TEST_RUN"
CHOSEN_BY_PEOPLE = (
    *("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "EMAIL_URL", "DEFAULT_FROM_EMAIL"),
    *("SECRET_KEY", "LINK_KEY", "LINK_KEY_FALLBACKS", "ADDRESS_KEY", "ALLOWED_HOSTS", "TRUSTED_PROXIES"),
    *(
        "SITE_URL",
        "CLOCK_OFFSET_SECONDS",
        "CNDP_REFERENCE",
        "CNDP_WAIVER",
        "PRIVACY_EMAIL",
        "PORTAL_EMBEDDED",
        "PORTAL_STATE",
    ),
)


def begin() -> None:
    for name in CHOSEN_BY_PEOPLE:
        os.environ.pop(name, None)
    # Where the machine forbids it, every process of the tests would compile every module again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    os.environ |= {"DEBUG": "1", "PORTAL_ENV_FILE": os.devnull, RUN: str(os.getpid())}
    stack = contextlib.ExitStack()
    # What a crash would lose here is made anew by the next run.
    os.environ |= stack.enter_context(embedded.services(ROOT / "var" / "test-services", durable=False))
    atexit.register(stack.close)


if RUN not in os.environ:
    begin()
worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ["REDIS_PREFIX"] = f"test-{os.environ[RUN]}-{worker}:"

from onmt_tour.settings import *  # noqa: E402, F403
from onmt_tour.settings import DATABASES, VAR_DIR  # noqa: E402

# pytest-django adds the worker's name. The run's number keeps two runs at once apart.
DATABASES["default"]["TEST"] = {"NAME": f"test_{os.environ[RUN]}"}
CNDP_WAIVER = "The tests: nobody real is registered here"  # tests run with DEBUG off
MAIL_DIR = VAR_DIR / "test" / worker / "mail"
STATIC_ROOT = VAR_DIR / "test" / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise complains of a folder that is not there
MEDIA_ROOT = VAR_DIR / "test" / worker / "media"
DOCUMENT_DIR = VAR_DIR / "test" / worker / "documents"
PRIVATE_DOCUMENT_DIR = VAR_DIR / "test" / worker / "private-documents"
shutil.rmtree(PRIVATE_DOCUMENT_DIR, ignore_errors=True)
shutil.rmtree(DOCUMENT_DIR, ignore_errors=True)  # another run numbers its releases alike
# Real hashing costs a third of a second for each person a test makes.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
