"""Drawings as inline SVG: bars beside each other, lines over a size, and how times are spread. Colours come from the page."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

WIDTH, LEFT, RIGHT = 720, 64, 16
Series = tuple[str, Sequence[tuple[float, float]]]


def short(value: float) -> str:
    """A number as one reads it: 3 digits, thousands apart."""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return (
        f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}".rstrip("0").rstrip(".")
        if abs(value) < 100
        else f"{value:.0f}"
    )


def bars(rows: Sequence[tuple[str, float]], unit: str, *, first: str = "", limit: float | None = None) -> str:
    """One bar a row, on a scale that grows tenfold where the longest is more than thirty times the shortest. The row
    called `first` is ours. `limit` draws a line."""
    names, step = 366, 34
    height = step * len(rows) + 12
    values = [value for _name, value in rows if value > 0]
    log = bool(values) and max(values) > 30 * min(values)
    low = 10 ** math.floor(math.log10(min(values))) if log else 0.0
    high = max([*values, limit or 0.0], default=1.0)

    def at(value: float) -> float:
        share = math.log(value / low) / math.log(high / low) if log and value > 0 else value / high
        return max(1.0, share * (WIDTH - names - 120))

    out = []
    for place, (name, value) in enumerate(rows):
        y = step * place + 8
        kind = "ours" if name == first else "theirs"
        out.append(f'<text x="{names - 12}" y="{y + 16}" class="name {kind}" text-anchor="end">{escape(name)}</text>')
        out.append(f'<rect x="{names}" y="{y}" width="{at(value):.1f}" height="22" rx="3" class="{kind}"/>')
        out.append(
            f'<text x="{names + at(value) + 8:.1f}" y="{y + 16}" class="value">{short(value)} {escape(unit)}</text>'
        )
    if limit is not None:
        x = names + at(limit)
        out.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="2" y2="{height - 8}" class="limit"/>')
    return _svg(height, out)


def lines(
    series: Sequence[Series], across: str, up: str, *, log: bool = True, limits: Sequence[tuple[str, float]] = ()
) -> str:
    """One line a series over points (x, y); `log`: both axes grow tenfold."""
    height, bottom, top = 340, 48, 16
    points = [point for _name, some in series for point in some]
    xs, ys = [x for x, _y in points], [y for _x, y in points] + [value for _name, value in limits]
    if not points:
        return ""
    x_of = _scale(min(xs), max(xs), LEFT, WIDTH - RIGHT - 150, log)
    y_of = _scale(min(ys) if log else 0.0, max(ys), height - bottom, top, log)
    out = _grid(
        _ticks(min(xs), max(xs), log, sorted(set(xs))),
        _ticks(min(ys) if log else 0, max(ys), log),
        x_of,
        y_of,
        height - bottom,
    )
    out.append(
        f'<text x="{(WIDTH - 150) / 2:.0f}" y="{height - 8}" class="axis" text-anchor="middle">{escape(across)}</text>'
    )
    out.append(f'<text x="{LEFT}" y="{top - 4}" class="axis" text-anchor="start">{escape(up)}</text>')
    ends: list[tuple[float, int, str]] = []
    for place, (name, some) in enumerate(series):
        way = " ".join(f"{x_of(x):.1f},{y_of(y):.1f}" for x, y in some)
        out.append(f'<polyline points="{way}" class="s{place % 7}"/>')
        if len(some) <= 12:
            out += [f'<circle cx="{x_of(x):.1f}" cy="{y_of(y):.1f}" r="3.5" class="s{place % 7}"/>' for x, y in some]
        ends.append((y_of(some[-1][1]), place, name))
    for y, place, name in _apart(ends):
        out.append(f'<text x="{WIDTH - 158}" y="{y + 4:.1f}" class="label s{place % 7}">{escape(name)}</text>')
    for name, value in limits:
        y = y_of(value)
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT - 150}" y1="{y:.1f}" y2="{y:.1f}" class="limit"/>')
        out.append(f'<text x="{LEFT + 6}" y="{y - 5:.1f}" class="axis">{escape(name)}</text>')
    return _svg(height, out)


def spreads(series: Sequence[tuple[str, Sequence[float]]], up: str) -> str:
    """How times are spread: for each series the share of all (across, %) that took at most so long (up)."""
    curves: list[Series] = []
    for name, values in series:
        ordered = sorted(values)
        shares = [*range(0, 100, 4), 97, 98, 99, 99.5, 99.9]
        picked = [
            (share, max(ordered[min(len(ordered) - 1, int(share / 100 * len(ordered)))], 0.01)) for share in shares
        ]
        if ordered:
            curves.append((name, [(float(share), value) for share, value in picked]))
    return lines(curves, "share of all, %", up, log=False)


def _scale(low: float, high: float, begin: float, end: float, log: bool) -> Callable[[float], float]:
    if log:
        low, high = math.log(max(low, 1e-9)), math.log(max(high, 1e-9))
        width = (high - low) or 1.0
        return lambda value: begin + (math.log(max(value, 1e-9)) - low) / width * (end - begin)
    width = (high - low) or 1.0
    return lambda value: begin + (value - low) / width * (end - begin)


def _ticks(low: float, high: float, log: bool, these: Sequence[float] = ()) -> list[float]:
    if log and these and len(these) <= 6:
        return list(these)
    if log:
        powers = range(math.floor(math.log10(max(low, 1e-9))), math.ceil(math.log10(max(high, 1e-9))) + 1)
        return [step * 10.0**power for power in powers for step in (1, 2, 5) if low <= step * 10.0**power <= high]
    step = 10 ** math.floor(math.log10(max(high - low, 1e-9)))
    step = next(wide for wide in (step / 5, step / 2, step, step * 2) if (high - low) / wide <= 8)
    return [low + step * count for count in range(int((high - low) / step) + 1)]


def _grid(
    across: Sequence[float],
    up: Sequence[float],
    x_of: Callable[[float], float],
    y_of: Callable[[float], float],
    floor: float,
) -> list[str]:
    out = []
    for value in up:
        y = y_of(value)
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT - 150}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" class="axis" text-anchor="end">{short(value)}</text>')
    for value in across:
        out.append(
            f'<text x="{x_of(value):.1f}" y="{floor + 20}" class="axis" text-anchor="middle">{short(value)}</text>'
        )
    return out


def _apart(ends: list[tuple[float, int, str]]) -> list[tuple[float, int, str]]:
    """Names at the ends of lines, moved so that none covers another."""
    placed: list[tuple[float, int, str]] = []
    for y, place, name in sorted(ends):
        placed.append((max(y, placed[-1][0] + 15) if placed else y, place, name))
    return placed


def _svg(height: float, inside: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-hidden="true">{"".join(inside)}</svg>'
