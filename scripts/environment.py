"""Make .venv from uv.lock, every file checked against its hash.

    python3 scripts/environment.py           what running needs
    python3 scripts/environment.py test      and what testing needs (likewise: audit, bench)

Standard library only. Any Python 3.6+ can read this file, so that an old one can say what is missing.
uv does the work: the one on the PATH, else the one that uv.lock names, which is put into .venv first.
"""

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST_PYTHON = (3, 11)
OLDEST_UV = (0, 9)
NEEDED_MB = 1500
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
INSIDE = VENV / "bin" / "python"
LOCK = ROOT / "uv.lock"
STAMP = VENV / "made-from.json"


class Trouble(Exception):
    """What went wrong and what to do, in words for the person at the terminal."""


def main() -> int:
    groups = set(sys.argv[1:])
    if groups - {"audit", "bench", "test"}:
        return complain("Usage: python3 scripts/environment.py [test] [audit] [bench]", 2)
    try:
        python = suitable_python()
        if sys.version_info < OLDEST_PYTHON:
            os.execv(python, [python, __file__, *sys.argv[1:]])
        with one_at_a_time():
            if not is_current(groups):
                make(python, groups | groups_made())
    except Trouble as trouble:
        return complain("\nThe environment could not be made.\n%s" % trouble, 1)
    except OSError as error:
        return complain("\nThe environment could not be made.\n%s" % in_words(error), 1)
    except KeyboardInterrupt:
        return complain("\nStopped. The same command goes on from here.", 130)
    return 0


def complain(words: str, code: int) -> int:
    tell(words)
    return code


def tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


# Which Python


def suitable_python() -> str:
    """The Python that runs this, if it is new enough, else the best on the PATH."""
    here = getattr(sys, "_base_executable", sys.executable)
    seen = []
    for name in [here, "python3.13", "python3.12", "python3.11", "python3.14", "python3", "python"]:
        path = shutil.which(name) if name else None
        version, python = ask_version(path) if path else ((0, 0), "")
        if version >= OLDEST_PYTHON:
            return python
        if python:
            seen.append("%s is %d.%d" % (python, *version))
    raise Trouble(
        "deliberate needs Python %d.%d or newer, and there is none on the PATH (%s).\n"
        "  Debian, Ubuntu  apt install python3\n"
        "  Fedora          dnf install python3\n"
        "  macOS           brew install python\n"
        "Then run the same command again." % (*OLDEST_PYTHON, ", ".join(seen) or "none at all")
    )


def ask_version(path: str) -> "tuple[tuple[int, int], str]":
    code = "import sys; print(sys.version_info[0], sys.version_info[1], sys.executable)"
    try:
        major, minor, executable = output_of([path, "-c", code]).split(" ", 2)
        return (int(major), int(minor)), executable
    except ValueError:
        return (0, 0), ""  # a shim that points nowhere, or no Python at all


def output_of(command: "list[str]") -> str:
    try:
        asked = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return ""
    return asked.stdout.decode().strip() if asked.returncode == 0 else ""


# Is there anything to do


def is_current(groups: "set[str]") -> bool:
    works = os.access(str(INSIDE), os.X_OK)
    return works and stamp().get("digest") == digest() and groups <= groups_made()


def digest() -> str:
    sha = hashlib.sha256(str(ROOT).encode())
    for path in (LOCK, ROOT / "pyproject.toml", Path(__file__)):
        sha.update(path.read_bytes())
    return sha.hexdigest()


def stamp() -> "dict[str, Any]":
    with contextlib.suppress(OSError, ValueError):
        return dict(json.loads(STAMP.read_text()))
    return {}


def groups_made() -> "set[str]":
    return set(stamp().get("groups", []))


@contextlib.contextmanager
def one_at_a_time() -> "Iterator[None]":
    """`make run` and `make test` in two terminals wait for each other."""
    try:
        import fcntl
    except ImportError:
        raise Trouble("deliberate runs on Linux and macOS. On Windows, use WSL.") from None
    folder = os.open(str(ROOT), os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


# The making


def make(python: str, groups: "set[str]") -> None:
    if not os.access(str(ROOT), os.W_OK):
        raise Trouble("This user may not write to %s. Copy it to a place of your own." % ROOT)
    tell("Making the environment in .venv with %s (%d.%d)." % (python, *ask_version(python)[0]))
    tell("All of it comes from uv.lock, checked by hash. The first time can take some minutes.")
    if VENV.exists() and ask_version(str(INSIDE))[1] != str(INSIDE):
        shutil.rmtree(str(VENV))  # copied from elsewhere, or its Python is gone
    if STAMP.exists():
        STAMP.unlink()
    uv, groups_of_uv = find_uv(python)
    command = [uv, "sync", "--frozen", "--no-default-groups", "--python", python]
    for group in ["build", *groups_of_uv, *sorted(groups)]:
        command += ["--group", group]
    run(command)
    STAMP.write_text(json.dumps({"digest": digest(), "groups": sorted(groups)}))
    tell("The environment is ready.\n")


def find_uv(python: str) -> "tuple[str, list[str]]":
    """The program, and the group that keeps it in .venv where it lives there."""
    on_path = shutil.which("uv")
    if on_path and uv_version(on_path) >= OLDEST_UV:
        return on_path, []
    own = VENV / "bin" / "uv"
    if not os.access(str(own), os.X_OK):
        install_uv(python)
    return str(own), ["installer"]


def uv_version(uv: str) -> "tuple[int, ...]":
    found = re.search(r"(\d+)\.(\d+)", output_of([uv, "--version"]))
    return tuple(int(part) for part in found.groups()) if found else (0,)


def install_uv(python: str) -> None:
    """Into .venv, by pip: the one that Python brings, else the one that uv.lock names."""
    tell("Fetching uv, which installs the rest.")
    with tempfile.TemporaryDirectory(prefix="deliberate-") as name:
        folder = Path(name)
        (folder / "uv.txt").write_text(requirement("uv"))
        if output_of([python, "-c", "import ensurepip; print(ensurepip.version())"]):
            run([python, "-m", "venv", str(VENV)])
            pip = [str(INSIDE), "-m", "pip"]
        else:  # Debian and Ubuntu keep it in a package of its own, python3-venv
            run([python, "-m", "venv", "--without-pip", str(VENV)])
            pip = [str(INSIDE), str(fetch(locked("pip")["wheels"][0], folder) / "pip")]
        run(
            [*pip, "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
            + ["--no-deps", "--require-hashes", "--requirement", str(folder / "uv.txt")]
        )


def requirement(name: str) -> str:
    """The line with which pip installs exactly what uv.lock names."""
    package = locked(name)
    hashes = ["--hash=" + wheel["hash"] for wheel in package["wheels"]]
    return " ".join(["%s==%s" % (name, package["version"]), *hashes])


def locked(name: str) -> "dict[str, Any]":
    import tomllib  # here, since an old Python has none

    packages = tomllib.loads(LOCK.read_text())["package"]
    return dict(next(package for package in packages if package["name"] == name))


def fetch(wheel: "dict[str, str]", folder: Path) -> Path:
    url = wheel["url"]
    path = folder / url.rsplit("/", 1)[1]
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            path.write_bytes(answer.read())
    except urllib.error.URLError as error:
        raise Trouble("%s could not be fetched: %s.\n%s" % (url, error.reason, NETWORK)) from None
    found = "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
    if found != wheel["hash"]:
        raise Trouble("%s is not the file that uv.lock names. Nothing was installed." % url)
    return path


def run(command: "list[str]") -> None:
    if subprocess.run(command, cwd=str(ROOT), env=surroundings()).returncode != 0:
        raise Trouble("This step failed, see above: %s\n%s" % (" ".join(command), likely_cause()))


def surroundings() -> "dict[str, str]":
    env = dict(os.environ)
    for name in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "PYTHONWARNINGS"):
        env.pop(name, None)
    env.update(UV_PROJECT_ENVIRONMENT=str(VENV), UV_PYTHON_DOWNLOADS="never")
    env.setdefault("UV_SYSTEM_CERTS", "1")  # trust what this machine trusts
    if not os.access(os.path.expanduser("~"), os.W_OK):
        env.setdefault("UV_CACHE_DIR", str(ROOT / ".cache" / "uv"))
        env.setdefault("PIP_NO_CACHE_DIR", "1")
    return env


# What went wrong

NETWORK = (
    "The package index could not be reached. Is this machine online?\n"
    "Behind a proxy, set HTTPS_PROXY. With a certificate authority of your own, set SSL_CERT_FILE."
)


def likely_cause() -> str:
    for place in (str(ROOT), os.path.expanduser("~"), tempfile.gettempdir()):
        with contextlib.suppress(OSError):
            if shutil.disk_usage(place).free < 100 * 2**20:
                return full(place)
    try:
        some_file = urllib.request.Request(locked("pip")["wheels"][0]["url"], method="HEAD")
        urllib.request.urlopen(some_file, timeout=20).close()
    except OSError:  # of which URLError is one
        return NETWORK
    return "Run the same command again. If it fails again, `make clean` starts from nothing."


def full(place: str) -> str:
    return "The disk that holds %s is full. About %d MB must be free." % (place, NEEDED_MB)


def in_words(error: OSError) -> str:
    place = str(error.filename or ROOT)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return full(place)
    if error.errno in (errno.EACCES, errno.EPERM):
        return "This user may not write to or run %s." % place
    return str(error)


if __name__ == "__main__":
    sys.exit(main())
