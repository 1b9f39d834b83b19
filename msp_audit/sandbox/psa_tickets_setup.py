"""Lists that only tickets need: types, subtypes and items of a board, sources, contacts."""

from __future__ import annotations

import re

from msp_audit.domain import Record
from msp_audit.sandbox.reading import Reading

_OF_A_BOARD = re.compile(r"/service/boards/(?P<board>\d+)/(?P<name>types|subtypes|items)", re.IGNORECASE)
_NAMES = {
    "types": ("Incident", "Request"),
    "subtypes": ("Hardware", "Integration"),
    "items": ("Mapping", "Agent"),
}
_SOURCES = ("Phone", "Email Connector", "API")


def setup_list(path: str, reading: Reading) -> list[Record] | None:
    """The records of a setup list; None when *path* is none."""
    if (found := _OF_A_BOARD.fullmatch(path)) is not None:
        board = int(found["board"])
        if reading.psa("boards").position_of(found["board"]) is None:
            return None
        name = found["name"].lower()
        offset = 10 * list(_NAMES).index(name)
        return [
            {"id": board * 100 + offset + place, "name": word, "board": {"id": board}, "inactiveFlag": False}
            for place, word in enumerate(_NAMES[name])
        ]
    if path.lower() == "/service/sources":
        return [{"id": place, "name": name} for place, name in enumerate(_SOURCES, start=1)]
    if path.lower() == "/company/contacts":
        return [
            {"id": 7001, "firstName": "Jonas", "lastName": "Olsen", "company": {"id": 2}},
            {"id": 7002, "firstName": "Ada", "lastName": "Berg", "company": {"id": 2}},
        ]
    return None
