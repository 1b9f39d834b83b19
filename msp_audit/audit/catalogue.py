"""The rules there are: ours and the workspace's, checked for form, with the settings' overrides applied."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from msp_audit.audit.readiness import CAPABILITIES
from msp_audit.domain import Rule, Severity
from msp_audit.errors import RuleError, SettingsError
from msp_audit.settings import RuleSettings
from msp_audit.sqlfile import SqlFile, read_sql_file
from msp_audit.store import QueryFailed, inspect

BUILT_IN = Path(__file__).parent.parent / "rules"
_HEADER: dict[str, type | tuple[type, ...]] = {
    "title": str,
    "severity": str,
    "subject": str,
    "key": list,
    "parent": (str, list),
    "why": str,
    "remedy": str,
    "source": str,
    "params": dict,
    "tool_reports": list,
}
#: Parameters that the run itself supplies.
GIVEN_PARAMS = frozenset({"as_of"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRule:
    """A file that is no rule; named in the run, and the other rules go on."""

    name: str
    path: Path
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All rules by name, and the files that could not be read."""

    rules: tuple[Rule, ...]
    broken: tuple[BrokenRule, ...] = ()

    def rule(self, name: str) -> Rule:
        """The rule called *name*.

        Raises:
            RuleError: there is none; the nearest name is suggested.
        """
        for rule in self.rules:
            if rule.name == name:
                return rule
        near = difflib.get_close_matches(name, [rule.name for rule in self.rules], n=1)
        hint = f" Did you mean '{near[0]}'?" if near else " 'msp-audit rules' lists them."
        raise RuleError(f"There is no rule '{name}'.{hint}")


def load_catalogue(workspace_rules: Path | None, settings: RuleSettings) -> Catalogue:
    """Read every rule file; a workspace file of the same name replaces ours.

    Raises:
        SettingsError: the settings override a rule or parameter that does not exist.
    """
    files: dict[str, tuple[Path, Path, str]] = {}
    for root, origin in ((BUILT_IN, "built-in"), (workspace_rules, "workspace")):
        if root is not None and root.is_dir():
            for path in sorted(root.rglob("*.sql")):
                name = ".".join(path.relative_to(root).with_suffix("").parts)
                files[name] = (path, root, origin)
    rules: list[Rule] = []
    broken: list[BrokenRule] = []
    for name, (path, root, origin) in sorted(files.items()):
        try:
            rules.append(_rule(read_sql_file(path, root=root), origin))
        except RuleError as error:
            broken.append(BrokenRule(name=name, path=path, message=str(error)))
    known = {rule.name: rule for rule in rules}
    for rule in list(rules):
        problem = _parent_problem(rule, known)
        if problem:
            rules.remove(rule)
            broken.append(BrokenRule(name=rule.name, path=rule.path, message=problem))
    _check_overrides(settings, {*known, *(item.name for item in broken)}, known)
    kept = (rule for rule in rules if rule.name not in settings.disabled)
    return Catalogue(rules=tuple(_with_overrides(rule, settings) for rule in kept), broken=tuple(broken))


def company_params(rule: Rule, settings: RuleSettings) -> dict[int, dict[str, Any]]:
    """PSA company id to the parameters in force there, for the companies that override any of *rule*'s."""
    return {
        company: {**rule.params, **overrides[rule.name]}
        for company, overrides in settings.companies.items()
        if rule.name in overrides
    }


def _rule(file: SqlFile, origin: str) -> Rule:
    header = file.header
    _check_header(file)
    try:
        inspection = inspect(file.sql)
    except QueryFailed as error:
        raise RuleError(f"{file.path}:{file.first_line}: the query does not parse: {error}") from error
    if not inspection.is_single_select:
        raise RuleError(f"{file.path}:{file.first_line}: a rule is one select and nothing else.")
    params = dict(header.get("params", {}))
    unknown = sorted(inspection.params - set(params) - GIVEN_PARAMS)
    if unknown:
        raise RuleError(
            f"{file.path}:{file.first_line}: ${unknown[0]} is no parameter of this rule;"
            " give it a default below [params] in the header."
        )
    parent = header.get("parent", ())
    rule = Rule(
        name=file.name,
        title=header["title"],
        severity=Severity(header.get("severity", Severity.MEDIUM)),
        subject=header.get("subject", ""),
        key=tuple(header.get("key", ("entity_id",))),
        parents=tuple(p for p in ([parent] if isinstance(parent, str) else parent) if p),
        why=header.get("why", ""),
        remedy=header.get("remedy", ""),
        source=header.get("source", ""),
        params=params,
        sql=file.sql,
        path=file.path,
        origin=origin,
        digest="",
        tool_reports=tuple(header["tool_reports"]) if "tool_reports" in header else None,
    )
    return replace(rule, digest=_digest(rule))


def _check_header(file: SqlFile) -> None:
    for name, value in file.header.items():
        if name not in _HEADER:
            near = difflib.get_close_matches(name, _HEADER, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else f"; known here: {', '.join(_HEADER)}"
            raise RuleError(f"{file.path}:1: '{name}' is unknown in a rule's header{hint}.")
        if not isinstance(value, _HEADER[name]):
            raise RuleError(f"{file.path}:1: '{name}' in the header has the wrong type.")
    if not file.header.get("title"):
        raise RuleError(f'{file.path}:1: the header needs at least title = "…".')
    severity = file.header.get("severity", "medium")
    if severity not in list(Severity):
        raise RuleError(f"{file.path}:1: severity is '{severity}'; it is one of {', '.join(Severity)}.")
    unknown = [name for name in file.header.get("tool_reports", ()) if name not in CAPABILITIES]
    if unknown:
        known = ", ".join(CAPABILITIES)
        raise RuleError(f"{file.path}:1: no tool reports '{unknown[0]}'; tool_reports knows {known}.")
    key = file.header.get("key", ["entity_id"])
    if not key or not all(isinstance(column, str) for column in key):
        raise RuleError(f"{file.path}:1: key is a list of column names, at least one.")


def _parent_problem(rule: Rule, known: Mapping[str, Rule]) -> str:
    for parent in rule.parents:
        name, _, column = parent.rpartition(".")
        other = known.get(name)
        if other is None:
            return f"{rule.path}:1: the parent '{parent}' names no rule; write it as theme.rule.column."
        if other.key != (column,):
            return (
                f"{rule.path}:1: the parent '{parent}' must name the whole key of {name}, {list(other.key)}."
            )
    return ""


def _check_overrides(settings: RuleSettings, names: Iterable[str], known: Mapping[str, Rule]) -> None:
    named = {*settings.disabled, *settings.severity, *settings.params}
    named.update(name for company in settings.companies.values() for name in company)
    for name in sorted(named - set(names)):
        near = difflib.get_close_matches(name, known, n=1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise SettingsError(f"The settings speak of a rule '{name}', which does not exist.{hint}")
    for overrides in (settings.params, *settings.companies.values()):
        for name, params in overrides.items():
            for param in params:
                if name in known and param not in known[name].params:
                    raise SettingsError(
                        f"The settings give {name} a parameter '{param}', which it has not;"
                        f" it has {', '.join(known[name].params) or 'none'}."
                    )


def _with_overrides(rule: Rule, settings: RuleSettings) -> Rule:
    changed = replace(
        rule,
        severity=settings.severity.get(rule.name, rule.severity),
        params={**rule.params, **settings.params.get(rule.name, {})},
    )
    companies = company_params(changed, settings)
    return replace(changed, digest=_digest(changed, companies))


def _digest(rule: Rule, companies: Mapping[int, Mapping[str, Any]] | None = None) -> str:
    # Layout does not change what a rule says; its words do.
    facts = [" ".join(rule.sql.split()), rule.key, dict(rule.params), companies or {}]
    return hashlib.sha256(json.dumps(facts, default=str, sort_keys=True).encode()).hexdigest()[:16]
