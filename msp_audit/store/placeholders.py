"""Values that identify nothing: the lists that ship, and what a workspace adds in files of the same name."""

from __future__ import annotations

from pathlib import Path

from msp_audit.errors import SettingsError

_HERE = Path(__file__).parent
#: Table in ``main`` -> file, here and in the workspace's folder.
LISTS = {"placeholder_serials": "placeholder_serials.txt", "placeholder_macs": "placeholder_macs.txt"}


def placeholder_values(workspace: Path | None = None) -> dict[str, tuple[str, ...]]:
    """Table -> its values, ours and those of the *workspace*: serials in lower case, MACs as hex digits.

    Raises:
        SettingsError: the workspace's file cannot be read, or a MAC in it is none.
    """
    values: dict[str, tuple[str, ...]] = {}
    for table, name in LISTS.items():
        found = _lines(_HERE / name)
        if workspace is not None and (workspace / name).is_file():
            found += _lines(workspace / name)
        tidy = _mac if table == "placeholder_macs" else _serial
        values[table] = tuple(sorted({tidy(text, place=place) for text, place in found}))
    return values


def _lines(path: Path) -> list[tuple[str, str]]:
    """Values with the place where each stands; a # begins a comment, a blank line is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.") from error
    tidied = ((line.split(" #")[0].strip(), f"{path}:{place}") for place, line in enumerate(lines, start=1))
    return [(text, place) for text, place in tidied if text and not text.startswith("#")]


def _serial(text: str, *, place: str) -> str:
    del place
    return text.lower()


def _mac(text: str, *, place: str) -> str:
    digits = "".join(sign for sign in text.lower() if sign in "0123456789abcdef")
    if len(digits) not in (6, 8, 10, 12):
        advice = "write 12 hex digits, or the first 6, 8 or 10"
        raise SettingsError(f"{place}: '{text}' is no MAC address; {advice}.")
    return digits
