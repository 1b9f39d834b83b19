"""The sender's face: name, logo, colours and fonts, from ``brand/brand.toml``."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from msp_audit.errors import SettingsError
from msp_audit.settings.complaint import complaint
from msp_audit.tomlfile import read_toml

_LOGO_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
#: A logo larger than this would make every mail and page heavy.
MAX_LOGO_BYTES = 300_000
_FONT_TYPES = (".ttf", ".otf", ".woff", ".woff2")
MAX_FONT_BYTES = 3_000_000

Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


class _Colours(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    #: Headings' rule, links, the cover's band.
    accent: Colour = "#1f4e79"
    #: The accent on a dark page.
    accent_dark: Colour = "#8ab8e6"


class _Fonts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    #: Family of pages and paper: one that the reader's machine has, or that the files below hold.
    family: str = Field(default="", pattern=r"^[A-Za-z0-9 _-]{0,60}$")
    #: Files beside this one for the PDF, regular and bold: TTF, OTF, WOFF or WOFF2.
    regular: str = ""
    bold: str = ""


class _BrandFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = ""
    #: SVG, PNG or JPEG beside the file; a mail shows PNG and JPEG only.
    logo: str = ""
    #: Small print below every page.
    footer: str = ""
    colours: _Colours = _Colours()
    fonts: _Fonts = _Fonts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """Whose report it is. The default is plain and calm, with no logo."""

    name: str = "msp-audit"
    footer: str = ""
    accent: str = "#1f4e79"
    accent_dark: str = "#8ab8e6"
    logo: bytes = b""
    logo_type: str = ""
    #: Family to set pages and paper in; empty for ours.
    font: str = ""
    #: Its files for the paper by weight; none where the machine has it.
    font_files: Mapping[int, bytes] = field(default_factory=dict)

    @property
    def logo_address(self) -> str:
        """The logo as a ``data:`` address; empty without one."""
        if not self.logo:
            return ""
        return f"data:{self.logo_type};base64,{base64.b64encode(self.logo).decode('ascii')}"


def load_brand(folder: Path | None = None, *, name: str = "") -> Brand:
    """The brand in *folder* (a workspace's ``reports/brand``); *name* stands when its file gives none.

    Raises:
        SettingsError: the file is not understood, or the logo is missing, too large or of an unknown kind.
    """
    path = folder / "brand.toml" if folder is not None else None
    if path is None or not path.is_file():
        return Brand(name=name or Brand().name)
    try:
        written = _BrandFile(**read_toml(path))
    except ValidationError as error:
        raise SettingsError(complaint(path, error, model=_BrandFile)) from None
    logo, kind = _logo(path, written.logo)
    return Brand(
        name=written.name or name or Brand().name,
        footer=written.footer,
        accent=written.colours.accent,
        accent_dark=written.colours.accent_dark,
        logo=logo,
        logo_type=kind,
        font=written.fonts.family,
        font_files=_font_files(path, written.fonts),
    )


def _font_files(path: Path, fonts: _Fonts) -> dict[int, bytes]:
    written = {400: fonts.regular, 700: fonts.bold}
    if any(written.values()) and not fonts.family:
        raise SettingsError(f"{path}: [fonts] names files, so it needs their family too.")
    return {weight: _font(path, name) for weight, name in written.items() if name}


def _font(path: Path, name: str) -> bytes:
    file = path.parent / name
    if file.suffix.lower() not in _FONT_TYPES:
        raise SettingsError(f"{path}: the font {name} is of no known kind; use {', '.join(_FONT_TYPES)}.")
    return _content(path, file, most=MAX_FONT_BYTES)


def _logo(path: Path, name: str) -> tuple[bytes, str]:
    if not name:
        return b"", ""
    file = path.parent / name
    kind = _LOGO_TYPES.get(file.suffix.lower())
    if kind is None:
        raise SettingsError(f"{path}: the logo {name} is of no known kind; use {', '.join(_LOGO_TYPES)}.")
    return _content(path, file, most=MAX_LOGO_BYTES), kind


def _content(path: Path, file: Path, *, most: int) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path}: {file} cannot be read ({error.strerror}).") from error
    if len(content) > most:
        raise SettingsError(f"{path}: {file.name} is larger than {most:,} bytes; make it smaller.")
    return content
