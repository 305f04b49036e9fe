"""What the tests of meetings share: registries of their own, a clock to be set, a bell nobody hears."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from meetings import attendance, audiences, invitations, notices
from meetings.audiences import Audience, Recipient
from outbox import clock, doorbell

Clock = Callable[[datetime], None]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Set the portal's clock; it stands still until it is set again."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return set_to


@pytest.fixture
def rings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The campaigns a worker was told of; no broker is asked, and none delivers mail."""
    heard: list[int] = []
    monkeypatch.setattr(doorbell, "ring", lambda: True)
    monkeypatch.setattr(invitations, "ring", heard.append)
    monkeypatch.setattr(notices, "ring", lambda announcement_id: None)
    return heard


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


class People(list[Recipient]):
    """The members of an audience of the test's own."""

    def add(self, email: str = "", *, language: str = "fr", name: str = "", key: str = "") -> Recipient:
        number = len(self) + 1
        person = Recipient(
            email=email or f"etablissement-{number}@hotel.example",
            name=name or f"Direction {number}",
            language=language,
            key=key or f"professional:{number}",
        )
        self.append(person)
        return person


@pytest.fixture
def audience_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., People]:
    """Put an audience of the test's own in the registry, in place of the one of that name."""
    monkeypatch.setattr(audiences, "_registry", dict(audiences._registry))

    def register(name: str, *, invitable: bool = False) -> People:
        people = People()
        audiences.register(Audience(name, name, lambda stop: list(people), invitable))
        return people

    return register


@pytest.fixture
def professionals(audience_of: Callable[..., People]) -> People:
    """Known professionals of every region, who never registered."""
    return audience_of("professionals", invitable=True)


@pytest.fixture
def empty_audiences(audience_of: Callable[..., People]) -> None:
    """What the usual rules speak of, with nobody in it."""
    audience_of("professionals", invitable=True)
    audience_of("seated")
    audience_of("attended")
