"""Paint for charts: palettes, fonts and a canvas drawn at twice the size for smooth edges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
FINE: Final = 2
"""Everything is drawn this many times larger and then reduced."""
_FONTS: Final = Path(__file__).parent / "fonts"


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one theme."""

    ground: Colour
    panel: Colour
    grid: Colour
    text: Colour
    muted: Colour
    up: Colour
    down: Colour
    levels: Mapping[str, Colour]
    on_level: Colour


def _rgb(code: str) -> Colour:
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


PALETTES: Final[Mapping[str, Palette]] = {
    "dark": Palette(
        ground=_rgb("0e1420"),
        panel=_rgb("151d2b"),
        grid=_rgb("1c2636"),
        text=_rgb("f2f5fa"),
        muted=_rgb("8592a8"),
        up=_rgb("2ebd85"),
        down=_rgb("f6465d"),
        levels={
            "entry": _rgb("4c9dff"),
            "leg": _rgb("6f8fc4"),
            "filled": _rgb("4c9dff"),
            "average": _rgb("f0b429"),
            "target": _rgb("2ebd85"),
            "stop": _rgb("f6465d"),
            "exit": _rgb("b58cff"),
            "price": _rgb("aab6ca"),
        },
        on_level=_rgb("0b111b"),
    ),
    "light": Palette(
        ground=_rgb("ffffff"),
        panel=_rgb("f4f6f9"),
        grid=_rgb("edf0f4"),
        text=_rgb("111a28"),
        muted=_rgb("6a778b"),
        up=_rgb("0d9f6b"),
        down=_rgb("e0354c"),
        levels={
            "entry": _rgb("1f6feb"),
            "leg": _rgb("6583b5"),
            "filled": _rgb("1f6feb"),
            "average": _rgb("b97900"),
            "target": _rgb("0d8a5c"),
            "stop": _rgb("d02a42"),
            "exit": _rgb("7a4fd6"),
            "price": _rgb("56637a"),
        },
        on_level=_rgb("ffffff"),
    ),
}


def mix(under: Colour, over: Colour, share: float) -> Colour:
    """``over`` at an opacity of ``share`` upon ``under``."""
    red, green, blue = (round(u + (o - u) * share) for u, o in zip(under, over, strict=True))
    return red, green, blue


@cache
def font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    """Inter with figures of equal width, at a size in pixels of the finished picture."""
    name = "Inter-SemiBold.ttf" if bold else "Inter-Regular.ttf"
    return ImageFont.truetype(_FONTS / name, size * FINE)


class Canvas:
    """A picture in pixels of the finished size; fractions are allowed."""

    def __init__(self, width: int, height: int, ground: Colour) -> None:
        self.width, self.height = width, height
        self._image = Image.new("RGB", (width * FINE, height * FINE), ground)
        self._draw = ImageDraw.Draw(self._image)

    def finish(self) -> Image.Image:
        """The picture at its size."""
        return self._image.reduce(FINE)

    def box(self, corners: tuple[float, float, float, float], fill: Colour) -> None:
        """A filled rectangle from (x0, y0) to (x1, y1), at least a hair thick."""
        x0, y0, x1, y1 = (round(c * FINE) for c in corners)
        self._draw.rectangle((x0, y0, max(x1 - 1, x0), max(y1 - 1, y0)), fill=fill)

    def pill(
        self,
        corners: tuple[float, float, float, float],
        fill: Colour | None,
        radius: float,
        outline: Colour | None = None,
    ) -> None:
        """A rounded rectangle, filled or outlined."""
        x0, y0, x1, y1 = (round(c * FINE) for c in corners)
        self._draw.rounded_rectangle(
            (x0, y0, x1 - 1, y1 - 1),
            radius * FINE,
            fill=fill,
            outline=outline,
            width=round(1.5 * FINE),
        )

    def line(
        self, points: list[tuple[float, float]], fill: Colour, thick: float, dash: float = 0.0
    ) -> None:
        """A line through the points; a horizontal one may be dashed."""
        width = max(round(thick * FINE), 1)
        scaled = [(round(x * FINE), round(y * FINE)) for x, y in points]
        if not dash:
            self._draw.line(scaled, fill=fill, width=width)
            return
        (x, y), (end, _) = scaled[0], scaled[-1]
        step = round(dash * FINE)
        while x < end:
            self._draw.line([(x, y), (min(x + step, end), y)], fill=fill, width=width)
            x += step * 2

    def shape(self, points: list[tuple[float, float]], fill: Colour, outline: Colour) -> None:
        """A filled polygon with a thin edge."""
        scaled = [(x * FINE, y * FINE) for x, y in points]
        self._draw.polygon(scaled, fill=fill, outline=outline, width=FINE * 2)

    def text(
        self,
        at: tuple[float, float],
        words: str,
        size: int,
        fill: Colour,
        *,
        bold: bool = False,
        anchor: str = "lm",
    ) -> None:
        """Words at a point; ``anchor`` as in Pillow (``lm`` = left, middle)."""
        x, y = at
        self._draw.text(
            (x * FINE, y * FINE), words, font=font(size, bold), fill=fill, anchor=anchor
        )


def width_of(words: str, size: int, bold: bool = False) -> float:
    """Pixels of the finished picture the words take."""
    return font(size, bold).getlength(words) / FINE


def fitted(words: str, size: int, most: float, bold: bool = False) -> str:
    """The words, cut with an ellipsis to ``most`` pixels."""
    if width_of(words, size, bold) <= most:
        return words
    while words and width_of(words + "…", size, bold) > most:
        words = words[:-1]
    return words.rstrip() + "…"
