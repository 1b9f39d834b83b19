"""The first hour without an account: an invented MSP, three weekly readings, everything real but the MSP."""

from __future__ import annotations

import logging
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from msp_audit.cli.scaffold import copy_notebooks, template, write_workspace
from msp_audit.cli.talk import judging_progress, reading_progress
from msp_audit.cli.tell import tell_run
from msp_audit.errors import SettingsError
from msp_audit.sandbox import Sandbox, sample_weeks, samples_folder, serve_forever
from msp_audit.settings import SETTINGS_FILE
from msp_audit.workspace import Workspace

#: Invented, and printed in the manual.
_SECRETS = {
    "psa-public-key": "public",
    "psa-private-key": "private",
    "automate-password": "automate",
    "auvik-key": "auvik",
}


def run_demo(folder: Path) -> None:
    """Audit the samples into *folder*; weeks that are done already are left as they are."""
    # A person watches; the log lines are for schedulers.
    logging.getLogger("msp_audit").setLevel(logging.WARNING)
    is_new = _read_weeks(folder, is_quiet=False)
    workspace = Workspace.open(folder)
    if is_new:
        workspace.report()
        workspace.deliver()
    _tell(workspace)


def demo_workspace(folder: Path) -> Workspace:
    """The invented MSP's workspace in *folder*, read and judged without a word: for notebooks."""
    _read_weeks(folder, is_quiet=True)
    return Workspace.open(folder)


def serve_sandbox(estate: Path | None, *, port: int) -> None:
    """Serve *estate* (the last sample week by default) until interrupted."""
    if estate is None:
        estate = sample_weeks(samples_folder())[-1]
    if not (estate / "estate.json").is_file():
        raise SettingsError(f"{estate} is no estate folder: it has no estate.json.")
    sys.stderr.write(f"Serving {estate} at http://127.0.0.1:{port}; Ctrl-C ends it.\n")
    serve_forever(estate, port=port)


def _read_weeks(folder: Path, *, is_quiet: bool) -> bool:
    """Read and judge the weeks that are not done yet; whether there were any."""
    samples = samples_folder()
    prepare_workspace(folder, samples)
    done = _done(folder)
    todo = [week for week in sample_weeks(samples) if _reading_at(week) not in done]
    if not todo:
        return False
    with Sandbox(todo[0]) as sandbox:
        for week in todo:
            sandbox.serve(week)
            workspace = Workspace.open(folder, overrides=_overrides(folder, sandbox, week))
            if is_quiet:
                workspace.snapshot()
                workspace.audit()
            else:
                _run_week(workspace, week)
    return True


def _run_week(workspace: Workspace, week: Path) -> None:
    sys.stderr.write(f"Week of {_reading_at(week):%Y-%m-%d}\n")
    with reading_progress() as reading, judging_progress() as judging:
        workspace.snapshot(progress=reading)
        workspace.audit(progress=judging)


def _overrides(folder: Path, sandbox: Sandbox, week: Path) -> dict[str, Any]:
    import tomllib

    document = tomllib.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8"))
    document["psa"]["url"] = sandbox.psa_url
    document["automate"]["url"] = sandbox.automate_url
    document["automate"]["exports"] = str((week / "automate" / "tables").resolve())
    document["auvik"]["url"] = sandbox.auvik_url
    document["auvik"]["inventory_mappings"] = str(copied_mappings(week).resolve())
    document["as_of"] = _reading_at(week)
    return {name: document[name] for name in ("psa", "automate", "auvik", "as_of")}


def prepare_workspace(folder: Path, samples: Path) -> None:
    """Make *folder* the invented MSP's workspace, unless it is one already.

    Raises:
        SettingsError: the folder is another workspace, or cannot be written.
    """
    path = folder / SETTINGS_FILE
    if path.exists():
        if "Northwind Managed IT" not in path.read_text(encoding="utf-8"):
            raise SettingsError(f"{path} belongs to another workspace; give the demo its own --folder.")
    else:
        week = sample_weeks(samples)[-1]
        settings = template("demo.toml").replace("@EXPORTS@", _shown(week / "automate" / "tables", folder))
        settings = settings.replace("@MAPPINGS@", _shown(copied_mappings(week), folder))
        write_workspace(folder, settings + (samples / "auvik_sync.toml").read_text(encoding="utf-8"))
        copy_notebooks(folder / "notebooks", shows_samples=True)
    secrets = folder / "secrets"
    secrets.mkdir(mode=0o700, exist_ok=True)
    for name, value in _SECRETS.items():
        (secrets / name).write_text(value, encoding="utf-8")


def copied_mappings(week: Path) -> Path:
    """The Inventory Mappings table of a reading, as a person copied it out of Auvik."""
    return next((week / "auvik").glob("inventory_mappings_*.tsv"))


def _shown(path: Path, folder: Path) -> str:
    is_inside = path.is_relative_to(folder.resolve())
    return (Path(os.path.relpath(path, folder)) if is_inside else path).as_posix()


def _done(folder: Path) -> set[datetime]:
    workspace = Workspace.open(folder)
    if not workspace.published.exists():
        return set()
    return {as_of for (as_of,) in workspace.sql("select as_of from audit.runs where finished_at is not null")}


def _reading_at(week: Path) -> datetime:
    text = orjson.loads((week / "estate.json").read_bytes())["reading_at"]
    return datetime.fromisoformat(text).replace(tzinfo=None)


def _tell(workspace: Workspace) -> None:
    run = workspace.last_run()
    if run is None:
        return
    tell_run(workspace, run)
    output = workspace.settings.root / "reports" / "output"
    for path in sorted(output.rglob("*")):
        if path.suffix == ".eml" or (path.is_file() and f"{run.as_of:%Y-%m-%d}" in path.name):
            sys.stdout.write(f"{path.suffix.removeprefix('.').upper():<9} {path}\n")
