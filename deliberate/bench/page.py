"""A report as one page of HTML: no script, nothing loaded from anywhere, light and dark as the reader's system is."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

from deliberate.bench.plots import short
from deliberate.bench.result import Plot, Reach, Result, Table

STYLE = Path(__file__).with_name("page.css")


def page(result: Result, machine: dict[str, str]) -> str:
    """The whole report."""
    kept = sum(reach.ok for reach in result.reach)
    verdict = (
        "Every figure is within its limit."
        if kept == len(result.reach)
        else f"{kept} of {len(result.reach)} figures are within their limits."
    )
    lead = "".join(f"<p>{escape(each)}</p>" for each in result.told)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(result.title)}</title><style>{STYLE.read_text()}</style></head><body><main>"
        f'<header><p class="kind">deliberate bench {escape(result.name)}</p><h1>{escape(result.title)}</h1>{lead}</header>'
        f'<section><h2>What it reaches</h2><p class="verdict">{verdict}</p><div class="reach">'
        + "".join(map(_reach, result.reach))
        + "</div></section>"
        + "".join(_table(each) if isinstance(each, Table) else _plot(each) for each in result.shown)
        + _how(result)
        + _machine(machine | result.versions)
        + "</main></body></html>\n"
    )


def _reach(reach: Reach) -> str:
    word, mark = ("kept", "✓") if reach.ok else ("missed", "✗")
    way = "at least" if reach.least else "at most"
    unit = f" {escape(reach.unit)}" if reach.unit else ""
    return (
        f'<div class="one {word}"><p class="name">{escape(reach.name)}</p>'
        f'<p class="figure">{short(reach.value)}<small>{unit}</small></p>'
        f'<p class="limit"><span aria-label="{word}">{mark}</span> {way} {short(reach.limit)}{unit}</p></div>'
    )


def _table(table: Table) -> str:
    head = "".join(f"<th scope=col>{escape(each)}</th>" for each in table.heads)
    body = "".join(
        "<tr>" + "".join(_cell(place, each) for place, each in enumerate(row)) + "</tr>" for row in table.rows
    )
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    return (
        f'<section><h2>{escape(table.title)}</h2><div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{note}</section>"
    )


def _cell(place: int, value: object) -> str:
    text = short(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)
    return f"<th scope=row>{escape(text)}</th>" if place == 0 else f"<td>{escape(text)}</td>"


def _plot(plot: Plot) -> str:
    note = f"<figcaption>{escape(plot.note)}</figcaption>" if plot.note else ""
    return f"<section><h2>{escape(plot.title)}</h2><figure>{plot.svg}{note}</figure></section>"


def _how(result: Result) -> str:
    lines = "".join(f"<li>{escape(each)}</li>" for each in result.how)
    return f"<section><h2>How it was measured</h2><ul>{lines}</ul></section>"


def _machine(machine: dict[str, str]) -> str:
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in machine.items())
    return f'<section><h2>On which machine</h2><dl class="machine">{rows}</dl></section>'


def written(result: Result, machine: dict[str, str], folder: Path) -> Path:
    """Write the page to FOLDER/<name>.html."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result.name}.html"
    path.write_text(page(result, machine), encoding="utf-8")
    return path


def as_json(result: Result, machine: dict[str, str]) -> str:
    """The figures for programs: `reach` is a list of {name, value, limit, ok}."""
    whole: dict[str, Any] = {"bench": result.name, "reach": [reach.as_json() for reach in result.reach]}
    tables = [each for each in result.shown if isinstance(each, Table)]
    whole["tables"] = [
        {"title": each.title, "heads": list(each.heads), "rows": [list(row) for row in each.rows]} for each in tables
    ]
    return (
        json.dumps(whole | {"raw": result.raw, "machine": machine | result.versions}, indent=2, ensure_ascii=False)
        + "\n"
    )
