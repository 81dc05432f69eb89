"""Ten digits of equal width, "Hai Dang So", derived from Be Vietnam Pro.

Be Vietnam Pro has proportional digits and no `tnum` feature, so that columns of numbers would not line up. Its
licence (SIL Open Font License 1.1, no reserved name) allows a derived face: digits only, one width, and a foot
under the "1" so that it fills its cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

FAMILY = "Hai Dang So"
ONE = ord("1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One weight, in font units: the common width, the least room at each side, the thickness of a stem."""

    width: int
    side: int
    stem: int


CUTS = {400: Cut(width=636, side=44, stem=82), 600: Cut(width=652, side=40, stem=112), 700: Cut(width=660, side=36, stem=128)}


def derive(source: Path, target: Path, weight: int) -> None:
    """Write the digits of one weight (400, 600 or 700) of a WOFF2 font as a WOFF2 font of their own."""
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options(layout_features=[], name_IDs=[0, 13, 14], notdef_outline=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=range(ord("0"), ord("9") + 1))
    subsetter.subset(font)
    for code, glyph_name in font.getBestCmap().items():
        _fit(font, glyph_name, CUTS[weight], with_foot=code == ONE)
    _name(font, weight)
    font.flavor = "woff2"
    font.save(target)


def _fit(font: TTFont, glyph_name: str, cut: Cut, *, with_foot: bool) -> None:
    """Redraw one glyph in the middle of the common width, narrower where it would not fit."""
    glyphs = font.getGlyphSet()
    bounds = BoundsPen(glyphs)
    glyphs[glyph_name].draw(bounds)
    left, _, right, _ = bounds.bounds
    ink = right - left
    scale = min(1, (cut.width - 2 * cut.side) / ink)
    shift = (cut.width - ink * scale) / 2 - left * scale - (cut.stem * 0.25 if with_foot else 0)
    pen = TTGlyphPen(None)
    glyphs[glyph_name].draw(TransformPen(pen, (scale, 0, 0, 1, shift, 0)))
    if with_foot:
        _draw_foot(pen, middle=right * scale + shift - cut.stem / 2, cut=cut)
    glyph = pen.glyph()
    font["glyf"][glyph_name] = glyph
    glyph.recalcBounds(font["glyf"])
    font["hmtx"][glyph_name] = (cut.width, glyph.xMin)


def _draw_foot(pen: TTGlyphPen, *, middle: float, cut: Cut) -> None:
    half, height = cut.width * 0.30, cut.stem * 0.92
    pen.moveTo((middle - half, 0))
    for corner in ((middle - half, height), (middle + half, height), (middle + half, 0)):
        pen.lineTo(corner)
    pen.closePath()


def _name(font: TTFont, weight: int) -> None:
    """Name records: family, style, full name, PostScript name (Windows, Unicode, English)."""
    for record, text in ((1, FAMILY), (2, "Regular"), (4, f"{FAMILY} {weight}"), (6, f"HaiDangSo-{weight}")):
        font["name"].setName(text, record, 3, 1, 0x409)
