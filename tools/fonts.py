"""Cuts the bundled fonts to the letters that pages show: small files first, rare letters in files of their own.

For letters that are printed it writes the whole files as TTF, one family for each script, and the list of what they can show.

    python -m venv /tmp/fonts && /tmp/fonts/bin/pip install fonttools brotli
    /tmp/fonts/bin/python tools/fonts.py FOLDER

FOLDER holds the whole files: firago-latin-400.woff2, firago-arabic-400.woff2 and so on, and fira-mono-400.woff2.
The ranges here are the `unicode-range` values of static/xenia/look.css. FiraGO and Fira Mono: OFL 1.1, no reserved name.
"""

from __future__ import annotations

import sys
from pathlib import Path

FONTS = Path(__file__).resolve().parents[1] / "src" / "xenia" / "site" / "static" / "xenia" / "fonts"
PRINTED = Path(__file__).resolve().parents[1] / "src" / "xenia" / "letters" / "fonts"
SCRIPTS = {
    "latin": "FiraGO Latin",
    "arabic": "FiraGO Arabic",
    "cyrillic": "FiraGO Cyrillic",
    "georgian": "FiraGO Georgian",
}
LATIN = (
    "U+0020-007E,U+00A0-00FF,U+0259,U+018F,U+011E-011F,U+0130-0131,U+015E-015F,U+2010-2026,U+2030,U+2039-203A,"
    "U+20AC,U+2212,U+2248,U+2260,U+2264-2265"
)
ARABIC = "U+060C,U+061B,U+061F,U+0621-063A,U+0640-0652,U+0670-0671"
MONO = "U+0020-007E,U+00B7,U+2026,U+2248,U+2260"
LATIN_FEATURES = "kern,tnum"
ARABIC_FEATURES = "ccmp,isol,init,medi,fina,rlig,calt,mark,mkmk,kern"


def points(ranges: str) -> set[int]:
    """The code points of a CSS range."""
    found: set[int] = set()
    for part in ranges.split(","):
        first, _, last = part.removeprefix("U+").partition("-")
        found |= set(range(int(first, 16), int(last or first, 16) + 1))
    return found


def cut(source: Path, target: Path, wanted: set[int], features: str) -> None:
    """Write the letters `wanted` of one font file."""
    from fontTools import subset

    options = subset.Options(flavor="woff2", hinting=False, layout_features=features.split(","), notdef_outline=True)
    font = subset.load_font(str(source), options)
    tool = subset.Subsetter(options)
    tool.populate(unicodes=wanted & set(font.getBestCmap()))
    tool.subset(font)
    subset.save_font(font, str(target), options)
    print(f"{target.name}: {target.stat().st_size} bytes")


def printed(source: Path, target: Path, family: str) -> set[int]:
    """Write a whole font as TTF under a family name of its own; the code points it can show."""
    from fontTools.ttLib import TTFont

    font = TTFont(str(source))
    font.flavor = None
    weight = "SemiBold" if font["OS/2"].usWeightClass == 600 else "Regular"
    names = {
        1: family,
        2: weight,
        4: f"{family} {weight}",
        6: f"{family}-{weight}".replace(" ", ""),
        16: family,
        17: weight,
    }
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    font.save(str(target), reorderTables=True)
    print(f"{target.name}: {target.stat().st_size} bytes")
    return set(font.getBestCmap())


def ranges(found: set[int]) -> str:
    """Code points as lines `first-last` in hexadecimal."""
    ends: list[list[int]] = []
    for point in sorted(found):
        if ends and ends[-1][1] == point - 1:
            ends[-1][1] = point
        else:
            ends.append([point, point])
    return "".join(f"{first:04X}-{last:04X}\n" for first, last in ends)


def print_fonts(folder: Path) -> None:
    """The files for letters. What both weights of a script can show is listed."""
    shown: set[int] = set()
    for script, family in SCRIPTS.items():
        found = [
            printed(folder / f"firago-{script}-{weight}.woff2", PRINTED / f"firago-{script}-{weight}.ttf", family)
            for weight in (400, 600)
        ]
        shown |= found[0] & found[1]
    printed(folder / "fira-mono-400.woff2", PRINTED / "fira-mono-400.ttf", "Fira Mono")
    (PRINTED / "letters.txt").write_text(ranges(shown), encoding="ascii")


def main(folder: Path) -> None:
    """Cut every file."""
    print_fonts(folder)
    everything = set(range(0x110000))
    for weight in (400, 600):
        latin, arabic = folder / f"firago-latin-{weight}.woff2", folder / f"firago-arabic-{weight}.woff2"
        cut(latin, FONTS / latin.name, points(LATIN), LATIN_FEATURES)
        cut(latin, FONTS / f"firago-latin-more-{weight}.woff2", everything - points(LATIN), LATIN_FEATURES)
        cut(arabic, FONTS / arabic.name, points(ARABIC), ARABIC_FEATURES)
        cut(arabic, FONTS / f"firago-arabic-more-{weight}.woff2", everything - points("U+0020-007E"), ARABIC_FEATURES)
    cut(folder / "fira-mono-400.woff2", FONTS / "fira-mono-400.woff2", points(MONO), "zero")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
