"""What pydantic found wrong in a file, in a person's words, without repeating what the file holds."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

#: Places that are named before the rest is only counted.
NAMED_PLACES = 20
#: Letters of one place or message; both may hold what the file says.
LETTERS = 400


def complaint(path: Path, error: ValidationError, *, model: type[BaseModel]) -> str:
    """One line for each place in *path* that *model* does not take; a near name is suggested."""
    found = error.errors(include_input=False, include_url=False)
    lines = [f"{path}: is not understood."]
    for item in found[:NAMED_PLACES]:
        place = ".".join(str(part) for part in item["loc"] if part != "function-plain") or "(file)"
        message = item["msg"].removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            message = f"unknown setting{_suggestion(item['loc'], model=model)}"
        lines.append(f"  {_short(place)}: {_short(message)}")
    if len(found) > NAMED_PLACES:
        lines.append(f"  … and {len(found) - NAMED_PLACES} more")
    return "\n".join(lines)


def _short(text: str) -> str:
    clean = "".join(letter if letter.isprintable() else " " for letter in text)
    return clean if len(clean) <= LETTERS else clean[: LETTERS - 1] + "…"


def _suggestion(location: tuple[int | str, ...], *, model: Any) -> str:  # noqa: ANN401  (walks down any annotation)
    for part in location[:-1]:
        field = getattr(model, "model_fields", {}).get(part)
        if field is None:
            return ""
        model = next((t for t in _types(field.annotation) if issubclass(t, BaseModel)), None)
    known = list(getattr(model, "model_fields", {}))
    near = difflib.get_close_matches(str(location[-1])[:LETTERS], known, n=1)
    return f"; did you mean '{near[0]}'?" if near else f"; known here: {', '.join(known)}" if known else ""


def _types(annotation: Any) -> list[type]:  # noqa: ANN401
    nested = getattr(annotation, "__args__", ())
    return [t for t in (annotation, *nested) if isinstance(t, type)]
