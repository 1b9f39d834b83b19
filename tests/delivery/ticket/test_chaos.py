"""A thousand rounds with lost answers, busy technicians and crashes: never two tickets, never a lost note."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from msp_audit.connectors.psa.tickets import TicketApi
from msp_audit.delivery.ticket import Happening
from msp_audit.delivery.ticket.keys import parse_reference
from msp_audit.domain import Record
from msp_audit.errors import DeliveryError, SourceError
from msp_audit.sandbox.faults import SwitchedFault
from tests.delivery.ticket.harness import ACME, BETA, READING, Bench, finding

SEEDS = 20
ROUNDS = 50
GROUPS = [("sync.client_unsynced", ACME), ("sync.client_unsynced", BETA), ("hygiene.serial_duplicated", ACME)]
FAULTS: Sequence[tuple[str, Mapping[str, Any]]] = [
    ("psa_01_rate_limited", {"seconds": 0}),
    ("psa_03_gateway_timeout", {}),
    ("psa_03_gateway_timeout_after_write", {}),
    ("psa_04_answer_lost_after_write", {}),
    ("psa_04_request_lost", {}),
    ("psa_05_timeout_words_after_write", {}),
    ("psa_06_location_http", {"body": False}),
    ("psa_27_patch_ignored", {"form": "all"}),
    ("psa_29_patch_refused", {}),
    ("psa_31_status_of_another_board", {}),
    ("psa_33_note_refused", {}),
    ("psa_44_document_refused", {"status": 403}),
    ("psa_44_document_refused", {"status": 413}),
    ("psa_44_document_refused", {"status": 415}),
    ("psa_44_document_answer_lost", {}),
    ("psa_49_made_twice", {}),
    ("psa_write_conflict", {}),
    ("psa_write_conflict", {"is_done": True}),
]


class Crash(BaseException):
    """The process is killed here."""


class Tripwire:
    """Kills at the n-th step, before or after it is done."""

    def __init__(self, at: int, *, is_after: bool) -> None:
        self.left = at
        self.is_after = is_after

    def step(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.left -= 1
        if self.left == 0 and not self.is_after:
            raise Crash(getattr(call, "__self__", None))
        answer = call(*args, **kwargs)
        if self.left == 0:
            raise Crash(getattr(call, "__self__", None))
        return answer


class Tripped:
    """Anything whose calls count as steps."""

    def __init__(self, inner: Any, wire: Tripwire, *names: str) -> None:
        self._inner, self._wire, self._names = inner, wire, names

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        if name not in self._names:
            return value
        return lambda *args, **kwargs: self._wire.step(value, *args, **kwargs)


class Remembering:
    """A system that looks its fields up in one round of ten: the others spend their faults on tickets."""

    def __init__(self, estate: Estate) -> None:
        self._inner = estate.bench.system
        self._estate = estate

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def prepare(self) -> Sequence[str]:
        if self._estate.is_prepared and self._estate.dice.random() < 0.9:
            return ()
        self._estate.is_prepared = False
        warnings = self._inner.prepare()
        self._estate.is_prepared = True
        return warnings


#: What may be cut off, in the PSA and in the ledger: every step, or only those that change something.
CUTS = (
    (("records", "documents", "post", "patch", "upload"), ("query", "execute", "insert_rows"), 60),
    (("post", "patch", "upload"), ("execute", "insert_rows"), 20),
)


class Estate:
    """What is true, what technicians did, and what they may expect of us."""

    def __init__(self, bench: Bench, dice: random.Random) -> None:
        self.bench = bench
        self.dice = dice
        self.present: set[tuple[str, int, str]] = set()
        self.humans: dict[int, Record] = {}
        self.is_prepared = False
        #: Crashes by where they were: ``psa`` or ``ledger``.
        self.crashes: Counter[str] = Counter()
        #: The fault that makes the PSA itself double a ticket, while it is on.
        self.doubling: list[SwitchedFault] = []
        for number in range(2):
            made = bench.sandbox.desk.add_ticket(
                {"summary": f"By hand {number}", "company": {"id": ACME}, "externalXRef": "tool:7"}, READING
            )
            self.humans[made["id"]] = {**made}

    def findings(self) -> list[Record]:
        return [finding(e, rule=rule, company=company) for rule, company, e in sorted(self.present)]

    def drift(self) -> None:
        for rule, company in GROUPS:
            for entity in ("1", "2", "3"):
                if self.dice.random() < 0.25:
                    self.present ^= {(rule, company, entity)}
            if self.dice.random() < 0.15:
                self.present -= {item for item in self.present if item[:2] == (rule, company)}

    def technicians(self) -> None:
        desk, dice = self.bench.sandbox.desk, self.dice
        self.merge_twins()
        ours = [t["id"] for t in self.bench.open_tickets if t["id"] not in self.humans]
        if not ours or dice.random() < 0.5:
            return
        ticket_id = dice.choice(ours)
        act = dice.choice(("close", "close", "delete", "merge", "move", "comment"))
        if act == "close":
            desk.close(ticket_id, READING)
        elif act == "delete":
            desk.delete(ticket_id)
        elif act == "merge":
            desk.merge(ticket_id, dice.choice(list(self.humans)), READING)
        elif act == "move":
            desk.move(ticket_id, {"id": 22, "name": "NOC"}, READING)
        else:
            desk.add_note(ticket_id, {"text": "Looked at it.", "internalAnalysisFlag": True})

    def merge_twins(self) -> None:
        """Two with one reference are reported, and then somebody merges them."""
        for twins in self.open_by_group().values():
            for twin in twins[1:]:
                self.bench.sandbox.desk.merge(twin, twins[0], READING)

    def open_by_group(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for ticket in self.bench.open_tickets:
            known = parse_reference(str(ticket.get("externalXRef") or ""))
            if known is not None:
                found.setdefault(known[0], []).append(ticket["id"])
        return {group: sorted(ids) for group, ids in found.items()}


def one_round(estate: Estate) -> Sequence[Happening]:
    bench, dice = estate.bench, estate.dice
    bench.run(*estate.findings())
    bench.sandbox.faults.clear()
    estate.doubling.clear()
    for name, options in dice.sample(FAULTS, k=dice.choice((0, 1, 1, 2, 3))):
        times, after = dice.choice((1, 1, 2, 5)), dice.choice((0, 0, 1))
        switched = bench.sandbox.faults.add(name, times=times, after=after, **options)
        if name == "psa_49_made_twice":
            estate.doubling.append(switched)
    in_psa, in_ledger, most = dice.choice(CUTS)
    wire = Tripwire(dice.randint(1, most), is_after=dice.random() < 0.5)
    system, database, api = bench.system, bench.store.database, bench.api
    system._api = Tripped(api, wire, *in_psa)  # type: ignore[assignment]
    bench.database = Tripped(database, wire, *in_ledger)
    try:
        return bench.work(system=Remembering(estate))
    except Crash as crash:
        estate.crashes["psa" if isinstance(crash.args[0], TicketApi) else "ledger"] += 1
        return ()
    except (SourceError, DeliveryError):
        return ()
    finally:
        system._api = api
        bench.database = database
        bench.sandbox.faults.clear()


def check_always(estate: Estate, *, twins_made: int) -> None:
    desk = estate.bench.sandbox.desk
    twins = sum(len(ids) - 1 for ids in estate.open_by_group().values())
    assert twins <= twins_made, "two open tickets for one key"
    merged_into = {t["mergedParentTicket"]["id"] for t in desk.tickets.values() if t["mergedParentTicket"]}
    for ticket_id, before in estate.humans.items():
        now = {
            name: desk.tickets[ticket_id].get(name) for name in ("summary", "status", "board", "externalXRef")
        }
        assert now == {name: before.get(name) for name in now}, "a foreign ticket was changed"
        if ticket_id not in merged_into and ticket_id not in estate.bench.ever_merged:
            assert desk.notes[ticket_id] == [], "a foreign ticket was written to"
    estate.bench.ever_merged |= merged_into


def told_by(estate: Estate, row: Record) -> set[str]:
    """What a reader of the ticket knows, from nothing but its texts."""
    desk = estate.bench.sandbox.desk
    first = [n["text"] for n in desk.notes[row["ticket_id"]] if "[msp_audit:" not in n["text"]]
    known = set(re.findall(r"^- (PC-\d+)", first[0], re.MULTILINE)) if row["is_made"] else set()
    marker = re.compile(rf"\[{re.escape(row['ticket_key'])} #(\d+)\]")
    notes: dict[int, str] = {}
    for ticket_notes in desk.notes.values():
        for note in ticket_notes:
            if (match := marker.search(note["text"])) is not None:
                assert int(match[1]) not in notes, "a note was written twice"
                notes[int(match[1])] = note["text"]
    for _, text in sorted(notes.items()):
        for chapter in text.split("\n\n")[1:]:
            title, _, lines = chapter.partition(":\n")
            names = set(re.findall(r"^- (PC-\d+)", lines, re.MULTILINE))
            known = (
                known | names if title == "New" else known - names if title == "No longer found" else known
            )
    return known


def check_in_the_end(estate: Estate) -> None:
    bench = estate.bench
    rows = bench.store.database.query(
        "select ticket_key, ticket_id, scope, company_id, ticket_key in (select ticket_key from"
        " audit.ticket_actions where action = 'create' and status = 'done') as is_made"
        " from audit.tickets where state = 'live'"
    ).records()
    pending = "select count(*) from audit.ticket_actions where status in ('intended', 'unclear')"
    assert bench.store.database.query(pending).scalar() == 0
    for rule, company in GROUPS:
        names = {f"PC-{entity}" for r, c, entity in estate.present if (r, c) == (rule, company)}
        live = [row for row in rows if (row["scope"], row["company_id"]) == (rule, company)]
        assert len(live) <= 1
        if names:
            assert len(live) == 1, "findings without a ticket"
            written_to = bench.sandbox.desk.tickets[live[0]["ticket_id"]]
            while written_to["mergedParentTicket"]:
                written_to = bench.sandbox.desk.tickets[written_to["mergedParentTicket"]["id"]]
            assert written_to["closedFlag"] is False, "told on a closed ticket"
            assert told_by(estate, live[0]) == names, "a note was lost"
    assert all(count == 1 for count in Counter(len(ids) for ids in estate.open_by_group().values()))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_never_two_tickets_never_a_lost_note_never_a_foreign_ticket(
    bench: Callable[..., Bench], seed: int
) -> None:
    dice = random.Random(seed)
    b = bench(
        display_only_first_activity_record=False,
        close_when_resolved=dice.random() < 0.5,
        attach=("txt",) if dice.random() < 0.5 else (),
        ticket_requests_retention={"request_limit_interval": 86400 * 3650},
    )
    estate = Estate(b, dice)
    for _ in range(ROUNDS):
        b.wait(minutes=dice.choice((5, 30, 120, 1500, 10_080)))
        estate.drift()
        estate.technicians()
        b.wait(minutes=dice.choice((1, 20)))
        one_round(estate)
        check_always(estate, twins_made=sum(switched.acted for switched in estate.doubling))
        estate.merge_twins()
    assert estate.crashes.keys() == {"psa", "ledger"}
    assert estate.crashes.total() >= ROUNDS // 5
    for _ in range(4):
        b.wait(days=2)
        b.run(*estate.findings())
        b.work()
    check_in_the_end(estate)
