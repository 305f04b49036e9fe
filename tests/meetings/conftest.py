"""What the tests of meetings share."""

from collections.abc import Iterator

import pytest

from meetings import attendance, audiences


@pytest.fixture
def own_audiences(monkeypatch: pytest.MonkeyPatch) -> None:
    """Audiences registered by the test are gone after it, and nobody else's disturb it."""
    monkeypatch.setattr(audiences, "_registry", {})


@pytest.fixture
def own_attendance() -> Iterator[None]:
    """The attendance registered by the test is gone after it."""
    before = attendance.current()
    yield
    attendance.register(before)
