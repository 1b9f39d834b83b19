"""What Auvik's inventory sync would do under other settings, and a first draft of those settings."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from msp_audit.connectors.auvik.declared import declared_records
from msp_audit.domain import Rows
from msp_audit.errors import SettingsError
from msp_audit.settings.auvik_sync import AuvikAssumptions, AuvikSync
from msp_audit.store.whatif import WhatIf
from msp_audit.tomlfile import parse_toml

if TYPE_CHECKING:
    from msp_audit.workspace.workspace import Workspace

_CHANGES = """
select
    coalesce(companies.name, '') as company,
    coalesce(tenants.name, '') as tenant,
    coalesce(devices.name, '') as device,
    before.outcome as now,
    after.outcome as then,
    after.reason,
    before.configuration_id as configuration_now,
    after.configuration_id as configuration_then,
    after.device_id
from core.auvik_predictions as after
join published.core.auvik_predictions as before on after.device_id = before.device_id
join auvik.devices as devices on after.device_id = devices.device_id
left join auvik.tenants as tenants on after.tenant_id = tenants.tenant_id
left join published.psa.companies as companies
    on coalesce(after.company_id, before.company_id) = companies.company_id
where before.outcome <> after.outcome or before.configuration_id is distinct from after.configuration_id
order by company, tenant, device, after.device_id
"""
_COUNTS = """
select
    coalesce(companies.name, 'company ' || predictions.company_id, '(tenant not mapped)') as company,
    count(*) filter (where predictions.outcome = 'match') as "match",
    count(*) filter (where predictions.outcome = 'create') as "create",
    count(*) filter (where predictions.outcome = 'ambiguous') as ambiguous,
    count(*) filter (where predictions.outcome = 'blocked') as blocked,
    count(*) filter (where predictions.outcome = 'waiting') as waiting,
    count(*) filter (where predictions.outcome = 'excluded') as excluded
from core.auvik_predictions as predictions
left join psa.companies as companies on predictions.company_id = companies.company_id
group by all
order by company
"""


_FLIPS = """
select
    options.flipped_option as option,
    flips.outcome_now as now,
    flips.outcome as then,
    count(flips.device_id) as devices,
    min(devices.name) as example
from (select distinct outcomes.flipped_option from core.auvik_outcomes as outcomes) as options
left join core.auvik_prediction_flips as flips on options.flipped_option = flips.flipped_option
left join auvik.devices as devices on flips.device_id = devices.device_id
where options.flipped_option <> 'declared'
group by options.flipped_option, flips.outcome_now, flips.outcome
order by option, devices desc, flips.outcome_now, flips.outcome
"""


def predicted_counts(workspace: Workspace) -> Rows:
    """One row a company: its devices by what the sync will do with them."""
    return workspace.sql(_COUNTS)


def predicted_flips(workspace: Workspace) -> Rows:
    """What turning over each option by itself would change: devices by what happens now and then.

    ``identifiers`` means their order, ``inventory`` the box of the site mapping.
    """
    return workspace.sql(_FLIPS)


def predicted_changes(workspace: Workspace, changes: Sequence[str]) -> Rows:
    """The devices with which the sync would do something else if *changes* (``option=value``) were declared.

    Raises:
        SettingsError: Auvik is not configured, nothing is declared, or a change is not understood.
        StoreError: nothing was published yet.
    """
    sync = changed_sync(declared_sync(workspace), changes)
    replaced = {f"auvik.{resource}": rows for resource, rows in declared_records(sync).items()}
    for row in replaced["auvik.sync_site_map"]:
        row["domain_prefix"] = str(row["domain_prefix"]).lower()
    with WhatIf(
        workspace.published,
        views=workspace.views,
        wanted="core.auvik_predictions",
        replaced=replaced,
        workspace=workspace.settings.root,
    ) as made:
        return made.query(_CHANGES)


def declared_sync(workspace: Workspace) -> AuvikSync:
    """What the settings declare.

    Raises:
        SettingsError: they declare nothing.
    """
    auvik = workspace.settings.auvik
    if auvik is None or auvik.sync is None:
        raise SettingsError(
            "The settings have no [auvik.sync]. 'msp-audit init auvik-sync' drafts it from the last snapshot."
        )
    return auvik.sync


def changed_sync(sync: AuvikSync, changes: Iterable[str]) -> AuvikSync:
    """*sync* with each ``option=value`` set; a dot reaches into a table, an empty value removes an entry.

    Raises:
        SettingsError: it is not understood, or what comes out cannot be declared.
    """
    document: dict[str, Any] = sync.model_dump(mode="python")
    for change in changes:
        path, equals, text = change.partition("=")
        if not equals:
            raise SettingsError(
                f"'{change}' is no change; write option=value, for example managed_only=false."
            )
        *tables, name = [part.strip() for part in path.split(".", 1)]
        target = document
        for table in tables:
            target = target.setdefault(table, {})
        if text.strip():
            target[name] = _value(text.strip(), is_list=name == "identifiers")
        else:
            target.pop(name, None)
    try:
        return AuvikSync.model_validate(document)
    except ValidationError as error:
        told = "; ".join(_complaint(item["loc"], item["type"], item["msg"]) for item in error.errors())
        told = told if told.endswith(("?", ".")) else f"{told}."
        raise SettingsError(f"With {', '.join(changes)} the sync cannot be declared: {told}") from None


def _complaint(location: tuple[int | str, ...], kind: str, message: str) -> str:
    place = ".".join(str(part) for part in location)
    if kind != "extra_forbidden":
        text = message.removeprefix("Value error, ")
        return f"{place}: {text}" if place and not text.startswith(place) else text
    known = list((AuvikAssumptions if location[0] == "assumptions" else AuvikSync).model_fields)
    near = difflib.get_close_matches(str(location[-1]), known, n=1)
    return f"there is no option {place}" + (
        f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known)}"
    )


def _value(text: str, *, is_list: bool) -> Any:  # noqa: ANN401  (any TOML value)
    if is_list and not text.startswith("["):
        return [part.strip() for part in text.split(",")]
    try:
        return parse_toml(f"value = {text}")["value"]
    except ValueError:
        return text


def sync_skeleton(workspace: Workspace) -> str:
    """A filled-in ``[auvik.sync]``: classes, makes and tenants of the last snapshot, and what fits by name.

    Raises:
        StoreError: nothing was published yet.
    """
    lines = [
        "# Draft of [auvik.sync], from the last snapshot. No API tells these settings: compare every line",
        "# with Auvik, Integrations > ConnectWise PSA > Inventory. '# by name' marks a guess by equal names;",
        "# a line that begins with # is still to be filled in.",
        "[auvik.sync]",
        "enabled = true",
        'identifiers = ["serial_number", "device_name"]',
        "use_configuration_type_when_matching = false",
        "only_match_active = false",
        "managed_only = false",
        '# update_matched_as_active = "Active"',
        '# inactive_on_delete = "Inactive"',
        "field_sync = []",
        f"# Statuses to choose from: {_listed(workspace, _STATUSES)}",
        f"# Configuration types to choose from: {_listed(workspace, _TYPES)}",
        "",
        "[auvik.sync.class_map]",
        *_lines(workspace, _CLASSES, _text),
        "",
        "[auvik.sync.make_map]",
        *_lines(workspace, _MAKES, lambda value: f"{{ manufacturer = {_text(value)} }}"),
        "",
        "[auvik.sync.site_map]",
        *_lines(workspace, _TENANTS, lambda value: f"{{ company_id = {value} }}"),
    ]
    return "\n".join(lines) + "\n"


_STATUSES = "select statuses.name from psa.configuration_statuses as statuses order by 1"
_TYPES = "select types.name from psa.configuration_types as types where not types.is_inactive order by 1"
_CLASSES = """
select devices.device_type as key, min(types.name) as guess, count(distinct devices.device_id) as seen
from auvik.devices as devices
left join psa.configuration_types as types
    on replace(lower(types.name), ' ', '') = lower(devices.device_type)
    and not coalesce(types.is_inactive, false)
where devices.device_type is not null and devices.device_type <> 'unknown' group by 1 order by 1
"""
_MAKES = """
select devices.make as key, min(makers.name) as guess, count(distinct devices.device_id) as seen
from auvik.devices as devices
left join psa.manufacturers as makers
    on lower(makers.name) = lower(devices.make) and not coalesce(makers.is_inactive, false)
where devices.make is not null group by 1 order by 1
"""
_TENANTS = """
select
    tenants.domain_prefix as key,
    case when count(distinct companies.company_id) = 1 then min(companies.company_id) end as guess,
    count(distinct devices.device_id) as seen
from auvik.tenants as tenants
left join psa.companies as companies
    on lower(companies.name) = lower(tenants.name) and not companies.is_deleted
left join auvik.devices as devices on tenants.tenant_id = devices.tenant_id
where coalesce(tenants.tenant_type, '') <> 'multiClient' and tenants.domain_prefix is not null
group by 1 order by 1
"""


def _lines(workspace: Workspace, query: str, written: Any) -> list[str]:  # noqa: ANN401  (a formatter)
    lines = []
    for key, guess, seen in workspace.sql(query):
        noted = f"{seen} devices"
        value = written(guess) if guess is not None else written("?")
        mark = "" if guess is not None else "# "
        lines.append(f"{mark}{_text(key)} = {value}  # {'by name, ' if guess is not None else ''}{noted}")
    return lines


def _listed(workspace: Workspace, query: str) -> str:
    return ", ".join(" ".join(str(name).split()) for (name,) in workspace.sql(query))


def _text(value: object) -> str:
    return json.dumps(str(value), ensure_ascii=False)
