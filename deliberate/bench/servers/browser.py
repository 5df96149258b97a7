"""Chromium: the machine's own, else installed where that is possible, else Playwright's."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from deliberate.bench.servers.guarded import NoServer

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSERS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
INSTALLERS = {
    "apt-get": [
        ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", "update"],
        [
            "apt-get",
            "-q",
            "-y",
            "-o",
            "DPkg::Lock::Timeout=300",
            "install",
            "--no-install-recommends",
            "chromium",
        ],
    ],
    "dnf": [["dnf", "install", "-y", "chromium"]],
    "apk": [["apk", "add", "chromium"]],
}


def chromium_args() -> list[str]:
    """How it is started: silent on the network, and without its sandbox where root has none."""
    quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"]
    quiet += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    return ["--no-sandbox", *quiet] if os.geteuid() == 0 else quiet


@cache
def chromium() -> str:
    """The path of a browser that starts. It is installed where that is possible; there is no way to skip it."""
    tried: list[str] = []
    ways: list[Callable[[list[str]], list[str]]] = [
        browsers_here,
        browsers_by_package_manager,
        browsers_by_playwright,
    ]
    for way in ways:
        for path in way(tried):
            if starts(path, tried):
                return path
    raise NoServer(
        "This needs Chromium, and none could be found or installed.\n"
        + "".join(f"  {line}\n" for line in tried)
        + "Get one, then try again:\n"
        "  Debian, Ubuntu  apt install chromium\n"
        "  Fedora          dnf install chromium\n"
        "  macOS           brew install --cask chromium\n"
        "  anywhere        .venv/bin/playwright install --with-deps chromium\n"
        "or name one that is elsewhere: CHROMIUM=/path/to/chromium make test"
    )


def browsers_here(tried: list[str]) -> list[str]:
    named = os.environ.get("CHROMIUM")
    if named:
        return [named]
    found = [path for name in BROWSERS if (path := shutil.which(name))]
    found += [path for path in [*MAC_BROWSERS, playwrights_own()] if Path(path).is_file()]
    if not found:
        tried.append(f"None of {', '.join(BROWSERS)} is on the PATH.")
    return found


def browsers_by_package_manager(tried: list[str]) -> list[str]:
    if os.geteuid() != 0:
        tried.append("The package manager was not asked: that takes root.")
        return []
    for name, commands in INSTALLERS.items():
        if not shutil.which(name):
            continue
        for command in commands:
            print(
                "Installing a browser:",
                " ".join(command),
                file=sys.stderr,
                flush=True,
            )
            env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
            done = subprocess.run(command, env=env, capture_output=True, text=True)
            if done.returncode:
                tried.append(f"`{' '.join(command)}` failed: {gist(done.stderr or done.stdout)}")
        return [path for browser in BROWSERS if (path := shutil.which(browser))]
    tried.append(f"None of the package managers {', '.join(INSTALLERS)} is here.")
    return []


def browsers_by_playwright(tried: list[str]) -> list[str]:
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    print(
        "Installing a browser: playwright install chromium",
        file=sys.stderr,
        flush=True,
    )
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    except subprocess.TimeoutExpired:
        tried.append("`playwright install chromium` did not end within 15 minutes.")
        return []
    if done.returncode:
        tried.append(f"`playwright install chromium` failed: {gist(done.stderr or done.stdout)}")
    return [path for path in [playwrights_own()] if Path(path).is_file()]


def playwrights_own() -> str:
    """Where Playwright keeps its Chromium; asked in a process of its own, since a loop may run in this one."""
    code = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: print(p.chromium.executable_path)"
    )
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    return asked.stdout.strip()


def starts(path: str, tried: list[str]) -> bool:
    """Some are there and do not start: a wrapper for a snap in a container, a library that is missing."""
    with tempfile.TemporaryDirectory(prefix="deliberate-chromium-", ignore_cleanup_errors=True) as profile:
        command = [path, "--headless", *chromium_args(), f"--user-data-dir={profile}", "--dump-dom"]
        try:
            done = subprocess.run(
                [*command, "data:text/html,<p>started</p>"],
                capture_output=True,
                text=True,
                timeout=60,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            tried.append(f"{path} does not start: {error}")
            return False
    if "started" not in done.stdout:
        tried.append(f"{path} does not start: {gist(done.stderr)}")
    return "started" in done.stdout


def gist(text: str) -> str:
    """The last that names an error, else the last."""
    lines = text.strip().splitlines() or ["it said nothing"]
    return next((line.strip() for line in reversed(lines) if "rror" in line), lines[-1])
