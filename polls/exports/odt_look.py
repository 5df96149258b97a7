"""How an ODT looks: its styles (LibreOffice's own names where it has them, so that its outline and readers find headings)."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import get_language_bidi

from polls.exports.docx_look import ACCENT, INK, LINE, SOFT
from polls.exports.markup import Markup, tag

_ODF = "urn:oasis:names:tc:opendocument:xmlns"
NAMES = {
    **{f"xmlns:{name}": f"{_ODF}:{name}:1.0" for name in ("office", "style", "text", "table", "meta")},
    **{f"xmlns:{short}": f"{_ODF}:{name}-compatible:1.0" for short, name in (("fo", "xsl-fo"), ("svg", "svg"))},
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
}
#: Centimetres between A4's margins, and of a column of figures.
_WIDE, _FIGURE = 16.6, 2.4
_EDGE = {"fo:border-left": f"1.5pt solid #{LINE}", "fo:padding-left": "0.3cm", "fo:margin-left": "0.6cm"}
_KEPT = {"fo:keep-with-next": "always"}

#: By name: what it is called, points, colour, bold, and how its paragraph stands.
_PARAGRAPHS: dict[str, tuple[str, float, str, bool, dict[str, str]]] = {
    "Title": ("Title", 20, ACCENT, True, {"fo:margin-bottom": "8pt"}),
    "Heading_20_1": ("Heading 1", 14, ACCENT, True, {"fo:margin-top": "20pt", "fo:margin-bottom": "4pt", **_KEPT}),
    "Heading_20_2": ("Heading 2", 11, ACCENT, True, {"fo:margin-top": "12pt", "fo:margin-bottom": "4pt", **_KEPT}),
    "Text_20_body": ("Text body", 10.5, INK, False, {"fo:margin-bottom": "6pt"}),
    "Lead": ("Clause", 12, INK, False, {"fo:margin-bottom": "8pt"}),
    "Aside": ("Aside", 9, SOFT, False, {"fo:margin-top": "3pt", "fo:margin-bottom": "3pt"}),
    "LastAside": ("Last aside", 9, SOFT, False, {"fo:margin-bottom": "16pt"}),
    "Speaker": ("Speaker", 10.5, INK, True, {"fo:margin-top": "8pt", "fo:margin-bottom": "1pt", **_KEPT}),
    "Quotations": ("Quotations", 10.5, INK, False, {"fo:margin-top": "4pt", **_EDGE, **_KEPT}),
    "Source": ("Source of a quote", 9, SOFT, False, {"fo:margin-bottom": "8pt", **_EDGE}),
    "Item": ("Item", 10.5, INK, False, {"fo:margin-bottom": "4pt"}),
    "Caption": ("Caption", 9, SOFT, False, {"fo:margin-top": "6pt", "fo:margin-bottom": "2pt", **_KEPT}),
    "TableText": ("Table text", 9.5, INK, False, {}),
    "TableHead": ("Table head", 9.5, INK, True, _KEPT),
    "Figure": ("Figure", 9.5, INK, False, {"fo:text-align": "right"}),
    "FigureHead": ("Head of figures", 9.5, INK, True, {"fo:text-align": "right", **_KEPT}),
}


def styles(language: str, foot: Markup) -> Markup:
    """The file of styles: the default with its language, every style the writer names, the page and its foot."""
    root = {**NAMES, "office:version": "1.3"}
    parts = [tag("office:styles", None, _default(language), *_paragraphs(), *_bullets())]
    turned = {"style:writing-mode": "rl-tb" if get_language_bidi() else "lr-tb"}
    size = {"fo:page-width": "21cm", "fo:page-height": "29.7cm", "fo:margin": "2.2cm", "fo:margin-bottom": "1.4cm"}
    footer = tag("style:header-footer-properties", {"fo:min-height": "0.8cm", "fo:margin-top": "0.4cm"})
    layout = [tag("style:page-layout-properties", {**size, **turned}), tag("style:footer-style", None, footer)]
    parts.append(tag("office:automatic-styles", None, tag("style:page-layout", {"style:name": "A4"}, *layout)))
    page = {"style:name": "Standard", "style:page-layout-name": "A4"}
    parts.append(tag("office:master-styles", None, tag("style:master-page", page, tag("style:footer", None, foot))))
    return tag("office:document-styles", root, *parts)


def turned() -> Iterator[Markup]:
    """Every style once more for paragraphs written from the right; the edge of a quote stands at its beginning."""
    for name in _PARAGRAPHS:
        stands = _direction(right=True)
        if "fo:border-left" in _PARAGRAPHS[name][4]:
            none = {"fo:border-left": "none", "fo:padding-left": "0cm", "fo:margin-left": "0cm"}
            stands |= {**none, **{key.replace("left", "right"): value for key, value in _EDGE.items()}}
        about = {"style:name": f"{name}_right", "style:family": "paragraph", "style:parent-style-name": name}
        yield tag("style:style", about, tag("style:paragraph-properties", stands))


def columns() -> Iterator[Markup]:
    """Tables as wide as the page, their columns by how many of figures there are, cells with a hairline under them."""
    wide = {"style:width": f"{_WIDE}cm", "table:align": "margins"}
    wide |= {"style:writing-mode": _direction(right=get_language_bidi())["style:writing-mode"]}
    yield _kind("Figures", "table", tag("style:table-properties", wide))
    for figures in (1, 2, 3, 4):
        label = {"style:column-width": f"{_WIDE - figures * _FIGURE:.1f}cm"}
        yield _kind(f"Label{figures}", "table-column", tag("style:table-column-properties", label))
    yield _kind("Number", "table-column", tag("style:table-column-properties", {"style:column-width": f"{_FIGURE}cm"}))
    yield _kind("Row", "table-row", tag("style:table-row-properties", {"fo:keep-together": "always"}))
    cell = {"fo:border-bottom": f"0.5pt solid #{LINE}", "fo:padding": "0.08cm"}
    yield _kind("Cell", "table-cell", tag("style:table-cell-properties", cell))


def _direction(*, right: bool) -> dict[str, str]:
    return {"style:writing-mode": "rl-tb" if right else "lr-tb", "fo:text-align": "right" if right else "left"}


def _kind(name: str, family: str, *about: Markup) -> Markup:
    return tag("style:style", {"style:name": name, "style:family": family}, *about)


def _default(language: str) -> Markup:
    main, _hyphen, place = language.partition("-")
    country = place.upper() if len(place) == 2 else "none"
    spoken = {"fo:language": main, "fo:country": country}
    spoken |= {
        f"style:{name}-{kind}": value
        for kind in ("complex", "asian")
        for name, value in (("language", main), ("country", country))
    }
    fonts = {"fo:font-family": "Arial", "style:font-family-complex": "Arial", "fo:font-size": "10.5pt"}
    high = tag("style:paragraph-properties", {"fo:line-height": "120%", "style:tab-stop-distance": "1.25cm"})
    return tag(
        "style:default-style", {"style:family": "paragraph"}, high, tag("style:text-properties", {**fonts, **spoken})
    )


def _paragraphs() -> Iterator[Markup]:
    yield _kind("Standard", "paragraph", tag("style:paragraph-properties", _direction(right=False)))
    for name, (called, points, colour, bold, stands) in _PARAGRAPHS.items():
        size = f"{points}pt"
        letters = {"fo:color": f"#{colour}", "fo:font-size": size, "style:font-size-complex": size}
        if bold:
            letters |= {"fo:font-weight": "bold", "style:font-weight-complex": "bold"}
        about = {"style:name": name, "style:display-name": called, "style:family": "paragraph"}
        level = {"style:default-outline-level": name[-1]} if name.startswith("Heading") else {}
        yield tag(
            "style:style",
            {**about, "style:parent-style-name": "Standard", **level},
            tag("style:paragraph-properties", stands),
            tag("style:text-properties", letters),
        )
    stop = tag("style:tab-stop", {"style:position": f"{_WIDE}cm", "style:type": "right"})
    foot = tag("style:paragraph-properties", _direction(right=get_language_bidi()), tag("style:tab-stops", None, stop))
    small = tag("style:text-properties", {"fo:font-size": "8.5pt", "fo:color": f"#{SOFT}"})
    yield _kind("Footer", "paragraph", foot, small)


def _bullets() -> Iterator[Markup]:
    place = {"text:list-level-position-and-space-mode": "label-alignment"}
    aligned = {"text:label-followed-by": "listtab", "fo:text-indent": "-0.45cm", "fo:margin-left": "0.65cm"}
    label = tag("style:list-level-properties", place, tag("style:list-level-label-alignment", aligned))
    level = tag("text:list-level-style-bullet", {"text:level": "1", "text:bullet-char": "•"}, label)
    yield tag("text:list-style", {"style:name": "Bullets"}, level)
