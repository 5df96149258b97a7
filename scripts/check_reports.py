"""Read the reports of `deliberate rehearse` and fail where a promise was broken.

python scripts/check_reports.py FOLDER-OR-FILE ...
"""

import json
import sys
from pathlib import Path
from typing import Any

ZERO = ("lost", "doubled", "screens_differ", "citations_not_verbatim")
EQUAL = (("turns_in", "turns_out"), ("words_in", "words_out"), ("stances_in", "stances_out"))
THERE = ("phones", "sent", "acknowledged", "refused", "citations", "citations_looked_up", "exports", "latency_ms")


def broken_promises(report: dict[str, Any]) -> list[str]:
    broken = [f"{key} is missing" for key in (*THERE, *ZERO, *sum(EQUAL, ())) if key not in report]
    if broken:
        return broken
    broken += [f"{key} is {report[key]}, not 0" for key in ZERO if report[key] != 0]
    broken += [
        f"{came} is {report[came]} but {left} is {report[left]}" for came, left in EQUAL if report[came] != report[left]
    ]
    if not report["phones"] or not report["acknowledged"]:
        broken.append("nobody did anything: no phone, or no command that was acknowledged")
    broken += [
        f"latency_ms has no {quantile}"
        for quantile in ("p50", "p95", "p99")
        if not isinstance(report["latency_ms"].get(quantile), int | float)
    ]
    return broken


def main(places: list[str]) -> int:
    files = [
        file for place in map(Path, places) for file in (sorted(place.glob("*.json")) if place.is_dir() else [place])
    ]
    if not files:
        print(f"There is no report in {' '.join(places) or 'nothing'}.")
        return 1
    failed = False
    for file in files:
        try:
            report = json.loads(file.read_text())
        except (OSError, ValueError) as error:
            report, broken = {}, [f"cannot be read: {error}"]
        else:
            broken = broken_promises(report)
        failed |= bool(broken)
        print(f"{'BROKEN' if broken else 'kept':6}  {file.stem}: {'; '.join(broken) or in_short(report)}")
    return 1 if failed else 0


def in_short(report: dict[str, Any]) -> str:
    latency = report["latency_ms"]
    return (
        f"{report['phones']} phones, {report['acknowledged']} commands acknowledged,"
        f" {report['refused']} refused, {report['turns_out']} turns, {report['words_out']} words,"
        f" {report['stances_out']} stances, {report['citations']} citations,"
        f" p50 {latency['p50']} ms, p95 {latency['p95']} ms"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
