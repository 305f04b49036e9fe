"""What is committed: pins without addresses, nothing of one machine, every variable explained."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PINS = sorted((ROOT / "requirements").glob("*.txt"))
# In pieces: this file is read too.
REGISTRIES = [
    ".".join(parts)
    for parts in (("pypi", "org"), ("files", "pythonhosted"), ("npmjs", "org"), ("yarnpkg", "com"))
]
# Folders of whoever worked on it; the portal's own paths are relative.
MACHINES = re.compile(r"(?<![\w.])/(srv|work|root|home|Users|opt)/\w")


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / file for file in listed.stdout.split("\0") if file and (ROOT / file).is_file()]


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in committed():
        try:
            found.append((path, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue  # a font, a picture, a compiled catalogue
    return found


@pytest.mark.parametrize("path", PINS, ids=lambda path: path.name)
def test_pins_are_exact_hashed_and_without_address(path: Path) -> None:
    text = path.read_text()
    assert re.findall(r"(?m)^--?[a-z].*$|://", text) == []
    requirements = re.split(r"(?m)^(?=[A-Za-z0-9])", text)[1:]
    assert len(requirements) > 0
    assert [
        r for r in requirements if not re.match(r"[\w.\[\],-]+==\S+.*(\n    --hash=sha256:[0-9a-f]{64})+", r)
    ] == []


def test_development_adds_to_the_runtime_pins_and_changes_none() -> None:
    def pinned(name: str) -> set[str]:
        text = (ROOT / "requirements" / name).read_text()
        return set(re.findall(r"(?m)^([\w.\[\],-]+==[^\s;]+)", text))

    assert pinned("runtime.txt") - pinned("dev.txt") == set()


def test_no_registry_is_named() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {host}" for path, text in texts() for host in REGISTRIES if host in text
    ]
    assert found == []


def test_no_lock_file_that_records_addresses_is_committed() -> None:
    names = {path.name for path in committed()}
    assert names & {"uv.lock", "pylock.toml", "poetry.lock", "package-lock.json"} == set()


def test_no_path_of_one_machine_is_committed() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path, text in texts()
        for match in MACHINES.finditer(text)
    ]
    assert found == []


def test_every_variable_is_explained() -> None:
    """.env.example names each variable that the code reads, and no other."""
    read: set[str] = set()
    for path, text in texts():
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in {"onmt_tour", "outbox"}:
            read |= set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", text))
            read |= set(re.findall(r"environ(?:\.get|\.setdefault)\(\s*\"([A-Z_]+)\"", text))
    explained = set(re.findall(r"(?m)^#?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text()))
    not_for_people = {"DJANGO_SETTINGS_MODULE", "PORTAL_ENV_FILE", "PATH"}
    assert read - not_for_people == explained
