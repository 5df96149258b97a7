"""What is known to be unsafe: in the packages that uv.lock names, in our own code, in how a running service answers.

python scripts/audit.py [packages] [code] [answers]      all three without a name; `make audit` brings what it needs

It ends with 0 where nothing is found that is not explained, 1 where something is, and 3 where something could not be
asked: an audit that reached nobody has found nothing out."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
BIN = Path(sys.executable).parent
CLEAN, FOUND, NOT_ASKED = 0, 1, 3
OURS = ("deliberate", "rooms", "polls", "frontend", "scripts", "deploy")

#: Findings of bandit that are none: (rule, where its path begins) and why. One that explains nothing any more is a finding.
EXPLAINED = {
    ("B101", ""): "asserts say what types can't; nothing is decided by one, and Python is never started with -O",
    (
        "B104",
        "deliberate/management/commands/demo.py",
    ): "compares with 0.0.0.0 to find an address that phones can reach",
    (
        "B106",
        "deliberate/bench/peers/channels.py",
    ): "a server to be measured against, on this machine alone: its key signs nothing",
    (
        "B108",
        "deliberate/bench/servers/guarded.py",
    ): "only asked whether another user may pass; the new folder inside has a random name",
    ("B404", "deliberate/bench/"): "starts the servers it measures, with no shell",
    ("B603", "deliberate/bench/"): "starts the servers it measures, with arguments of our own, with no shell",
    ("B106", "deliberate/load/run.py"): "the field of a poll that says its ballots are secret is no password",
    ("B105", "deliberate/bench/ballots/paper.py"): "how secret a poll's ballots are is no password",
    ("B105", "polls/amendments/deciding.py"): "that a poll's ballots are secret is no password",
    ("B105", "polls/statements/settling.py"): "that a poll's ballots are secret is no password",
    ("B314", "deliberate/rehearsal/reading.py"): "reads the files that the service under rehearsal has just made",
    ("B405", "deliberate/rehearsal/"): "reads the files that the service under rehearsal has just made",
    ("B308", "deliberate/live/pages.py"): "a part's picture, which a template has escaped",
    ("B703", "deliberate/live/pages.py"): "a part's picture, which a template has escaped",
    ("B308", "deliberate/templatetags/live.py"): "made of marks and handles, each escaped before",
    ("B310", "deploy/healthy.py"): "asks the one address that compose.yaml gives it",
    (
        "B310",
        "polls/ballots/blind/verify_poll.py",
    ): "a program for people: fetches the address that they type, over http or https",
    ("B310", "scripts/environment.py"): "fetches what uv.lock names, over https, and checks its hash",
    ("B311", "deliberate/live/hub.py"): "jitter between sweeps: nobody gains by guessing it",
    ("B311", "deliberate/shell/server.py"): "jitter between purges: nobody gains by guessing it",
    ("B311", "deliberate/bench/"): "chooses which fault comes next, and whom it meets",
    ("B311", "deliberate/load/"): "made-up people of a load test choose by it",
    ("B311", "deliberate/rehearsal/"): "made-up people of a rehearsal choose by it",
    ("B404", "deliberate/rehearsal/"): "starts our own program, with no shell",
    ("B603", "deliberate/rehearsal/"): "starts our own program, with arguments of our own, with no shell",
    ("B404", "scripts/"): "starts our own tools, with no shell",
    ("B603", "scripts/"): "starts our own tools, with arguments of our own, with no shell",
    ("B606", "scripts/environment.py"): "goes on as a newer Python, with no shell",
    ("B608", "deliberate/bench/ballots/taken.py"): "names of tables that it has read from the database it attacks",
    ("B608", "deliberate/rows.py"): "names of tables and columns from our own models; every value is bound",
    ("B610", "deliberate/live/pages.py"): "`extra` is a page's own function here, not Django's",
}


def packages() -> int:
    """Ask the package index for known holes in what is installed."""
    print("== Packages, by pip-audit", flush=True)
    asked = subprocess.run(
        [str(BIN / "pip-audit"), "--progress-spinner", "off", "--format", "json", "--skip-editable"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        found = json.loads(asked.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(f"Nothing could be asked: {asked.stderr.strip()[-400:]}")
        return NOT_ASKED
    return told(found)


def told(found: list[dict[str, Any]]) -> int:
    """Say what pip-audit's answer holds. A package that the index says nothing of was not audited."""
    holes = [f"{each['name']} {each['version']}: {hole['id']}" for each in found for hole in each.get("vulns", ())]
    unknown = [each["name"] for each in found if "skip_reason" in each and "editable" not in each["skip_reason"]]
    print("\n".join(holes) if holes else f"No known hole in {sum('vulns' in each for each in found)} packages.")
    if unknown:
        print(f"NOT ASKED: of {len(unknown)} packages the index here says nothing: {', '.join(unknown[:6])}, ...")
        print("pip-audit needs https://pypi.org/pypi/<name>/<version>/json. Run this where it can be reached.")
    return FOUND if holes else NOT_ASKED if unknown else CLEAN


def code() -> int:
    """Look through our own code for what is usually unsafe."""
    print("== Code, by bandit", flush=True)
    asked = subprocess.run(
        [str(BIN / "bandit"), "--quiet", "--recursive", *OURS, "--format", "json"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return explained(json.loads(asked.stdout)["results"])


def explained(results: list[dict[str, Any]]) -> int:
    """Say what stands in bandit's results without an explanation, and which explanation has nothing to explain."""
    unused = dict(EXPLAINED)
    open_ones = []
    for each in results:
        where = each["filename"].removeprefix("./")
        keys = [(rule, begin) for rule, begin in EXPLAINED if rule == each["test_id"] and where.startswith(begin)]
        for key in keys:
            unused.pop(key, None)
        if not keys:
            open_ones.append(f"{where}:{each['line_number']}: {each['test_id']} {each['issue_text']}")
    open_ones += [f"scripts/audit.py: {rule} at {begin or 'any place'} explains nothing" for rule, begin in unused]
    print("\n".join(open_ones) or f"{len(results)} findings, each with its reason in scripts/audit.py.")
    return FOUND if open_ones else CLEAN


def answers() -> int:
    """Let schemathesis ask a running service for every command, in every role, by what its forms say they take."""
    print("== Answers, by schemathesis", flush=True)
    from scripts.openapi import described
    from tests.service import running

    worst = CLEAN
    with tempfile.TemporaryDirectory(prefix="deliberate-audit-") as name:
        folder = Path(name)
        with running(folder / "data", LIMIT_FACTOR="100000", LIVE_SWEEP_S="3600") as service:
            for role, cookie, document in described(service):
                path = folder / f"{role}.json"
                path.write_text(json.dumps(document))
                asked = subprocess.run(
                    [str(BIN / "schemathesis"), "run", str(path), "--url", service.url, "--max-examples", "6",
                     "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
                     "--phases", "examples,coverage,fuzzing", "--seed", "1", "--no-color", "--suppress-health-check", "all",
                     "-H", f"Cookie: seat={cookie}", "-H", "Accept: application/json", "-H", f"Origin: {service.url}"],
                    cwd=folder, capture_output=True, text=True, check=False,
                )  # fmt: skip
                print(f"-- {role}: {'as described' if asked.returncode == 0 else asked.stdout[-6000:]}", flush=True)
                worst = max(worst, FOUND if asked.returncode else CLEAN)
            errors = [
                line for line in service.log.read_text().splitlines() if "level=error" in line or "Traceback" in line
            ]
            if errors:
                print("The service logged errors:", *errors[:9], sep="\n")
                worst = FOUND
    return worst


PARTS: dict[str, Callable[[], int]] = {"packages": packages, "code": code, "answers": answers}


def main(names: list[str]) -> int:
    if set(names) - PARTS.keys():
        print(f"Usage: python scripts/audit.py [{'] ['.join(PARTS)}]", file=sys.stderr)
        return 2
    ends = [PARTS[name]() for name in names or PARTS]
    return FOUND if FOUND in ends else max(ends)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
