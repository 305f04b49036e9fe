"""What a web process loads before its first reader: the tools of other processes are not among it."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

ELSEWHERE = (
    "typst",
    "fontTools",
    "pikepdf",
    "openpyxl",
    "icalendar",
    "holidays",
    "numpy",
    "PIL",
    "cryptography.hazmat",
    "fido2",
)
LOADED = f"""
import sys, django
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
print([name for name in {ELSEWHERE} if name in sys.modules])
"""


def test_the_web_does_not_load_the_typesetter_nor_what_few_requests_need() -> None:
    """Together they weigh as much as Django: a worker is to stay under 110 MB."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "onmt_tour.settings"}
    done = subprocess.run(
        [sys.executable, "-c", LOADED], env=environment, cwd=settings.BASE_DIR, text=True, capture_output=True
    )
    if done.returncode:
        pytest.fail(done.stderr)
    assert done.stdout.strip() == "[]"
