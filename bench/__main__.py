"""`make bench`: public pages and files against a bare Django view, in the same run.

All are served by gunicorn with 2 sync workers and asked by 8 and by 64 clients at once. In each round
the bare view is asked first, and the ratios are to that; the median of the rounds counts. Requests a
second are told, which the client shares the machine with, and processor time a request, which is the
servers' alone: workers and database together. What is required is said at the end, met or not.
"""

import contextlib
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from statistics import median

from bench.client import Count, Target, ask, asked
from bench.servers import ROOT, WORKERS, Server, megabytes, postmaster
from onmt_tour import embedded

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "1.5"))
CLIENTS = (8, 64)
KEPT, UNCHANGED, ANEW = "from memory", "304", "made anew"
REQUIRED = {KEPT: 0.40, UNCHANGED: 0.45, ANEW: 1 / 40}
MEGABYTES = 110
STOP = "/fr/etapes/dakhla-oued-ed-dahab"
PAGES = {
    "home": "/fr/",
    "agenda": "/fr/agenda/",
    "agenda, Arabic": "/ar/agenda/",
    "stop": f"{STOP}/",
    "region": "/fr/regions/dakhla-oued-ed-dahab/",
}
KINDS = ("pdf", "ics", "csv", "xlsx", "json", "atom")
FILES = {kind.upper(): f"/fr/agenda/agenda.{kind}" for kind in KINDS}
FILES |= {f"{kind.upper()} of a stop": f"{STOP}/agenda.{kind}" for kind in ("pdf", "ics", "xlsx")}
FORM = {"registration form": f"{STOP}/inscription/"}


@dataclass
class Case:
    """One address asked in one way by so many clients, and what came of it in each round."""

    name: str
    kind: str
    clients: int
    server: Server
    target: Target
    status: int = 200
    rates: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)  # seconds of processor a request
    cost_ratios: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)

    def ask(self) -> None:
        before = self.server.seconds()
        count: Count = asked(self.target, seconds=SECONDS, clients=self.clients, status=self.status)
        answered = max(count.requests, 1)
        self.rates.append(count.requests / count.seconds)
        self.costs.append(max(self.server.seconds() - before, 1e-9) / answered)
        self.own.append(count.own / answered)

    def compare(self, bare: "Case") -> None:
        self.ratios.append(self.rates[-1] / bare.rates[-1])
        self.cost_ratios.append(bare.costs[-1] / self.costs[-1])

    @property
    def met(self) -> bool:
        return min(median(self.ratios), median(self.cost_ratios)) >= REQUIRED[self.kind]


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers end with us
    state = ROOT / "var" / "bench-services"
    with embedded.services(state, durable=True) as addresses, contextlib.ExitStack() as servers:
        environ = production(addresses)
        prepare(environ)
        database = postmaster(addresses["DATABASE_URL"])
        bare = servers.enter_context(Server.up("bench.bare", environ))
        options = ("--config", "python:onmt_tour.gunicorn_config")

        def portal(**more: str) -> Server:
            served = Server.up("onmt_tour.wsgi", {**environ, **more}, *options, database=database)
            return servers.enter_context(served)

        kept, anew = portal(), portal(PUBLIC_PAGES_BYTES="0")
        cases = chosen([*cases_from_memory(kept), *cases_made_anew(anew)], sys.argv[1:])
        measure(bare, cases)
        show(cases)
        if not sys.argv[1:]:
            walk(kept)
        weights = [megabytes(worker) for worker in kept.workers()]
    verdict(cases, weights)


def production(addresses: dict[str, str]) -> dict[str, str]:
    """The settings of production, but for https, which is the proxy's."""
    chosen = {
        "DEBUG": "0",
        "PORTAL_EMBEDDED": "1",
        "PORTAL_ENV_FILE": os.devnull,
        "DJANGO_SETTINGS_MODULE": "onmt_tour.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "LINK_KEY": secrets.token_urlsafe(50),
        "ADDRESS_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1",
        "TRUSTED_PROXIES": "",
        "SECURE_SSL_REDIRECT": "0",
        "CNDP_REFERENCE": "déposée le 1er décembre 2026",  # of the yardstick: registration is open
        "LOG_LEVEL": "CRITICAL",  # a kind of file there is not is looked for, too
    }
    return {**os.environ, **addresses, **chosen}


def prepare(environ: dict[str, str]) -> None:
    """The draft tour, all of it published."""
    subprocess.run(
        [sys.executable, "manage.py", "prepare", "--publish", "12"],
        cwd=ROOT,
        env=environ,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def cases_from_memory(server: Server) -> list[Case]:
    """Each page and file as browsers ask for it, and its repetition with what they then send."""
    found = []
    for name, path in (PAGES | FILES).items():
        target = Target(server.port, path)
        size, etag = warm(target)
        if not etag:
            continue
        again = Target(server.port, path, {"If-None-Match": etag})
        for clients in CLIENTS:
            found.append(Case(f"{name}, {size / 1000:.0f} kB", KEPT, clients, server, target))
            found.append(Case(name, UNCHANGED, clients, server, again, status=304))
    return found


def cases_made_anew(server: Server) -> list[Case]:
    """The same pages from a portal that keeps nothing; and the form, which is never kept."""
    found = []
    for name, path in (PAGES | FORM).items():
        target = Target(server.port, path)
        warm(target)
        found += [Case(name, ANEW, clients, server, target) for clients in CLIENTS]
    return found


def warm(target: Target, *, times: int = 10 * WORKERS) -> tuple[int, str]:
    """Until every worker has it ready: bytes on the wire, and its tag; "" for a file there is none of."""
    for _ in range(times):
        answer = ask(target)
        if answer.status == 404:
            return 0, ""
        if answer.status == 503:
            time.sleep(1)
    if answer.status != 200:
        raise SystemExit(f"{target.path} answers {answer.status}, not 200.")
    return len(answer.body), answer.headers.get("etag", "")


def chosen(cases: list[Case], words: list[str]) -> list[Case]:
    """All, or those that have one of these words: `python -m bench "made anew"`."""
    return [case for case in cases if not words or any(word in f"{case.name}, {case.kind}" for word in words)]


def walk(server: Server) -> None:
    """Every page and file of every stop, in three languages, so that each worker has met all of them."""
    slugs = sorted(set(re.findall(rb"/fr/etapes/([a-z-]+)/", plain(Target(server.port, PAGES["agenda"])))))
    kinds = [kind for kind in KINDS if warm(Target(server.port, FILES[kind.upper()]))[1]]
    for language in ("fr", "ar", "en"):
        for slug in map(bytes.decode, slugs):
            stop = f"/{language}/etapes/{slug}/"
            for path in (stop, f"/{language}/regions/{slug}/", *(f"{stop}agenda.{kind}" for kind in kinds)):
                warm(Target(server.port, path), times=2 * WORKERS)


def plain(target: Target) -> bytes:
    return ask(replace(target, headers={"Accept-Encoding": "identity"})).body


def measure(bare: Server, cases: list[Case]) -> None:
    for clients in CLIENTS:
        yardstick = Case("bare view, 20 kB", "", clients, bare, Target(bare.port, "/"))
        for _ in range(ROUNDS):
            for case in (case for case in cases if case.clients == clients):
                yardstick.ask()
                case.ask()
                case.compare(yardstick)
        print_line(yardstick, f"{clients} clients", head=clients == CLIENTS[0])


def print_line(case: Case, kind: str, *, head: bool = False) -> None:
    if head:
        print(f"gunicorn, {WORKERS} sync workers; {ROUNDS} rounds of {SECONDS:g} s; medians\n")
        print(f"{'':42} {'requests/s':>10} {'ratio':>6} {'µs each':>8} {'ratio':>6} {'client µs':>9}")
    ratio, cost = (f"{median(found):6.2f}" if found else "" for found in (case.ratios, case.cost_ratios))
    each, own = median(case.costs) * 1e6, median(case.own) * 1e6
    name = f"{case.name}, {kind}"
    print(f"{name:42} {median(case.rates):10.0f} {ratio:>6} {each:8.0f} {cost:>6} {own:9.0f}")


def show(cases: list[Case]) -> None:
    for clients in CLIENTS:
        print(f"\n{clients} clients")
        for case in cases:
            if case.clients == clients:
                print_line(case, case.kind)


def verdict(cases: list[Case], weights: list[tuple[float, float]]) -> None:
    """What is required and how far it is met, plainly."""
    print()
    for kind, least in REQUIRED.items():
        those = [case for case in cases if case.kind == kind]
        if not those:
            continue
        missed = [f"{case.name} at {case.clients}" for case in those if not case.met]
        rate = min(median(case.ratios) for case in those)
        cost = min(median(case.cost_ratios) for case in those)
        word = f"NOT MET: {', '.join(missed)}" if missed else "met"
        print(f"{kind}: at least {least:.3f}, lowest {rate:.3f} by requests/s, {cost:.3f} by time: {word}")
    most = max(resident for resident, _shared in weights)
    told = ", ".join(f"{resident:.0f} MB (its share: {shared:.0f})" for resident, shared in weights)
    word = "met" if most < MEGABYTES else "NOT MET"
    print(f"memory of a worker after load: under {MEGABYTES} MB; {told}: {word}")


if __name__ == "__main__":
    main()
