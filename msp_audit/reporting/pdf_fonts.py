"""The letters of the paper: bundled, so that a PDF looks the same on every machine."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

from msp_audit.reporting.brand import Brand

#: Source Sans 3 (OFL), as published; its licence stands beside the files.
_FOLDER = Path(__file__).parent / "theme" / "fonts"
#: The name that style sheets and charts know it by, whatever is installed.
FAMILY = "Report Sans"
#: For scripts that are not bundled: what the machine has.
_OTHERS = 'Inter,"Segoe UI","Helvetica Neue","Noto Sans","Liberation Sans","DejaVu Sans",Arial,sans-serif'
_WEIGHTS = (400, 700)
#: Which characters each file draws, as its publisher says.
_RANGES: Mapping[str, str] = {
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,"
    "U+2191,U+2193,U+2212,U+2215",
    "latin-ext": "U+0100-0130,U+0132-0151,U+0154-02BA,U+02BD-02C5,U+02C7-02CC,U+1E00-1E9F,U+1EF2-1EFF,U+2020,"
    "U+20A0-20AB,U+20AD-20C0,U+2113,U+A720-A7FF",
    "greek": "U+0370-0377,U+037A-037F,U+0384-038A,U+038C,U+038E-03A1,U+03A3-03FF",
    "cyrillic": "U+0301,U+0400-045F,U+0490-0491,U+04B0-04B1,U+2116",
    "vietnamese": "U+01A0-01A1,U+01AF-01B0,U+0300,U+0303-0304,U+0308-0309,U+0323,U+0329,U+1EA0-1EF1",
}


def font_family(brand: Brand) -> str:
    """The families of the paper, in the order they are looked in."""
    return f'"{brand.font}","{FAMILY}",{_OTHERS}' if brand.font else f'"{FAMILY}",{_OTHERS}'


def font_faces(text: str, *, brand: Brand) -> str:
    """Style rules that carry the letters that *text* needs, and the *brand*'s own files."""
    signs = {ord(sign) for sign in set(text)}
    ours = [
        _face(FAMILY, weight, _FOLDER / f"source-sans-3-{name}-{weight}-normal.woff2", ranges=ranges)
        for name, ranges in _RANGES.items()
        if any(_holds(ranges, sign) for sign in signs)
        for weight in _WEIGHTS
    ]
    return "".join(
        [*ours, *(_rule(brand.font, weight, content) for weight, content in sorted(brand.font_files.items()))]
    )


def _face(family: str, weight: int, path: Path, *, ranges: str) -> str:
    return _rule(family, weight, path.read_bytes(), more=f"unicode-range:{ranges};")


def _rule(family: str, weight: int, content: bytes, *, more: str = "") -> str:
    coded = base64.b64encode(content).decode("ascii")
    return (
        f'@font-face{{font-family:"{family}";font-weight:{weight};{more}'
        f"src:url(data:font/woff2;base64,{coded})}}\n"
    )


def _holds(ranges: str, sign: int) -> bool:
    for part in ranges.replace("U+", "").split(","):
        first, _, last = part.partition("-")
        if int(first, 16) <= sign <= int(last or first, 16):
            return True
    return False
