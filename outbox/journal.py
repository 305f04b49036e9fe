"""Where the acts of staff upon mail are written down. `accounts`, above, says how in AppConfig.ready."""

from typing import Any, Protocol


class Record(Protocol):
    def __call__(self, actor: Any, verb: str, target: str) -> None:
        """One line, in the transaction of the act. `target` reads "message:12"."""


def nowhere(actor: Any, verb: str, target: str) -> None:
    return


_registry: list[Record] = [nowhere]


def register(record: Record) -> None:
    _registry[0] = record


def record(actor: Any, verb: str, target: str) -> None:
    _registry[0](actor, verb, target)
