"""The catalogue as pages: one for each rule, with the cases that prove it as claims."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from msp_audit.audit import load_catalogue
from msp_audit.cli.pages.markdown import anchor, code, link, one_line, page, table, word, words
from msp_audit.connectors import CONNECTORS, views_folder_of
from msp_audit.connectors.automate.certainty import certainties
from msp_audit.domain import Rule
from msp_audit.settings import RuleSettings
from msp_audit.store import Views, inspect
from msp_audit.store.parts import ResourceName


def rule_pages(*, cases: Path) -> Iterator[tuple[str, str]]:
    """Name below ``docs/`` and text of each page; *cases* is the folder of the rules' case files."""
    rules = load_catalogue(None, RuleSettings()).rules
    views = Views.load({name: views_folder_of(name) for name in CONNECTORS})
    yield "rules/index.md", _index(rules)
    for rule in rules:
        yield f"rules/{rule.name}.md", _page(rule, cases=_cases(rule, cases), views=views)


def _index(rules: tuple[Rule, ...]) -> str:
    blocks = [
        f"{len(rules)} rules ship. A rule is one `.sql` file; {link('add your own', '../writing-rules.md')}."
        f" Severities and parameters can be changed in the {link('settings', '../settings.md#rules')}."
    ]
    for theme, members in groupby(rules, key=lambda rule: rule.theme):
        worst_first = sorted(members, key=lambda rule: (rule.severity.rank, rule.name))
        rows = [
            (link(word(rule.name), f"{rule.name}.md"), rule.severity.value, rule.title)
            for rule in worst_first
        ]
        blocks.append(f"## {theme}\n\n{table(('rule', 'severity', 'finds'), rows)}")
    return page("Rules", *blocks)


def _page(rule: Rule, *, cases: Mapping[str, Mapping[str, Any]], views: Views) -> str:
    return page(
        rule.name,
        f"**{rule.title}.** Severity {word(rule.severity.value)}.",
        f"**Why it matters.** {one_line(rule.why)}",
        f"**What to do.** {one_line(rule.remedy)}",
        _facts(rule),
        _certainty(rule, views),
        _params(rule),
        _claims(cases),
        "## Query\n\n`$as_of` is the time of the run. Every row is a finding; the columns after "
        f"the first four are its evidence.\n\n{code(rule.sql, language='sql')}",
    )


def _facts(rule: Rule) -> str:
    rows = [
        ("Identity of a finding", words((rule.name, *rule.key))),
        ("Examined", _relation(rule.subject)),
        ("Reads", ", ".join(_relation(name) for name in sorted(inspect(rule.sql).relations))),
    ]
    if rule.parents:
        parents = (parent.rpartition(".")[0] for parent in rule.parents)
        folded = ", ".join(link(word(parent), f"{parent}.md") for parent in parents)
        rows.append(("Folded under", f"{folded}, while that is open for the same record"))
    rows.append(("After", rule.source))
    return table(("", ""), rows)


def _certainty(rule: Rule, views: Views) -> str:
    """What is known of Automate's tables behind the rule, through every relation between."""
    resources = frozenset[ResourceName]().union(
        *(views.resources_of(relation) for relation in inspect(rule.sql).relations)
    )
    known = [found for name, found in certainties().items() if ("automate", name) in resources]
    if not known:
        return ""
    rows = [
        (word(found.table), words(found.certain), words(found.inferred), words(found.chosen))
        for found in known
    ]
    notes = [f"{word(found.table)}: {one_line(found.note)}" for found in known if found.note]
    blocks = [
        "## What is certain about Automate's tables",
        "Its database is not documented. The tables' names are public. Of the columns that rules judge by,"
        " the *certain* ones stand in public SQL or API descriptions, the *inferred* ones follow from the"
        " names of their neighbours or from the API, the *chosen* ones are placeholders. A server that has"
        " another name makes the rule *not evaluated*; `msp-audit doctor automate` names the setting that"
        " maps it.",
        table(("table", "certain", "inferred", "chosen"), rows),
        "\n".join(f"- {note}" for note in notes),
    ]
    return "\n\n".join(block for block in blocks if block)


def _relation(name: str) -> str:
    schema = name.partition(".")[0]
    return link(word(name), f"../schema/{schema}.md#{anchor(name)}")


def _params(rule: Rule) -> str:
    if not rule.params:
        return ""
    rows = [(word(name), word(json.dumps(value))) for name, value in rule.params.items()]
    name, value = next(iter(rule.params.items()))
    example = f'[rules.params."{rule.name}"]\n{name} = {json.dumps(value)}'
    return f"## Parameters\n\n{table(('name', 'default'), rows)}\n\n{code(example, language='toml')}"


def _claims(cases: Mapping[str, Mapping[str, Any]]) -> str:
    if not cases:
        return ""
    lines = []
    for name, case in cases.items():
        edge = f" (boundary of {words(case['boundary'])})" if case.get("boundary") else ""
        lines.append(f"- {name.replace('_', ' ')}{edge}")
    return "## What is tested\n\nIt …\n\n" + "\n".join(lines)


def _cases(rule: Rule, folder: Path) -> Mapping[str, Mapping[str, Any]]:
    path = folder.joinpath(*rule.name.split(".")).with_suffix(".toml")
    # An installed package has no tests beside it; its pages then do without the claims.
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
