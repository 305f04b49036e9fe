"""A document is made once, however many ask and whatever is killed."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from meetings import printing

ROOT = Path(printing.__file__).parents[1]
WORDS = {"said": "quelque chose"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.DOCUMENT_DIR = tmp_path / "documents"
    settings.PRIVATE_DOCUMENT_DIR = tmp_path / "private"
    return tmp_path


def typesetter(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Another program in the typesetter's place: `script`, with `target` and `words` at hand."""
    head = "import os, sys, time; target = sys.argv[1]; words = sys.stdin.buffer.read(); "
    monkeypatch.setattr(printing, "TYPESETTER", [sys.executable, "-c", head + script])


def counting(folder: Path, *, seconds: float = 0.3) -> str:
    """Notes each run, takes its time, writes the words as they came."""
    return (
        f"open({str(folder / 'runs')!r}, 'a').write('x'); time.sleep({seconds}); "
        "open(target + '.part', 'wb').write(words); os.replace(target + '.part', target)"
    )


def runs(folder: Path) -> int:
    return len((folder / "runs").read_text())


def test_many_who_ask_at_once_have_it_made_once(folder: Path, monkeypatch: pytest.MonkeyPatch):
    typesetter(monkeypatch, counting(folder))
    together, found = threading.Barrier(6), []

    def ask() -> None:
        together.wait()
        found.append(printing.document("k", lambda: WORDS, patience=10))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [b'{"said": "quelque chose"}'] * 6
    assert runs(folder) == 1


def test_the_race_above_is_real(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Without the lock each has it made: if this fails, the test above proves nothing."""
    monkeypatch.setattr(fcntl, "flock", lambda *args: None)
    test_script = counting(folder)
    typesetter(monkeypatch, test_script)
    together = threading.Barrier(3)

    def ask() -> None:
        together.wait()
        printing.document("k", lambda: WORDS, patience=10)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert runs(folder) == 3


def test_many_processes_that_ask_at_once_have_it_made_once(folder: Path):
    """As the workers of a server: nothing in common but the folder."""
    made, own = folder / "runs", folder / "documents"
    script = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
from django.conf import settings
settings.configure(DOCUMENT_DIR={str(own)!r}, FONT_DIR={str(folder)!r}, BASE_DIR={str(ROOT)!r})
from meetings import printing
head = "import os, sys, time; target = sys.argv[1]; words = sys.stdin.buffer.read(); "
printing.TYPESETTER = [sys.executable, "-c", head + {counting(folder, seconds=1)!r}]
sys.stdin.read()
sys.stdout.buffer.write(printing.document("k", lambda: {WORDS!r}, patience=30))
"""
    asking = [
        subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    time.sleep(2)  # until each waits for its sign
    for process in asking:
        process.stdin.close()
    found = [process.stdout.read() for process in asking]
    for process in asking:
        process.wait()
    assert found == [b'{"said": "quelque chose"}'] * 4
    assert made.read_text() == "x"


def test_a_workbook_is_made_by_its_own_maker(folder: Path, monkeypatch: pytest.MonkeyPatch):
    head = "import sys; open(sys.argv[1], 'wb').write(b'book')"
    monkeypatch.setattr(printing, "BOOKKEEPER", [sys.executable, "-c", head])
    typesetter(monkeypatch, counting(folder, seconds=0))
    assert printing.document("k", lambda: WORDS, patience=10, form="xlsx") == b"book"


def test_what_was_finished_a_moment_ago_is_not_begun_again(folder: Path):
    """Between the look at the file and the lock, another process may have written it."""
    path = folder / "k.pdf"
    path.write_bytes(b"made")
    assert printing._begin(path, lambda: WORDS) is None


def test_what_is_made_is_not_made_again(folder: Path, monkeypatch: pytest.MonkeyPatch):
    typesetter(monkeypatch, counting(folder, seconds=0))
    printing.document("k", lambda: WORDS, patience=10)
    printing.document("k", lambda: WORDS, patience=10)
    printing.document("other", lambda: WORDS, patience=10)
    assert runs(folder) == 2


def test_who_waited_long_enough_is_sent_away_and_finds_it_later(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    typesetter(monkeypatch, counting(folder, seconds=1))
    with pytest.raises(printing.NotReady):
        printing.document("k", lambda: WORDS, patience=0.2)
    assert printing.document("k", lambda: WORDS, patience=10) == b'{"said": "quelque chose"}'
    assert runs(folder) == 1


def test_after_a_typesetter_was_killed_the_next_request_has_it_made(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    pid = folder / "pid"
    typesetter(monkeypatch, f"open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)")
    with pytest.raises(printing.NotReady):
        printing.document("k", lambda: WORDS, patience=1)
    # Still at work, so nobody else begins.
    typesetter(monkeypatch, counting(folder, seconds=0))
    with pytest.raises(printing.NotReady):
        printing.document("k", lambda: WORDS, patience=0.2)
    os.kill(int(pid.read_text()), signal.SIGKILL)
    assert printing.document("k", lambda: WORDS, patience=10) == b'{"said": "quelque chose"}'


def test_a_typesetter_killed_under_the_readers_eyes_is_not_an_error(monkeypatch: pytest.MonkeyPatch):
    typesetter(monkeypatch, "os.kill(os.getpid(), 9)")
    with pytest.raises(printing.NotReady):
        printing.document("k", lambda: WORDS, patience=10)


def test_a_document_that_is_refused_is_an_error_with_its_reason(monkeypatch: pytest.MonkeyPatch):
    typesetter(monkeypatch, "sys.exit('no such glyph')")
    with pytest.raises(printing.Failed, match="no such glyph"):
        printing.document("k", lambda: WORDS, patience=10)


def test_what_nobody_asks_for_is_swept_and_what_is_read_stays(folder: Path, monkeypatch: pytest.MonkeyPatch):
    typesetter(monkeypatch, counting(folder, seconds=0))
    for key in ("old", "wanted"):
        printing.document(key, lambda: WORDS, patience=10)
    long_ago = time.time() - 30 * printing.DAY
    for path in (folder / "documents").iterdir():
        os.utime(path, (long_ago, long_ago))
    printing.document("wanted", lambda: WORDS, patience=10)
    printing.sweep()
    assert [path.name for path in (folder / "documents").iterdir()] == ["wanted.pdf"]
    assert runs(folder) == 2


def test_what_names_people_goes_a_day_after_it_was_made_whoever_asks(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typesetter(monkeypatch, counting(folder, seconds=0))
    printing.document("k", lambda: WORDS, patience=10, private=True)
    path = folder / "private" / "k.pdf"
    old = time.time() - printing.PRIVATE_KEPT_DAYS * printing.DAY - 60
    os.utime(path, (old, old))
    printing.document("k", lambda: WORDS, patience=10, private=True)
    printing.sweep()
    assert not path.exists()
    assert not (folder / "documents" / "k.pdf").exists()
