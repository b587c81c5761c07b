"""The demo: `make demo` runs `python -m config.demo`, `make demo-reset` adds `--reset`.

Everything it keeps is under `var/`. It ends everything it started, however it ends.
"""

from __future__ import annotations

import base64
import fcntl
import os
import secrets
import shutil
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import psycopg2

from config.embedded import (
    EmbeddedError,
    Postgres,
    RunFolder,
    Valkey,
    data_home,
    free_port,
)
from config.prepare import ROOT, STARTED, Stamps, stale, step
from config.supervise import MARK, Child, ChildEnded, Supervisor

HOME = ROOT / "var"
LOGS = HOME / "log"
READY_SECONDS = 90
MAKE = os.getppid() if os.environ.get("MAKELEVEL") else None
BIN = Path(sys.executable).parent


class Stopped(Exception):
    """Somebody asked the demo to end."""


class Refusal(Exception):
    """The demo cannot run; the text is a sentence that says what to do."""


def main() -> int:
    """Run or reset the demo; return the exit code."""
    os.environ.setdefault(STARTED, str(time.time()))
    os.umask(0o077)  # personal data, keys and logs are for the user who runs the demo
    reset = "--reset" in sys.argv[1:]
    try:
        with only_one():
            if reset:
                empty()
            else:
                run()
    except Refusal as refusal:
        print(f"\n{refusal}", file=sys.stderr)
        return 1
    except PermissionError as error:
        print(
            f"\n{error.filename} 属于别的用户：请用同一个用户运行，或删除 var 文件夹。\n"
            f"{error.filename} belongs to another user: run this as that user, or remove var/.",
            file=sys.stderr,
        )
        return 1
    return 0


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the lock of this clone's demo. The system frees it when we die.

    Raises: Refusal when another demo holds it.
    """
    HOME.mkdir(exist_ok=True)
    if os.geteuid() == 0:
        HOME.chmod(0o711)  # PostgreSQL, which refuses to be root, passes through to its folder
    with (HOME / "demo.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            who = lock.read().strip()
            message = (
                f"这个文件夹里的示范站已在运行（{who}）。请先在它的窗口按 Ctrl-C。\n"
                f"The demo of this folder is already running ({who}). End it first with Ctrl-C."
            )
            raise Refusal(message) from None
        describe(lock_file=HOME / "demo.lock", text=f"pid {os.getpid()}")
        yield


def describe(*, lock_file: Path, text: str) -> None:
    """Write into the lock file who holds it, for the sentence a second demo prints."""
    lock_file.write_text(text + "\n", encoding="utf-8")


def empty() -> None:
    """Remove the demo's data, keys, files and logs; leave the lock."""
    if os.environ.get("DATABASE_URL"):
        raise Refusal(
            "DATABASE_URL 指向外部数据库，这里不清空它。请自行删除并重建那个数据库。\n"
            "DATABASE_URL names a database of your own, which is not emptied from here: "
            "drop and create it yourself."
        )
    Supervisor(HOME).sweep()
    data = HOME / "postgres"
    if data.is_symlink():
        shutil.rmtree(data.resolve().parent, ignore_errors=True)
    for entry in HOME.iterdir():
        if entry.name == "demo.lock":
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    print(
        "示范数据已清空。下次 make demo 会重新建立。\nThe demo is empty; `make demo` builds it anew."
    )


def run() -> None:
    """Start everything, wait for the end, end everything."""
    listen_for_the_end()
    supervisor = Supervisor(HOME)
    folder = RunFolder()
    try:
        LOGS.mkdir(parents=True, exist_ok=True)
        supervisor.sweep()
        os.environ[MARK] = str(HOME)
        start_servers(supervisor, folder)
        os.environ.update(environment())
        bring_up_to_date(supervisor)
        address = start_site(supervisor)
        welcome(address)
        Child.loud.set()
        watch(supervisor)
    except Stopped:
        print("\n正在结束… · Ending …", flush=True)
    except ChildEnded as ended:
        raise Refusal(str(ended)) from None
    except EmbeddedError as error:
        raise Refusal(str(error)) from None
    finally:
        ignore_signals()
        supervisor.end()
        folder.remove()
    print("已结束，数据保留在 var 文件夹。· Ended; the data stays in var/.", flush=True)


def listen_for_the_end() -> None:
    """Turn the first signal into Stopped. A SIGHUP that nohup ignores stays ignored."""

    def stop(_signum: int, _frame: FrameType | None) -> None:
        ignore_signals()
        raise Stopped

    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signum == signal.SIGHUP and signal.getsignal(signum) == signal.SIG_IGN:
            continue
        signal.signal(signum, stop)


def ignore_signals() -> None:
    """From here on nothing interrupts the orderly end."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)


def start_servers(supervisor: Supervisor, folder: RunFolder) -> None:
    """Start what no URL names, and put its address into the environment."""
    if not os.environ.get("DATABASE_URL"):
        step(3, "启动数据库", "Starting PostgreSQL")
        postgres = Postgres(
            data_home(HOME / "postgres"), run=folder, log=LOGS / "postgres.log", durable=True
        )
        try:
            postgres.start()
        except BaseException:
            postgres.stop()
            raise
        supervisor.adopt("postgres", postgres.process, LOGS / "postgres.log", postgres.stop)
        os.environ["DATABASE_URL"] = postgres.url
    if not os.environ.get("REDIS_URL"):
        step(3, "启动任务队列", "Starting Valkey")
        valkey = Valkey(HOME / "valkey", log=LOGS / "valkey.log", durable=True)
        try:
            valkey.start()
        except BaseException:
            valkey.stop()
            raise
        supervisor.adopt("valkey", valkey.process, LOGS / "valkey.log", valkey.stop)
        os.environ["REDIS_URL"] = valkey.url


def environment() -> dict[str, str]:
    """Return the demo's settings; its secrets are made once and kept for its own user only."""
    file = HOME / "demo.env"
    if not file.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "FIELD_KEYS": f"k1:{_key()}",
            "BLIND_INDEX_KEY": _key(),
        }
        text = "".join(f"{name}={value}\n" for name, value in made.items())
        fresh = file.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(text)
        fresh.rename(file)
    lines = (line.partition("=") for line in file.read_text().splitlines() if "=" in line)
    return {
        "DEMO": "1",
        "DEBUG": "0",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
        **{name: value for name, _equals, value in lines},
    }


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def bring_up_to_date(supervisor: Supervisor) -> None:
    """Run the stale steps in one process of their own; none is started when nothing is stale."""
    try:
        stamps = Stamps(HOME)
    except psycopg2.OperationalError as error:
        raise Refusal(
            f"连不上 DATABASE_URL 指定的数据库。请检查地址和密码。\n"
            f"The database of DATABASE_URL does not answer, check the address: {error}"
        ) from None
    todo = stale(stamps, HOME)
    stamps.close()
    if not todo:
        step(7, "数据库、样式和示范数据无变化", "Database, static files, demo data: nothing new")
        return
    command = [sys.executable, "-m", "config.prepare", str(HOME)]
    if supervisor.run(command, env=os.environ):
        raise Refusal(
            "准备没有完成，原因见上面最后几行。修正后再运行 make demo；已完成的步骤不会重做。\n"
            "Preparing failed, the last lines above say why. Run `make demo` again once it is "
            "mended; finished steps are kept. `make demo-reset` starts from nothing."
        )
    supervisor.check()


def start_site(supervisor: Supervisor) -> str:
    """Start site, worker and beat together, wait until they work; return the site's address."""
    host = os.environ.get("HOST") or "127.0.0.1"
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65436:
        raise Refusal(f"PORT={text} 不是端口号。· PORT={text} is no port number.")
    port = free_port(int(text), host=host)
    if port != int(text):
        print(f"      端口 {text} 已被占用，改用 {port} · Port {text} is taken, using {port}")
    step(8, "启动网站、后台任务和定时任务", "Starting site, worker and beat")
    local = host in ("127.0.0.1", "0.0.0.0")
    address = f"http://{'localhost' if local else host}:{port}"
    env = {**os.environ, "SITE_URL": address}
    if host != "127.0.0.1":
        env.setdefault("ALLOWED_HOSTS", "*")
    celery = [str(BIN / "celery"), "--app", "config.celery"]
    supervisor.start(
        "site",
        [
            *(str(BIN / "granian"), "--interface", "wsgi", "--host", host, "--port", str(port)),
            *("--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"),
            "config.wsgi:application",
        ],
        env=env,
        log=LOGS / "site.log",
    )
    worker = supervisor.start(
        "worker",
        [*celery, "worker", "--loglevel", "INFO", "--concurrency", "2", "--without-mingle"],
        env=env,
        log=LOGS / "worker.log",
        ready_line=" ready.",
        death_signal=signal.SIGKILL,  # its queue dies with us, and it would wait for that
    )
    supervisor.start(
        "beat",
        [*celery, "beat", "--loglevel", "INFO", "--schedule", str(HOME / "beat-schedule")],
        env=env,
        log=LOGS / "beat.log",
    )
    probe = f"http://{'127.0.0.1' if local else host}:{port}/"
    if not supervisor.wait_for(
        lambda: worker.ready.is_set() and answers(probe), seconds=READY_SECONDS
    ):
        raise Refusal(
            f"{READY_SECONDS} 秒内没有就绪。请看 var/log 里的记录。\n"
            f"Not ready within {READY_SECONDS} seconds: see the logs in var/log."
        )
    describe(lock_file=HOME / "demo.lock", text=f"{address}, pid {os.getpid()}")
    return address


def answers(url: str) -> bool:
    """Tell whether the site answers without an error of its own."""
    try:
        with urllib.request.urlopen(url, timeout=20):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def welcome(address: str) -> None:
    """Print the address and the logins."""
    stamps = Stamps(HOME)
    logins = stamps.read("logins").rstrip()
    stamps.close()
    elapsed = time.time() - float(os.environ[STARTED])
    line = "─" * 72
    print(f"\n{line}\n  三维已就绪 · Ready ({elapsed:.1f} s)   {address}\n{line}")
    print(
        f"{logins}\n{line}\n  按 Ctrl-C 结束，数据会保留 · Ctrl-C ends it, the data stays\n",
        flush=True,
    )


def watch(supervisor: Supervisor) -> None:
    """Wait until a process ends or make is gone. Raises: ChildEnded, Stopped."""
    while MAKE is None or os.getppid() == MAKE:
        supervisor.check()
        time.sleep(0.5)
    raise Stopped


if __name__ == "__main__":
    sys.exit(main())
