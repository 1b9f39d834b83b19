"""The settings as a page: every table and setting with type, default and meaning, read from the models."""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from msp_audit.cli.pages.markdown import link, one_line, page, table, word, words
from msp_audit.settings import Settings
from msp_audit.settings.secret import SecretReference

_KINDS = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
    Path: "path",
    datetime: "time, `2026-11-16T06:00:00Z`",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of the settings file."""

    #: ``psa.http``; empty for the top of the file.
    path: str
    model: type[BaseModel]
    #: What the field that holds it says.
    said: str
    #: Its value when the file does not mention it; None where it must, or need not exist.
    default: BaseModel | None


def settings_page() -> str:
    """The page of every setting."""
    tables: dict[type[BaseModel], list[Table]] = {}
    for item in settings_tables():
        tables.setdefault(item.model, []).append(item)
    return page(
        "Settings",
        "A workspace is a folder with `msp-audit.toml`; `msp-audit init` writes one to fill in. "
        "A relative path starts at that file. An unknown setting is an error, never passed over.",
        "A **secret** is never written into the file. It is `env:NAME` for an environment variable, "
        "`file:path` for a file that holds nothing else, `credential:NAME` for one of systemd's, or "
        f"`keyring:SERVICE/NAME` for the system's key ring. See {link('Security', 'security.md')}.",
        *(_section(places) for places in tables.values()),
    )


def settings_tables() -> Iterator[Table]:
    """Each table of the file, a table before those within it."""
    yield Table(path="", model=Settings, said="", default=None)
    yield from _nested("", Settings)


def _nested(path: str, model: type[BaseModel]) -> Iterator[Table]:
    comments = _comments(model)
    for name, field in model.model_fields.items():
        inner = _model_of(field.annotation)
        if inner is not None:
            child = f"{path}.{name}".strip(".") + _place(field.annotation)
            default = field.default if isinstance(field.default, inner) else None
            yield Table(path=child, model=inner, said=comments.get(name, ""), default=default)
            yield from _nested(child, inner)


def _place(annotation: Any) -> str:  # noqa: ANN401  (any annotation)
    origins = {get_origin(part) for part in (annotation, *get_args(annotation))}
    return "[]" if tuple in origins else ".<name>" if dict in origins else ""


def _model_of(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_of(part) for part in get_args(annotation))
    return next((model for model in found if model is not None), None)


def _section(places: Sequence[Table]) -> str:
    model = places[0].model
    comments = _comments(model)
    rows = [
        (
            word(name),
            _kind(field.annotation) + _bounds(field),
            _defaults(name, places),
            comments.get(name, ""),
        )
        for name, field in model.model_fields.items()
        if _model_of(field.annotation) is None and name != "root"
    ]
    heading = " ".join(word(_title(place.path)) for place in places if place.path) or "Top of the file"
    said = re.sub(r"docs/([\w/-]+\.md)", r"[\1](\1)", one_line(inspect.getdoc(model) or "")).replace(
        "``", "`"
    )
    texts = " ".join(dict.fromkeys((said, *(place.said for place in places)))).strip()
    return f"## {heading}\n\n{texts}\n\n{table(('setting', 'type', 'default', 'meaning'), rows)}"


def _title(path: str) -> str:
    if path.endswith("[]"):
        return f"[[{path.removesuffix('[]')}]]"
    return f"[{path}]"


def _defaults(name: str, places: Sequence[Table]) -> str:
    """The default; where it differs by place, each place with its own."""
    field = places[0].model.model_fields[name]
    found = {
        place.path.partition(".")[0]: _shown(getattr(place.default, name))
        if place.default
        else _default(field)
        for place in places
    }
    if len(set(found.values())) == 1:
        return next(iter(found.values()))
    return ", ".join(f"{path} {value}" for path, value in found.items())


def _kind(annotation: Any) -> str:  # noqa: ANN401
    origin, parts = get_origin(annotation), [p for p in get_args(annotation) if p is not type(None)]
    if origin is Literal:
        return " or ".join(word(str(value)) for value in parts)
    if origin is tuple:
        return f"list of {_kind(parts[0])}"
    if origin is dict:
        return "table" if get_origin(parts[1]) is dict else f"table of {_kind(parts[1])}"
    if annotation is SecretReference:
        return "secret"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return " or ".join(word(str(item.value)) for item in annotation)
    if parts and annotation not in _KINDS:
        return _kind(parts[0])
    return _KINDS.get(annotation, getattr(annotation, "__name__", "value"))


def _bounds(field: Any) -> str:  # noqa: ANN401
    signs = {"gt": "over", "ge": "from", "lt": "under", "le": "to"}
    found = [
        f"{text} {getattr(item, sign):g}"
        for item in field.metadata
        for sign, text in signs.items()
        if getattr(item, sign, None) is not None
    ]
    return f", {' '.join(found)}" if found else ""


def _default(field: Any) -> str:  # noqa: ANN401
    value = field.get_default(call_default_factory=True)
    return "required" if value is PydanticUndefined else _shown(value)


def _shown(value: Any) -> str:  # noqa: ANN401
    if value is None or value in ((), {}):
        return "none"
    if isinstance(value, dict):
        return words(f"{name} = {json.dumps(item)}" for name, item in value.items())
    if isinstance(value, tuple):
        return word(json.dumps(list(value)))
    if isinstance(value, Path | Enum):
        return word(json.dumps(str(value.value if isinstance(value, Enum) else value.as_posix())))
    return word(json.dumps(value))


def _comments(model: type[BaseModel]) -> dict[str, str]:
    """Field to the ``#:`` lines above it."""
    lines = textwrap.dedent(inspect.getsource(model)).splitlines()
    (definition,) = ast.parse("\n".join(lines)).body
    if not isinstance(definition, ast.ClassDef):
        return {}
    found = {}
    for node in definition.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            said: list[str] = []
            line = node.lineno - 2
            while lines[line].strip().startswith("#:"):
                said.insert(0, lines[line].strip().removeprefix("#:").strip())
                line -= 1
            found[node.target.id] = " ".join(said).replace("``", "`")
    return found
