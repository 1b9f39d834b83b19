"""How large an invented estate is, how often it is read, and how much of it is broken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: The first weekly reading of the samples.
FIRST_READING = datetime(2026, 11, 2, 6, tzinfo=UTC)


def weekly_readings(*, weeks: int) -> tuple[datetime, ...]:
    """*weeks* Mondays at 06:00 UTC, from the samples' first one on."""
    return tuple(FIRST_READING + timedelta(weeks=week) for week in range(weeks))


def stamp(moment: datetime) -> str:
    """As ConnectWise writes it: ``2026-11-02T06:00:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The parameters of one estate; the same plan gives the same bytes."""

    seed: int = 1
    #: Automate clients that have a PSA company, the MSP's own first one included.
    companies: int = 30
    #: PSA sites, one Automate location each; at least one a company.
    sites: int = 80
    #: Automate computers over all readings.
    computers: int = 1180
    #: Auvik devices.
    devices: int = 320
    #: How many of them every company has at least; planting needs some of each.
    least_sites: int = 1
    least_computers: int = 1
    least_devices: int = 0
    readings: tuple[datetime, ...] = weekly_readings(weeks=3)
    #: Share of computers and devices with a fault; for estates without planted ones.
    fault_share: float = 0.0
    #: Plant the samples' named faults and look-alikes; needs the samples' three readings and their size.
    is_planted: bool = False
    #: Also write ``automate/labtech.sql``.
    has_sql: bool = True
    #: Also write Auvik's v1 lists, details and interfaces.
    has_auvik_details: bool = True

    def __post_init__(self) -> None:
        if self.companies < 1 or self.sites < self.companies or not self.readings:
            raise ValueError("a plan needs a company, a site for each company and a reading")
        if self.computers < self.companies or self.devices < 0:
            raise ValueError("a plan needs a computer for each company and no negative number of devices")


#: The estate of data/samples.
SAMPLE = Plan(is_planted=True)
