"""Reads HTML the way a browser does: elements, attributes, text."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Document(HTMLParser):
    """All elements in order; the text of an element is all that stands inside it."""

    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in ("meta", "img", "br", "input", "link"):
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [e for e in self.elements if e.tag == tag and wanted.items() <= e.attributes.items()]

    def with_class(self, name: str) -> list[Element]:
        return [e for e in self.elements if name in e.attributes.get("class", "").split()]


def read_html(text: str) -> Document:
    document = Document()
    document.feed(text)
    document.close()
    return document


def grid_rows(document: Document) -> list[dict[str, Any]]:
    """What the table library is given, unpacked."""
    (packed,) = [e for e in document.all("script") if e.attributes.get("class") == "packed"]
    data = json.loads(gzip.decompress(base64.b64decode(packed.text)))
    names = ("id", "company", "rule", "severity", "what", "reason", "facts", "since", "age", "state", "links")
    rows = [dict(zip(names, row, strict=True)) for row in data["rows"]]
    for row in rows:
        row["company"] = data["companies"][row["company"]]["name"]
        row["rule"] = data["rules"][row["rule"]]
        row["severity"] = data["severities"][row["severity"]]
    return rows
