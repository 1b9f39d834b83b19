"""The register of what was planted, written for programs (manifest.json) and for people (README.md)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from msp_audit.domain import Record
from msp_audit.sandbox.estate.declarations import DECLARATIONS, SPEAKS_UNDER
from msp_audit.sandbox.estate.planting import Planted, Planting

#: Rules that wait for a workspace without the plugin's tables; tests read the samples over REST alone.
ONLY_OVER_REST = dict.fromkeys(
    (
        "sync.client_without_external_id",
        "sync.location_without_external_id",
        "sync.network_device_without_sync_flag",
    ),
    "Judged only where the plugin's tables are not read; the samples have them.",
)
#: A demo that read a fourth tool would be harder to follow.
ONLY_WITH_FILES = dict.fromkeys(
    (
        "coverage.asset_long_unseen",
        "coverage.configuration_inactive_asset_online",
        "coverage.organisation_unmapped",
        "identity.asset_ambiguous",
        "identity.asset_in_other_company",
        "identity.asset_serial_placeholder",
    ),
    "About tools that are read from files, of which the samples have none; tests/workspace plants them.",
)

_HEAD = """# The invented MSP

Northwind Managed IT and its clients: {companies} companies, {sites} sites, {computers} computers and
{devices} network devices, read on three Mondays. All names, serials and addresses are invented. Each
folder holds one reading, in every shape in which the sources answer:

| path | what |
| --- | --- |
| `<date>/psa/*.ndjson` | ConnectWise PSA, one file a list, one record a line |
| `<date>/automate/rest/*.ndjson` | ConnectWise Automate, REST answers |
| `<date>/automate/tables/*.csv` | the same server's tables as exported, the Manage plugin's among them |
| `<date>/automate/labtech.sql` | the same tables as a database dump (MariaDB, MySQL) |
| `<date>/auvik/*.ndjson` | Auvik, both versions of the device list, details, interfaces |
| `auvik_sync.toml` | what was declared in Auvik's inventory sync; one for all weeks |
| `manifest.json` | what each rule must report in which week; everything else must stay silent |

Made by `python -m msp_audit.sandbox.estate data/samples --sample`; do not edit by hand: a test makes it
anew and compares.

## Planted faults
"""


def manifest(planting: Planting) -> Record:
    """The register as data; keys as text, weeks as dates."""
    dates = [reading.date().isoformat() for reading in planting.world.plan.readings]
    return {
        "findings": _findings(planting.findings, dates),
        "declarations": [
            {"name": name, "auvik_sync": members,
             "rules": sorted(rule for rule, where in SPEAKS_UNDER.items() if where == name),
             "findings": _findings(
                 [one for one in planting.findings_elsewhere if SPEAKS_UNDER[one.rule] == name], dates)}
            for name, members in DECLARATIONS.items()
        ],
        "look_alikes": [
            {"rule": one.rule, "key": one.key, "story": one.story}
            for one in sorted(planting.look_alikes, key=lambda one: (one.rule, sorted(one.key.items())))
        ],
        "not_planted": ONLY_OVER_REST | ONLY_WITH_FILES,
    }  # fmt: skip


def _findings(planted: Iterable[Planted], dates: Sequence[str]) -> list[Record]:
    return [
        {"rule": one.rule, "key": one.key, "weeks": [dates[week] for week in one.weeks],
         "company": one.company, "story": one.story}
        for one in sorted(planted, key=lambda one: (one.rule, sorted(one.key.items())))
    ]  # fmt: skip


def write(folder: Path, *, planting: Planting) -> None:
    """Write both files."""
    register = manifest(planting)
    text = json.dumps(register, ensure_ascii=False, indent=1) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    (folder / "README.md").write_text(readme(planting), encoding="utf-8")


def readme(planting: Planting) -> str:
    """The register as prose and tables."""
    plan = planting.world.plan
    dates = [reading.date().isoformat() for reading in plan.readings]
    register = manifest(planting)
    lines = [
        _HEAD.format(
            companies=plan.companies, sites=plan.sites, computers=plan.computers, devices=plan.devices
        )
    ]
    lines.append(
        f"{len(register['findings'])} findings over {len(dates)} weeks. A dot means: not in that week.\n"
    )
    for rule, findings in groupby(register["findings"], key=lambda one: one["rule"]):
        lines += [f"### {rule}\n", "| company | key | what is planted | " + " | ".join(dates) + " |"]
        lines.append("| --- | --- | --- |" + " --- |" * len(dates))
        for one in findings:
            weeks = " | ".join("yes" if date in one["weeks"] else "·" for date in dates)
            lines.append(f"| {_cell(one['company'])} | {_key(one)} | {_cell(one['story'])} | {weeks} |")
        lines.append("")
    lines += ["## Look-alikes that must stay silent\n", "| rule | key | why not |", "| --- | --- | --- |"]
    lines += [f"| {one['rule']} | {_key(one)} | {_cell(one['story'])} |" for one in register["look_alikes"]]
    lines += ["", "## Under another declaration of Auvik's sync\n"]
    lines += [
        "The samples declare one sync; these rules speak under another, which `manifest.json` spells out.\n"
    ]
    lines += ["| declaration | rule | key | what it makes of the estate |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {each['name']} | {one['rule']} | {_key(one)} | {_cell(one['story'])} |"
        for each in register["declarations"]
        for one in each["findings"]
    ]
    lines += ["", "## Rules that the samples cannot trip\n", "| rule | why |", "| --- | --- |"]
    lines += [f"| {rule} | {_cell(why)} |" for rule, why in register["not_planted"].items()]
    lines += ["", "## Hostile and broken data\n", "| what | where |", "| --- | --- |"]
    lines += [f"| {_cell(one.what)} | {_cell(one.where)} |" for one in planting.conditions]
    return "\n".join(lines) + "\n"


def _key(one: Record) -> str:
    return _cell(", ".join(one["key"].values()))


def _cell(text: str) -> str:
    """Text that cannot leave its cell or become HTML."""
    for sign, shown in (
        ("\\", "\\\\"),
        ("|", "\\|"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ("\n", " "),
        ("\u202e", ""),
    ):
        text = text.replace(sign, shown)
    return text
