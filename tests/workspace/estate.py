"""A workspace over a sandbox, week by week, as the demo has it but in a test's folder."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from msp_audit.cli.demo import copied_mappings, prepare_workspace
from msp_audit.domain import Run
from msp_audit.sandbox import Sandbox, samples_folder
from msp_audit.settings import SETTINGS_FILE
from msp_audit.workspace import Workspace

WEEKS = ("2026-11-02", "2026-11-09", "2026-11-16")


def manifest() -> dict[str, Any]:
    document: dict[str, Any] = orjson.loads((samples_folder() / "manifest.json").read_bytes())
    return document


def canonical(key: dict[str, str]) -> str:
    """A finding's key as text that can be compared."""
    return orjson.dumps(
        {name: str(value) for name, value in key.items()}, option=orjson.OPT_SORT_KEYS
    ).decode()


def found_in(workspace: Workspace, run: Run) -> set[tuple[str, str]]:
    """``(rule, key)`` of every finding that *run* saw."""
    seen = workspace.sql(
        "select rule, key::varchar from audit.findings where last_seen_run_id = $run_id",
        {"run_id": run.run_id},
    )
    return {(rule, canonical(orjson.loads(key))) for rule, key in seen}


def expected_of(findings: list[dict[str, Any]], week: str) -> set[tuple[str, str]]:
    """``(rule, key)`` of every one of the register's *findings* of that week."""
    return {(one["rule"], canonical(one["key"])) for one in findings if week in one["weeks"]}


@contextmanager
def sandbox_of(week: str) -> Iterator[Sandbox]:
    with Sandbox(samples_folder() / week) as sandbox:
        yield sandbox


def workspace_on(
    folder: Path, sandbox: Sandbox, week: str, *, estate: Path | None = None, **more: Any
) -> Workspace:
    """A demo workspace in *folder* whose addresses are the running *sandbox*, on the samples or *estate*."""
    estate = estate or samples_folder()
    prepare_workspace(folder, estate)
    document = tomllib.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8"))
    document["psa"]["url"] = sandbox.psa_url
    document["automate"]["url"] = sandbox.automate_url
    document["automate"]["exports"] = str(estate / week / "automate" / "tables")
    document["auvik"]["url"] = sandbox.auvik_url
    document["auvik"]["inventory_mappings"] = str(copied_mappings(estate / week))
    document["as_of"] = datetime.fromisoformat(f"{week}T06:00:00+00:00")
    document.update(more)
    return Workspace.open(folder, overrides=document)
