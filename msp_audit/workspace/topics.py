"""Mails of their own for each rule or theme, and the reference by which a ticket system knows them again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msp_audit.domain import Severity

if TYPE_CHECKING:
    from msp_audit.reporting import Reader, ReportDefinition
    from msp_audit.settings.delivery import Per

_TOPICS = """
with told as (
    select
        findings.rule,
        coalesce(rules.theme, split_part(findings.rule, '.', 1)) as theme,
        coalesce(rules.title, findings.rule) as title
    from audit.findings as findings
    left join audit.rules as rules
        on findings.rule = rules.rule
    where
        findings.parent_finding_id is null
        and findings.triage <> 'suppressed'
        and list_contains($severities::varchar[], findings.severity)
        and ($company_id::bigint is null or findings.company_id = $company_id::bigint)
        -- What this run resolved is the last that such a mail says.
        and (findings.detection <> 'resolved' or findings.changed_run_id = $run_id)
)

select
    if($per = 'rule', told.rule, told.theme) as topic,
    if($per = 'rule', min(told.title), 'Audit findings: ' || told.theme) as title,
    list(distinct told.rule order by told.rule) as rules,
    list(distinct told.theme) as themes
from told
group by if($per = 'rule', told.rule, told.theme), told.theme
order by topic
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What one mail is about: a rule, or a theme."""

    name: str
    title: str


def topics(
    reader: Reader, definition: ReportDefinition, *, per: Per, run_id: int, company_id: int | None
) -> tuple[Topic, ...]:
    """The rules or themes of which *definition* lists anything open or just resolved, by name."""
    severities = [level.value for level in Severity if level.at_least(definition.severity_floor)]
    params = {"per": per, "run_id": run_id, "company_id": company_id, "severities": severities}
    wanted = set(definition.rules)
    return tuple(
        Topic(name=name, title=title)
        for name, title, rules, themes in reader.query(_TOPICS, params)
        if not wanted or wanted & {*rules, *themes}
    )


def about(definition: ReportDefinition, topic: Topic) -> ReportDefinition:
    """*definition* about one *topic* alone."""
    chosen = tuple(
        rule
        for rule in definition.rules
        if rule == topic.name or topic.name.startswith(f"{rule}.") or rule.startswith(f"{topic.name}.")
    )
    # Of a theme only what the definition names of it; of a rule, the rule.
    narrower = tuple(rule for rule in chosen if rule.startswith(f"{topic.name}."))
    return definition.model_copy(
        update={
            "name": f"{definition.name}-{topic.name}",
            "title": topic.title,
            "rules": narrower or (topic.name,),
        }
    )


def reference(delivery: str, *, per: Per, topic: str, company_id: int | None) -> str:
    """``MSPA-`` and twelve signs: of stable keys alone, never of counts, names, texts or times."""
    plain = json.dumps([delivery.casefold(), per, topic, company_id])
    return f"MSPA-{hashlib.sha256(plain.encode()).hexdigest()[:12].upper()}"
