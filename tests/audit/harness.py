"""A toy estate of two lists and a few rules, real from spool to ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from msp_audit.audit import Catalogue, Limits, Suppression, Terms, judge, load_catalogue
from msp_audit.domain import Proof, Record, ResourceReading, Run, Verdict
from msp_audit.settings import RuleSettings
from msp_audit.store import Shrinkage, Snapshot, Store, Views

START = datetime(2026, 1, 5, 6)

VIEWS = {
    "things": ("thing_id", "id"),
    "parts": ("part_id", "id"),
}
VIEW = """/*
grain = "one row per item"
[columns]
{key} = "id"
company_id = "company"
name = "name"
is_bad = "fault"
thing_id_of = "the thing it belongs to"
*/
select
    landed.item.id as {key},
    landed.item.company as company_id,
    landed.item.name as name,
    landed.item.bad as is_bad,
    landed.item.thing as thing_id_of
from (
    select from_json(records.payload,
        '{{"id":"BIGINT","company":"BIGINT","name":"VARCHAR","bad":"BOOLEAN","thing":"BIGINT"}}') as item
    from landing.{resource} as records
) as landed
"""
THING_BAD = """/*
title = "Thing is bad"
severity = "high"
subject = "toy.things"
key = ["thing_id"]
*/
select company_id, thing_id as entity_id, name as entity_name, 'Thing ' || name || ' is bad.' as reason
from toy.things
where is_bad
"""
PART_BAD = """/*
title = "Part is bad"
severity = "low"
subject = "toy.parts"
key = ["part_id"]
parent = "toy.thing_bad.thing_id"
*/
select
    parts.company_id, parts.part_id as entity_id, parts.name as entity_name, 'Part is bad.' as reason,
    things.thing_id
from toy.parts as parts
join toy.things as things on parts.thing_id_of = things.thing_id
where parts.is_bad
"""


#: Files and settings -> the rules in them; reading ours along takes longer than judging these.
_CATALOGUES: dict[object, Catalogue] = {}


class Toy:
    """A workspace's inner parts, without sources: readings are handed in."""

    def __init__(self, folder: Path, *, in_memory: bool = True) -> None:
        self.folder = folder
        views = folder / "views"
        views.mkdir(parents=True, exist_ok=True)
        for resource, (key, _) in VIEWS.items():
            text = VIEW.format(resource=resource, key=key)
            (views / f"{resource}.sql").write_text(text)
        self.rules = folder / "rules"
        self.write_rule("toy.thing_bad", THING_BAD)
        self.write_rule("toy.part_bad", PART_BAD)
        self.views = Views.load({"toy": views})
        # One thread: these tables are tiny, and many tests run at once.
        self.store = Store(folder / "store", in_memory=in_memory, threads=1)
        self.week = 0

    def write_rule(self, name: str, text: str) -> Path:
        path = self.rules / (name.replace(".", "/") + ".sql")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    @property
    def now(self) -> datetime:
        return START + timedelta(weeks=self.week)

    def read(
        self,
        lists: Mapping[str, Sequence[Record]],
        verdicts: Mapping[str, Verdict] | None = None,
        *,
        accept_shrink: bool = False,
    ) -> Snapshot:
        """Seal one weekly reading; a list that is not named is not read at all."""
        verdicts = verdicts or {}
        self.week += 1
        with self.store.spool("toy") as spool:
            readings = []
            for resource in VIEWS:
                verdict = verdicts.get(resource, Verdict.COMPLETE if resource in lists else Verdict.REFUSED)
                if verdict in (Verdict.COMPLETE, Verdict.PARTIAL):
                    spool.add(resource, lists.get(resource, ()))
                readings.append(
                    ResourceReading(
                        source="toy",
                        resource=resource,
                        verdict=verdict,
                        reason="" if verdict is Verdict.COMPLETE else f"{resource} said no.",
                        proof=Proof(pages=1, requests=1),
                    )
                )
            snapshot = self.store.seal(
                source="toy",
                read_at=self.now,
                sealed_at=self.now,
                spool=spool,
                readings=readings,
                keys={},
                shrinkage=Shrinkage(share=0.5, rows=3, is_accepted=accept_shrink),
                program_version="test",
            )
        self.store.materialise(self.views)
        return snapshot

    def _catalogue(self, settings: RuleSettings) -> Catalogue:
        texts = ((str(p.relative_to(self.rules)), p.read_text()) for p in sorted(self.rules.rglob("*.sql")))
        known = (tuple(texts), repr(settings))
        if known in _CATALOGUES:
            return _CATALOGUES[known]
        loaded = load_catalogue(self.rules, settings)
        ours = tuple(rule for rule in loaded.rules if rule.origin == "workspace")
        catalogue = Catalogue(rules=ours, broken=loaded.broken)
        # What is said of a broken file names its folder, which is another in each test.
        if not loaded.broken:
            _CATALOGUES[known] = catalogue
        return catalogue

    def audit(
        self,
        settings: RuleSettings | None = None,
        *,
        max_findings: int = 1000,
        suppressions: Sequence[Suppression] = (),
    ) -> Run:
        settings = settings or RuleSettings()
        return judge(
            self.store.database,
            catalogue=self._catalogue(settings),
            views=self.views,
            sources=("toy",),
            terms=Terms(
                as_of=self.now,
                limits=Limits(seconds=20, max_findings=max_findings),
                stale_after=timedelta(days=8),
                settings=settings,
                program_version="test",
                suppressions=suppressions,
            ),
        )

    def states(self, rule: str = "toy.thing_bad") -> dict[str, str]:
        """entity_id -> detection."""
        rows = self.store.database.query(
            "select entity_id, detection from audit.findings where rule = $rule", {"rule": rule}
        )
        return dict(rows.rows)

    def events(self, run: Run) -> list[tuple[str, str]]:
        """``(event, entity_id)`` of one run, sorted."""
        rows = self.store.database.query(
            "select events.event, findings.entity_id from audit.finding_events as events"
            " join audit.findings as findings on events.finding_id = findings.finding_id"
            " where events.run_id = $run_id order by all",
            {"run_id": run.run_id},
        )
        return [(event, entity) for event, entity in rows]


def thing(number: int, *, bad: bool = True, company: int | None = 1, name: str | None = None) -> Record:
    return {"id": number, "company": company, "name": name or f"T{number}", "bad": bad}


def part(number: int, *, of: int, bad: bool = True) -> Record:
    return {"id": number, "company": 1, "name": f"P{number}", "bad": bad, "thing": of}
