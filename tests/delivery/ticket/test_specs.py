"""Every request that is sent, against the vendor's own API description: members, lengths, words, paths."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from msp_audit.delivery.ticket import try_out
from tests.delivery.ticket.harness import READING, Bench, finding

#: As the stand-in writes them -> as the description does.
PATHS = {
    "/service/tickets": "/service/tickets",
    "/service/tickets/{}": "/service/tickets/{id}",
    "/service/tickets/{}/notes": "/service/tickets/{parentId}/notes",
    "/system/documents": "/system/documents",
}


@cache
def described(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return found


def wrong_with(body: Any, schema: Mapping[str, Any], document: Mapping[str, Any], where: str) -> list[str]:
    """What a strict reader of the description would refuse."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    found: list[str] = []
    if isinstance(body, dict):
        properties = schema.get("properties", {})
        found += [f"{where}.{name} is unknown" for name in body if name not in properties]
        found += [f"{where}.{name} is missing" for name in schema.get("required", ()) if name not in body]
        for name in body.keys() & properties.keys():
            found += wrong_with(body[name], properties[name], document, f"{where}.{name}")
        return found
    kinds = {str: "string", bool: "boolean", int: "integer", float: "number"}
    if schema.get("type") not in (kinds.get(type(body)), "object", None):
        found.append(f"{where} is a {type(body).__name__}, not {schema['type']}")
    if isinstance(body, str) and len(body) > schema.get("maxLength", len(body)):
        found.append(f"{where} is longer than {schema['maxLength']}")
    if body not in schema.get("enum", [body]):
        found.append(f"{where} = {body} is not among {schema['enum']}")
    return found


@pytest.mark.specs
def test_every_request_is_as_the_vendor_describes_it(specs: Path, bench: Callable[..., Bench]) -> None:
    document = described(specs / "connectwise-psa" / "connectwise-psa-openapi-2025.1-reconstructed.json.gz")
    b = bench(
        close_when_resolved=True, attach=("txt",), status="New", type="Request", subtype="Integration",
        item="Mapping", source="API", contact="Jonas Olsen",
    )  # fmt: skip
    b.week(finding("1", company=None), finding("2" * 200, rule="rule." + "x" * 90))
    b.week(finding("1", company=None), finding("2", company=None))
    for ticket in b.open_tickets:
        b.sandbox.desk.close(ticket["id"], READING)
    b.wait(hours=1)
    b.run(finding("1", company=None))
    b.work()
    b.week()
    try_out(b.system, now=b.now, sleep=lambda _: None)
    sent = b.sandbox.desk.written
    assert {method for method, _, _ in sent} == {"POST", "PATCH"}
    seen = set()
    for method, path, body in sent:
        generic = "/".join("{}" if part.isdecimal() else part for part in path.split("/"))
        seen.add((method, generic))
        operation = document["paths"][PATHS[generic]][method.lower()]
        content = next(iter(operation["requestBody"]["content"].values()))
        if method == "PATCH":
            ticket = document["components"]["schemas"]["Ticket"]["properties"]
            for item in body:
                assert item.keys() == {"op", "path", "value"}
                assert wrong_with(item["value"], ticket[item["path"]], document, item["path"]) == []
        elif path == "/system/documents":
            known = {
                name.lower() for name in document["components"]["schemas"]["DocumentFormData"]["properties"]
            }
            assert body.keys() <= known
            assert body["recordtype"] == "Ticket"
        else:
            assert wrong_with(body, content["schema"], document, path) == []
    assert len(seen) == 4


def test_the_checker_finds_what_is_wrong() -> None:
    document = {
        "components": {
            "schemas": {
                "T": {
                    "required": ["b"],
                    "properties": {
                        "a": {"type": "string", "maxLength": 2, "enum": ["x"]},
                        "b": {"type": "integer"},
                    },
                }
            }
        }
    }
    schema = {"$ref": "#/components/schemas/T"}
    assert len(wrong_with({"a": "abc", "c": 1}, schema, document, "t")) == 4
    assert wrong_with({"a": "x", "b": 1}, schema, document, "t") == []
    assert wrong_with({"b": "1"}, schema, document, "t") == ["t.b is a str, not integer"]
