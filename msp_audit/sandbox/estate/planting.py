"""Plants faults, look-alikes and hostile data in a clean estate, and notes each one as it plants it.

The manifest is this register. No rule is evaluated here: what a rule must report is known because it was put
there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from msp_audit.domain import Record
from msp_audit.sandbox.estate import psa
from msp_audit.sandbox.estate.changes import Changes, Key
from msp_audit.sandbox.estate.world import Company, Gear, Machine, World

#: Patterns over the three readings.
ALWAYS = (0, 1, 2)
FIRST = (0,)
SINCE_SECOND = (1, 2)
SINCE_THIRD = (2,)
UNTIL_THIRD = (0, 1)
#: Gone in the second reading, back in the third.
REOPENED = (0, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One finding that a rule must report, in the readings of ``weeks`` and no others."""

    rule: str
    key: dict[str, str]
    weeks: tuple[int, ...]
    company: str
    story: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAlike:
    """One record that resembles a fault and must stay silent."""

    rule: str
    key: dict[str, str]
    story: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Hostile or broken data and where it stands."""

    what: str
    where: str


class Planting:
    """The changes of each reading, and the register of what they mean."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.changes = tuple(Changes() for _ in world.plan.readings)
        self.findings: list[Planted] = []
        #: What rules must report under another declaration of Auvik's sync; see ``declarations``.
        self.findings_elsewhere: list[Planted] = []
        self.look_alikes: list[LookAlike] = []
        self.conditions: list[Condition] = []
        #: Domain prefix -> members of its row of Auvik's site mappings, beside those of the world.
        self.site_map: dict[str, Record] = {}
        self._ids: Counter[str] = Counter()
        self._machines: set[int] = set()
        self._gear: set[int] = set()
        self._sites: Counter[int] = Counter()

    # What differs

    def patch(self, table: str, key: Key, *, weeks: Iterable[int] = ALWAYS, **members: object) -> None:
        """Change members of the record with that key."""
        for week in weeks:
            self.changes[week].patched.setdefault(table, {}).setdefault(key, {}).update(members)

    def drop(self, table: str, key: Key, *, weeks: Iterable[int] = ALWAYS) -> None:
        """Leave the record with that key out."""
        for week in weeks:
            self.changes[week].dropped.setdefault(table, set()).add(key)

    def add(self, table: str, record: Record, *, weeks: Iterable[int] = ALWAYS) -> None:
        """Put one more record at the end."""
        for week in weeks:
            self.changes[week].added.setdefault(table, []).append(record)

    # What it means

    def finding(self, rule: str, *, key: Record, weeks: tuple[int, ...], company: str, story: str) -> None:
        """A rule must report this key in exactly these readings."""
        self.findings.append(Planted(rule=rule, key=_texts(key), weeks=weeks, company=company, story=story))

    def elsewhere(self, rule: str, *, key: Record, weeks: tuple[int, ...], company: str, story: str) -> None:
        """The same, but only under the declaration that lets the rule speak."""
        self.findings_elsewhere.append(
            Planted(rule=rule, key=_texts(key), weeks=weeks, company=company, story=story)
        )

    def look_alike(self, rule: str, *, key: Record, story: str) -> None:
        """A rule must never report this key."""
        self.look_alikes.append(LookAlike(rule=rule, key=_texts(key), story=story))

    def condition(self, what: str, *, where: str) -> None:
        """Hostile data that no rule has to report by itself."""
        self.conditions.append(Condition(what=what, where=where))

    # What is still free to be changed

    def next_id(self, table: str) -> int:
        """An id that no record of that table has."""
        number = self._ids[table]
        self._ids[table] += 1
        return self.world.first_free(table) + number

    def company(self, number: int) -> Company:
        """The company of that index."""
        return self.world.company(number)

    def machine(self, company: Company, *, is_server: bool = False) -> Machine:
        """A computer there at every reading, that no other planting has touched."""
        seen = {gear.machine.number for gear in self.world.gear(company) if gear.machine}
        for machine in self.world.machines(company):
            stays = machine.joins == 0 and machine.leaves > len(self.world.plan.readings)
            place = machine.number - company.computers.start
            is_last = place > company.servers + 3 or (is_server and place >= company.servers - 1)
            is_free = is_last and machine.number not in seen
            if stays and is_free and machine.is_server == is_server and machine.number not in self._machines:
                self._machines.add(machine.number)
                return machine
        raise LookupError(f"{company.name} has no computer left to plant a fault in; take a larger company.")

    def reserve(self, machine: Machine) -> None:
        """No other planting may touch that computer."""
        self._machines.add(machine.number)

    def gear(
        self,
        company: Company,
        *,
        device_type: str | None = None,
        is_managed: bool = True,
        may_carry_id: bool = True,
    ) -> Gear:
        """A device that is no computer, and that no other planting has touched.

        Unless it *may_carry_id*, its configuration does not answer the question for Auvik's id.
        """
        for gear in self.world.gear(company):
            if gear.machine or gear.is_managed is not is_managed or gear.number in self._gear:
                continue
            if not may_carry_id and psa.carries_auvik_id(gear):
                continue
            if device_type in (None, gear.device_type) and (gear.serial or not is_managed):
                self._gear.add(gear.number)
                return gear
        raise LookupError(f"{company.name} has no {device_type or 'device'} left to plant a fault in.")

    def site(self, company: Company) -> int:
        """A site other than the main one, that no other planting has touched."""
        self._sites[company.number] += 1
        site = company.sites.stop - self._sites[company.number]
        if site <= company.sites.start:
            raise LookupError(f"{company.name} has no site left to plant a fault in.")
        return site

    # Records in their usual shape

    def configuration_of(self, company: Company, machine: Machine) -> Record:
        """The configuration of a computer, to be added once more under another id."""
        return psa.computer_configuration(self.world, company, machine, week=0)

    def configuration_id(self, machine: Machine) -> int:
        """PSA's id of a computer's configuration."""
        return self.world.computer_configuration_id(machine.number)

    def computer_id(self, machine: Machine) -> int:
        """Automate's id of a computer."""
        return self.world.computer_id(machine.number)


def _texts(key: Record) -> dict[str, str]:
    return {name: str(value) for name, value in key.items()}
