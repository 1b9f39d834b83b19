"""Every request of a whole reading is a valid operation of the vendors' descriptions; answers fit too."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

from msp_audit.connectors.answer import Secrets
from msp_audit.connectors.base import Connector
from msp_audit.connectors.ninjaone import RESOURCES
from msp_audit.connectors.tape import Hook, Tape, taped
from msp_audit.sandbox import Sandbox, sample_weeks, samples_folder
from tests.connectors.test_contract import AUVIK, NINJAONE_DEVICES, PSA, _keys

__all__ = ["_keys"]

WEEK = sample_weeks(samples_folder())[-1]
#: ``doctor`` and sign-in; not below the API, so no description has it.
NOT_DESCRIBED = re.compile(r"/login/companyinfo/")
#: Answers to questions and values of custom fields are scalars; the description calls them objects.
WRONGLY_DESCRIBED = re.compile(r"\.(questions|customFields)\[\]\.(answer|value)$")
KINDS: dict[str, Any] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


@dataclass(frozen=True)
class Exchange:
    """One request and what came back."""

    method: str
    path: str
    query: dict[str, str]
    body: Any


@dataclass
class Listening(Tape):
    """Keeps what went over the wire."""

    exchanges: list[Exchange] = field(default_factory=list)

    def hook(self, *, source: str, secrets: Secrets) -> Hook:
        def listen(response: httpx.Response) -> None:
            response.read()
            url = response.request.url
            body = json.loads(response.content) if response.content.strip() else None
            one = Exchange(response.request.method, url.path, dict(url.params), body)
            self.exchanges.append(one)

        return listen

    def transport(self, *, source: str) -> None:
        """The server is asked."""


@cache
def document(path: Path) -> dict[str, Any]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if path.suffix == ".yaml":
        # It comes with other packages; only these tests need it, and they need the descriptions too.
        loaded: dict[str, Any] = import_module("yaml").safe_load(content)
        return loaded
    found: dict[str, Any] = json.loads(content)
    return found


def exchanges_of(connector: Connector) -> list[Exchange]:
    listening = Listening()
    with taped(listening):
        for _ in connector.read():
            pass
    connector.close()
    assert len(listening.exchanges) > 5
    return listening.exchanges


def operation_of(described: Mapping[str, Any], path: str) -> tuple[str, Mapping[str, Any]]:
    for template, item in described["paths"].items():
        pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template))
        if (
            "get" in item
            and re.fullmatch(pattern, path, re.IGNORECASE)
            and ("{" not in template or template.count("/") == path.count("/"))
        ):
            return template, item["get"]
    raise AssertionError(f"{path} is no operation")


def complaints(exchange: Exchange, path: str, described: Mapping[str, Any]) -> Iterator[str]:
    _, operation = operation_of(described, path)
    parameters = {
        one["name"]: one
        for one in (_resolved(parameter, described) for parameter in operation.get("parameters", ()))
        if one["in"] == "query"
    }
    for name, value in exchange.query.items():
        if name not in parameters:
            yield f"{path} has no parameter {name}"
        elif _kind(parameters[name], described) == "integer" and not value.isdecimal():
            yield f"{path} {name} is no number: {value}"
    for name, one in parameters.items():
        if one.get("required") and name not in exchange.query:
            yield f"{path} lacks {name}"


def _kind(parameter: Mapping[str, Any], described: Mapping[str, Any]) -> object:
    return _resolved(parameter.get("schema", {}), described).get("type")


def misfits(value: Any, schema: Mapping[str, Any], described: Mapping[str, Any], where: str) -> Iterator[str]:
    """Members of another type, or with another word, than the description has; null is left to chance."""
    schema = _resolved(schema, described)
    for part in schema.get("allOf", ()):
        yield from misfits(value, part, described, where)
    kind = schema.get("type")
    if value is None or kind not in KINDS or WRONGLY_DESCRIBED.search(where):
        return
    if not isinstance(value, KINDS[kind]) or (isinstance(value, bool) and kind != "boolean"):
        yield f"{where} is {type(value).__name__}, not {kind}"
    elif kind == "array":
        for item in value[:200]:
            yield from misfits(item, schema.get("items", {}), described, f"{where}[]")
    elif kind == "object":
        known = schema.get("properties", {})
        for name, inner in value.items():
            if name in known:
                yield from misfits(inner, known[name], described, f"{where}.{name}")
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{where} is {value!r}, none of {len(schema['enum'])} words"


def _resolved(node: Any, described: Mapping[str, Any]) -> Any:
    while "$ref" in node:
        found: Any = described
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(WEEK) as running:
        yield running


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """An estate without planted oddities."""
    from msp_audit.sandbox.estate import Plan, generate, weekly_readings

    plan = Plan(companies=10, sites=20, computers=60, devices=40, readings=weekly_readings(weeks=1))
    with Sandbox(generate(tmp_path_factory.mktemp("estate"), plan=plan)[0]) as running:
        yield running


@pytest.mark.specs
def test_every_request_of_a_psa_snapshot_is_described(sandbox: Sandbox, specs: Path) -> None:
    described = document(specs / "connectwise-psa" / "connectwise-psa-openapi-2025.1-reconstructed.json.gz")
    asked = [one for one in exchanges_of(PSA.connector(sandbox)) if not NOT_DESCRIBED.match(one.path)]
    assert {one.method for one in asked} == {"GET"}
    assert [
        complaint
        for one in asked
        for complaint in complaints(one, one.path.partition("/apis/3.0")[2], described)
    ] == []


@pytest.mark.specs
@pytest.mark.parametrize("interface", AUVIK, ids=lambda one: str(one.name))
def test_every_request_of_an_auvik_snapshot_is_described(
    sandbox: Sandbox, specs: Path, interface: Any
) -> None:
    asked = exchanges_of(interface.connector(sandbox))
    assert {one.method for one in asked} == {"GET"}
    found = []
    for one in asked:
        path = one.path.removeprefix("/auvik")
        described = document(specs / f"auvik-openapi-{_auvik_version(path)}-2025-10.json")
        found += list(complaints(one, path, described))
    assert found == []


@pytest.mark.specs
def test_a_ninjaone_snapshot_asks_and_is_answered_as_described(sandbox: Sandbox, specs: Path) -> None:
    described = document(specs / "ninjaone-openapi-2.0.9-draft-2026-07.yaml")
    asked = [one for one in exchanges_of(NINJAONE_DEVICES.connector(sandbox)) if one.method == "GET"]
    paths = [one.path.removeprefix("/ninjaone") for one in asked]
    assert [
        say for one, path in zip(asked, paths, strict=True) for say in complaints(one, path, described)
    ] == []
    found: set[str] = set()
    for one, path in zip(asked, paths, strict=True):
        template, operation = operation_of(described, path)
        content = operation["responses"]["default"]["content"]["application/json"]
        found |= set(misfits(one.body, content["schema"], described, template))
        members = _resolved(content["schema"], described)
        members = members.get("items") or _resolved(members["properties"]["results"]["items"], described)
        resource = next(each for each in RESOURCES if each.path == path)
        assert set(resource.fields) <= set(_resolved(members, described)["properties"])
    assert found == set()


@pytest.mark.specs
@pytest.mark.parametrize("interface", [PSA, *AUVIK], ids=lambda one: str(one.name))
def test_the_sandbox_answers_as_described(clean: Sandbox, specs: Path, interface: Any) -> None:
    found: set[str] = set()
    for one in exchanges_of(interface.connector(clean)):
        if NOT_DESCRIBED.match(one.path):
            continue
        if interface is PSA:
            name = "connectwise-psa/connectwise-psa-openapi-2025.1-reconstructed.json.gz"
            path = one.path.partition("/apis/3.0")[2]
        else:
            path = one.path.removeprefix("/auvik")
            name = f"auvik-openapi-{_auvik_version(path)}-2025-10.json"
        described = document(specs / name)
        template, operation = operation_of(described, path)
        content = _resolved(operation["responses"]["200"], described).get("content", {})
        for media in list(content.values())[:1]:
            found |= set(misfits(one.body, media.get("schema", {}), described, template))
    assert found == set()


def _auvik_version(path: str) -> str:
    return "v2beta" if path.startswith("/v2") else "v1"
