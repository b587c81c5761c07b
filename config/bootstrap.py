"""Make `.venv` and install a lock into it, with the system's Python and nothing but its library.

`python3 config/bootstrap.py runtime|dev`. Does nothing when the lock has not changed. Kept to old
syntax, so that an old Python reaches the sentence that says what to do.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(HERE, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
LOCKS = {"runtime": "requirements.txt", "dev": "requirements-dev.txt"}
OLDEST = (3, 11)


def say(text):
    """Print one line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def fail(chinese, english):
    """End with a sentence in both languages."""
    sys.exit("\n" + chinese + "\n" + english)


def check_python():
    """End with a sentence when this Python cannot make a virtual environment."""
    version = "%d.%d" % sys.version_info[:2]
    if sys.version_info[:2] < OLDEST:
        fail(
            "需要 Python 3.11 或更新版本，这台机器上是 %s。安装后重试，或指定：make PYTHON=python3.12"
            % version,
            "Python 3.11 or newer is needed, found %s. Install one and try again, "
            "or name it: make PYTHON=python3.12" % version,
        )
    try:
        import ensurepip
        import venv
    except ImportError:
        fail(
            "这个 Python 缺少 venv。请先安装：apt-get install python3-venv",
            "This Python lacks venv/ensurepip. Install it first: apt-get install python3-venv "
            "(or python%s-venv)." % version,
        )
    del ensurepip, venv


def usable_venv():
    """Tell whether `.venv` works and was made here, not copied or moved from elsewhere."""
    try:
        prefix = subprocess.check_output(
            [VENV_PYTHON, "-c", "import sys, pip; print(sys.prefix)"], stderr=subprocess.DEVNULL
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return os.path.realpath(prefix.decode().strip()) == os.path.realpath(VENV)


def run(command, chinese, english):
    """Run `command`; end with the sentence when it fails."""
    if subprocess.run(command, cwd=HERE, stdin=subprocess.DEVNULL).returncode:
        fail(chinese, english)


def read(path):
    """Return what `path` holds, or None when it is not there."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def installed(kind):
    """Tell whether the lock of `kind` is the one installed last."""
    return read(stamp(kind)) == read(os.path.join(HERE, LOCKS[kind]))


def stamp(kind):
    """Return the path of the copy of the lock that was installed."""
    return os.path.join(VENV, "installed-" + LOCKS[kind])


def make_venv():
    """Create `.venv`, and let its programs find this folder's packages."""
    say("[1/8] 建立 Python 环境 · Creating .venv with Python " + sys.version.split()[0])
    run(
        [sys.executable, "-m", "venv", "--clear", VENV],
        "没有建成 .venv。请看上面的原因；Debian 上通常要先安装 python3-venv。",
        "Creating .venv failed: see above. On Debian python3-venv is usually missing.",
    )
    find = "import sysconfig; print(sysconfig.get_path('purelib'))"
    folder = subprocess.check_output([VENV_PYTHON, "-c", find]).decode().strip()
    with open(os.path.join(folder, "sanwei.pth"), "w") as file:
        file.write(HERE + "\n")


def install(kind):
    """Install the lock of `kind` and remember it."""
    say("[2/8] 安装依赖 · Installing " + LOCKS[kind] + " (a minute the first time)")
    for other in LOCKS:
        if os.path.exists(stamp(other)):
            os.remove(stamp(other))
    pip = [VENV_PYTHON, "-m", "pip", "install", "-qq", "--no-input", "--prefer-binary"]
    # A lock is whole: what a package would pull in besides is left out on purpose.
    pip += ["--disable-pip-version-check", "--root-user-action=ignore", "--no-deps"]
    pip += ["-r", LOCKS[kind]]
    run(
        pip,
        "依赖没有装好。请检查网络或 pip 的镜像设置，然后重试。",
        "Installing failed. Check the network or pip's index settings, then try again.",
    )
    # The development lock holds every runtime package at the same version.
    for done in LOCKS if kind == "dev" else [kind]:
        shutil.copyfile(os.path.join(HERE, LOCKS[done]), stamp(done))


def main():
    """Bring `.venv` up to date for one kind of lock."""
    check_python()
    kind = sys.argv[1]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        lock = open(os.path.join(HERE, ".venv.lock"), "w")
    except OSError:
        fail(
            "不能写入 %s。请用拥有这个文件夹的用户运行。" % HERE,
            "Cannot write in %s: run this as the user who owns the folder." % HERE,
        )
    fcntl.flock(lock, fcntl.LOCK_EX)
    if installed(kind) and usable_venv():
        return
    if not usable_venv():
        make_venv()
    install(kind)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
