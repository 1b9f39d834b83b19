"""A ledger that tests write by hand, a sandbox that is real, and a clock that stands until it is moved."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msp_audit.connectors.psa.tickets import TicketApi
from msp_audit.delivery.ticket import Happening, PsaTickets, Surroundings, TicketSystem, work_on_tickets
from msp_audit.domain import Record
from msp_audit.sandbox import Sandbox, sample_weeks, samples_folder
from msp_audit.sandbox.reading import Reading
from msp_audit.settings import HttpSettings, PsaSettings, SecretReference, TicketSettings
from msp_audit.store import Store

START = datetime(2026, 11, 2, 7)
READING = Reading(sample_weeks(samples_folder())[0])
RULE = "sync.client_unsynced"
#: The MSP's own company, and two customers.
OWN, ACME, BETA = 2, 251, 260

_RUN = """
insert into audit.runs values ($run_id, $as_of, $as_of, $as_of, $run_id = 1, 'test');
insert into audit.run_sources values ($run_id, 'psa', $run_id, $read_at, true)
"""
_RULES = """
delete from audit.rules where rule in (select unnest($rules::varchar[]));
insert into audit.rules
select
    listed.rule, 'theme', 'Fault ' || listed.rule, 'high', 'automate.clients', [], [],
    'Nothing reaches the PSA.', 'Map the client.', '', '', '', ''
from (select unnest($rules::varchar[]) as rule) as listed
"""
_FINDINGS = """
update audit.findings set detection = 'resolved';
delete from audit.findings where finding_id in (select unnest($finding_id::varchar[]));
insert into audit.findings (
    finding_id, rule, key, severity, company_id, company_name, entity_id, entity_name, reason, evidence,
    detection, triage, first_seen_run_id, first_seen_at, last_seen_run_id, last_seen_at, changed_run_id,
    times_reopened
)
select
    unnest($finding_id::varchar[]), unnest($rule::varchar[]), '{}', unnest($severity::varchar[]),
    unnest($company_id::bigint[]), unnest($company_name::varchar[]), unnest($entity_id::varchar[]),
    unnest($entity_name::varchar[]), unnest($reason::varchar[]), '{}', unnest($detection::varchar[]), 'none',
    $run_id, $as_of, $run_id, $as_of, $run_id, 0
"""


def finding(entity: str, *, rule: str = RULE, company: int | None = ACME, severity: str = "high") -> Record:
    return {
        "finding_id": f"{rule}/{company}/{entity}",
        "rule": rule,
        "severity": severity,
        "company_id": company,
        "company_name": None if company is None else f"Company {company}",
        "entity_id": entity,
        "entity_name": f"PC-{entity}",
        "reason": f"PC-{entity} is not linked.",
        "detection": "open",
    }


class Bench:
    """One workspace's tickets against one sandbox."""

    def __init__(self, folder: Path, sandbox: Sandbox, **settings: Any) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.now = START
        self.run_id = 0
        self.settings = TicketSettings(
            **{"company": OWN, "board": "Alerts", "team": "Service Team", "settle_seconds": 900, **settings}
        )
        self.store = Store(folder / "store", in_memory=True)
        #: Stands in for the store where a test wants to interfere.
        self.database: Any = self.store.database
        #: Foreign tickets that technicians merged ours into.
        self.ever_merged: set[int] = set()
        self.system = self.connect()
        sandbox.desk.clock = lambda: self.now.replace(tzinfo=UTC)

    def connect(self) -> PsaTickets:
        (self.folder / "public").write_text("public")
        (self.folder / "private").write_text("private")
        psa = PsaSettings(
            url=self.sandbox.psa_url,
            company="northwind",
            client_id="00000000-0000-4000-8000-000000000001",
            public_key=SecretReference(f"file:{self.folder / 'public'}"),
            private_key=SecretReference(f"file:{self.folder / 'private'}"),
            http=HttpSettings(tries=2, retry_floor_seconds=0, retry_budget_seconds=60),
        )
        self.api = TicketApi(psa, request_timeout=self.settings.request_timeout, sleep=lambda _: None)
        return PsaTickets(self.api, self.settings)

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    def run(self, *findings: Record) -> None:
        """A finished run that found exactly these; what was found before is resolved."""
        self.run_id += 1
        database = self.store.database
        latest = {item["finding_id"]: item for item in findings}.values()
        values: dict[str, Any] = {name: [item[name] for item in latest] for name in finding("")}
        values |= {"run_id": self.run_id, "as_of": self.now, "read_at": self.now}
        values["rules"] = sorted({item["rule"] for item in latest})
        for statement in f"{_RUN};{_RULES};{_FINDINGS}".split(";"):
            database.execute(statement, values)

    def work(self, *, system: TicketSystem | None = None, is_dry: bool = False) -> Sequence[Happening]:
        """One round over the tickets, a minute later."""
        self.wait(minutes=1)
        around = Surroundings(
            settings=self.settings,
            name="northwind",
            root=self.folder,
            now=lambda: self.now,
            sleep=lambda _: None,
        )
        database = self.database
        return work_on_tickets(system or self.system, database, around, database=None if is_dry else database)

    def week(self, *findings: Record) -> Sequence[Happening]:
        """A week later: a run, and the round after it."""
        self.wait(days=7)
        self.run(*findings)
        return self.work()

    @property
    def tickets(self) -> list[Record]:
        return list(self.sandbox.desk.tickets.values())

    @property
    def open_tickets(self) -> list[Record]:
        return [t for t in self.tickets if not t["closedFlag"] and t["mergedParentTicket"] is None]

    def ticket(self) -> Record:
        """The only ticket there is."""
        (ticket,) = self.tickets
        return ticket

    def notes(self, ticket_id: int) -> list[str]:
        """Texts of the notes that came after a ticket was made."""
        made = (self.sandbox.desk.notes[ticket_id], 0)[0]
        return [str(note["text"]) for note in made if "\n[msp_audit:" in str(note["text"])]

    def actions(self) -> list[tuple[str, str]]:
        rows = self.store.database.query("select action, status from audit.ticket_actions order by action_id")
        return [(action, status) for action, status in rows]

    def history(self, ticket_id: int) -> str:
        """The ticket as a person reads it."""
        ticket = self.sandbox.desk.tickets[ticket_id]
        lines = [f"Ticket {ticket_id}: {ticket['summary']} [{ticket['status']['name']}]"]
        notes = self.sandbox.desk.notes[ticket_id]
        steps = self.sandbox.desk.trail.get(ticket_id, [])
        for place in range(len(notes) + 1):
            lines += [
                f"  {_shown(at)}: status is now {name}" for before, at, name in steps if before == place
            ]
            for note in notes[place : place + 1]:
                shown = "internal" if note["internalAnalysisFlag"] else "for the customer"
                lines.append(f"  {_shown(note['dateCreated'])} ({shown})")
                lines += [f"    {line}".rstrip() for line in str(note["text"]).splitlines()]
        return "\n".join(lines)


def _shown(moment: str) -> str:
    return moment[:16].replace("T", " ")


def done(account: Sequence[Happening]) -> list[str]:
    """What was done, in order."""
    return [str(item.deed) for item in account if item.status == "done" and item.deed is not None]


def told(account: Sequence[Happening]) -> str:
    return json.dumps([(str(i.deed), i.status, i.why) for i in account], indent=1)
