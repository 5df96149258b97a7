"""How a DOCX looks: its styles (Word's own names where it has them, so that its outline and readers find headings)."""

from __future__ import annotations

from collections.abc import Iterator

from polls.exports.markup import Markup, tag

INK, SOFT, LINE, ACCENT = "1D1B18", "5C564D", "C9BFAE", "0B5F5B"
#: Styles with a line at the side where they begin.
EDGED = ("Quote", "Source")
#: Written from the right or in scripts of Asia: a style names a language for each.
_RIGHT, _ASIAN = ("ar", "fa", "he", "ur", "ps", "ckb"), ("zh", "ja", "ko")


def settings(language: str) -> list[Markup]:
    """What the whole file says of itself: no older program's ways, and its language."""
    modern = {"w:name": "compatibilityMode", "w:uri": "http://schemas.microsoft.com/office/word", "w:val": "15"}
    return [tag("w:compat", None, tag("w:compatSetting", modern)), tag("w:themeFontLang", _named(language))]


def _named(language: str) -> dict[str, str]:
    main = language.partition("-")[0]
    return {"w:bidi" if main in _RIGHT else "w:eastAsia" if main in _ASIAN else "w:val": language}


def bullets() -> list[Markup]:
    """One list with bullets."""
    level = tag(
        "w:lvl",
        {"w:ilvl": "0"},
        tag("w:start", {"w:val": "1"}),
        tag("w:numFmt", {"w:val": "bullet"}),
        tag("w:lvlText", {"w:val": "•"}),
        tag("w:lvlJc", {"w:val": "left"}),
        tag("w:pPr", None, tag("w:ind", {"w:left": "360", "w:hanging": "260"})),
    )
    kind = tag("w:abstractNum", {"w:abstractNumId": "0"}, tag("w:multiLevelType", {"w:val": "hybridMultilevel"}), level)
    return [kind, tag("w:num", {"w:numId": "1"}, tag("w:abstractNumId", {"w:val": "0"}))]


def styles(language: str) -> Iterator[Markup]:
    """Every style the writer names."""
    fonts = {f"w:{name}": "Arial" for name in ("ascii", "hAnsi", "cs")}
    run = _run(10.5, INK, extra=[tag("w:rFonts", fonts)], last=[tag("w:lang", {"w:val": "en", **_named(language)})])
    about = tag("w:pPr", None, _spacing(0, 6, 290))
    yield tag("w:docDefaults", None, tag("w:rPrDefault", None, run), tag("w:pPrDefault", None, about))
    yield tag(
        "w:style",
        {"w:type": "paragraph", "w:default": "1", "w:styleId": "Normal"},
        tag("w:name", {"w:val": "Normal"}),
        tag("w:qFormat"),
    )
    yield _style("Title", "Title", [_spacing(0, 8)], _run(20, ACCENT, bold=True))
    for level, size, before in ((1, 14, 20), (2, 11, 12)):
        kept = [tag("w:keepNext"), tag("w:keepLines"), _spacing(before, 4)]
        outline = tag("w:outlineLvl", {"w:val": str(level - 1)})
        yield _style(f"Heading{level}", f"heading {level}", [*kept, outline], _run(size, ACCENT, bold=True))
    yield _style("BodyText", "Body Text", [])
    yield _style("Lead", "Clause", [_spacing(0, 8)], _run(12))
    yield _style("Aside", "Aside", [_spacing(3, 3)], _run(9, SOFT))
    yield _style("Speaker", "Speaker", [tag("w:keepNext"), _spacing(8, 1)], _run(10.5, bold=True))
    yield _style("LastAside", "Last aside", [_spacing(0, 16)], _run(9, SOFT))
    yield _style("Quote", "Quote", [tag("w:keepNext"), edge("left"), _spacing(4, 0), _indent(340)])
    yield _style("Source", "Source of a quote", [edge("left"), _spacing(0, 8), _indent(340)], _run(9, SOFT))
    listed = tag("w:numPr", None, tag("w:numId", {"w:val": "1"}))
    yield _style("ListBullet", "List Bullet", [listed])
    yield _style("Caption", "caption", [tag("w:keepNext"), _spacing(6, 2)], _run(9, SOFT))
    end = tag("w:jc", {"w:val": "right"})
    yield _style("TableText", "Table text", [_spacing(2, 2)], _run(9.5))
    yield _style("TableHead", "Table head", [tag("w:keepNext"), _spacing(2, 2)], _run(9.5, bold=True))
    yield _style("Figure", "Figure", [_spacing(2, 2), end], _run(9.5))
    yield _style("FigureHead", "Head of figures", [tag("w:keepNext"), _spacing(2, 2), end], _run(9.5, bold=True))
    stop = tag("w:tabs", None, tag("w:tab", {"w:val": "right", "w:pos": str(11906 - 2 * 1247)}))
    yield _style("Footer", "footer", [stop], _run(8.5, SOFT))
    yield _table()


def edge(side: str) -> Markup:
    """A line at one side of a paragraph, none at the other."""
    line = {"w:val": "single", "w:sz": "18", "w:space": "10", "w:color": LINE}
    lines = {"left": {"w:val": "nil"}, "right": {"w:val": "nil"}} | {side: line}
    return tag("w:pBdr", None, *(tag(f"w:{each}", about) for each, about in lines.items()))


def _style(name: str, called: str, about: list[Markup], run: Markup | None = None) -> Markup:
    return tag(
        "w:style",
        {"w:type": "paragraph", "w:styleId": name},
        tag("w:name", {"w:val": called}),
        tag("w:basedOn", {"w:val": "Normal"}),
        tag("w:qFormat"),
        tag("w:pPr", None, *about),
        *([run] if run else []),
    )


def _table() -> Markup:
    rule = {"w:val": "single", "w:sz": "4", "w:space": "0", "w:color": LINE}
    borders = tag("w:tblBorders", None, *(tag(f"w:{side}", rule) for side in ("bottom", "insideH")))
    sides = tag("w:tblCellMar", None, *(tag(f"w:{side}", {"w:w": "60", "w:type": "dxa"}) for side in ("left", "right")))
    name = tag("w:name", {"w:val": "Figures"})
    return tag("w:style", {"w:type": "table", "w:styleId": "Figures"}, name, tag("w:tblPr", None, borders, sides))


def _run(
    points: float,
    colour: str = "",
    *,
    bold: bool = False,
    extra: list[Markup] | None = None,
    last: list[Markup] | None = None,
) -> Markup:
    heavy = [tag("w:b"), tag("w:bCs")] if bold else []
    ink = [tag("w:color", {"w:val": colour})] if colour else []
    size = {"w:val": str(round(points * 2))}
    return tag("w:rPr", None, *(extra or []), *heavy, *ink, tag("w:sz", size), tag("w:szCs", size), *(last or []))


def _spacing(before: float, after: float, line: int = 0) -> Markup:
    """Space before and after in points; `line`: the height of a line, in 240ths of one."""
    high = {"w:line": str(line), "w:lineRule": "auto"} if line else {}
    return tag("w:spacing", {"w:before": str(round(before * 20)), "w:after": str(round(after * 20)), **high})


def _indent(left: int) -> Markup:
    return tag("w:ind", {"w:left": str(left)})
