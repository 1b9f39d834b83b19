"""Takes signs out of a parsed document that no database keeps: NUL, and halves of surrogate pairs."""

from __future__ import annotations

from typing import Any


def mended(document: Any) -> Any:  # noqa: ANN401  (any JSON)
    """*document*, changed in place, with text that can be kept; at any depth, also in names of members."""
    if type(document) is str:
        return _text(document)
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if type(node) is dict:
            if any(name != _text(name) for name in node):
                members = {_text(name): value for name, value in node.items()}
                node.clear()
                node.update(members)
            places: Any = list(node.items())
        elif type(node) is list:
            places = enumerate(node)
        else:
            continue
        for place, value in places:
            if type(value) is str:
                node[place] = _text(value)
            elif type(value) is dict or type(value) is list:
                waiting.append(value)
    return document


def _text(value: str) -> str:
    value = value.replace("\x00", "")
    if value.isascii():
        return value
    return value.encode("utf-8", "replace").decode()
