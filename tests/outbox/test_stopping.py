"""Tests of outbox.stopping: who is told, and by whom."""

import os

from celery.signals import worker_shutting_down

import onmt_tour.celery  # noqa: F401 - connects the signal
from outbox import stopping


def test_the_hands_of_a_worker_hear_what_the_worker_is_told() -> None:
    reading, writing = os.pipe()
    heard, told = os.pipe()
    if not (hand := os.fork()):
        os.write(told, f"{stopping.told()}".encode())
        os.read(reading, 1)
        os.write(told, f"{stopping.told()}".encode())
        os._exit(0)
    try:
        assert os.read(heard, 20) == b"False"
        worker_shutting_down.send(sender="worker", sig="SIGTERM", how="Warm", exitcode=0)
        os.write(writing, b"x")
        assert os.read(heard, 20) == b"True"
    finally:
        os.waitpid(hand, 0)
        stopping._told[0] = 0
