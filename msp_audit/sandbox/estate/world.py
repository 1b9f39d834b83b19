"""Who owns what: every company, site, computer and device follows from its index and the plan."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from msp_audit.sandbox.estate import vocabulary as words
from msp_audit.sandbox.estate.draw import Kind, computer_serial, device_serial, draw, mac, shares
from msp_audit.sandbox.estate.plan import Plan


class Role(StrEnum):
    """How the Manage plugin treats a client."""

    SYNCED = "synced"
    #: Mapped, but without an agreement template: its assets are never synced.
    UNTEMPLATED = "untemplated"
    IGNORED = "ignored"


class Company(NamedTuple):
    """One customer as all three systems know it."""

    number: int
    name: str
    code: str
    town: str
    role: Role
    company_id: int
    client_id: int
    tenant_id: str
    sites: range
    computers: range
    devices: range
    #: How many of the first computers are servers.
    servers: int

    @property
    def domain_prefix(self) -> str:
        """Auvik's name of the tenant."""
        return "".join(sign for sign in self.name.lower() if sign.isascii() and sign.isalnum())[:20] + (
            str(self.number) if self.number >= len(words.COMPANIES) else ""
        )


class Machine(NamedTuple):
    """One computer, before any system has written it down."""

    number: int
    site: int
    name: str
    is_server: bool
    is_virtual: bool
    maker: str
    manufacturer_id: int
    model: str
    serial: str
    system: str
    system_version: str
    mac: str
    ip: str
    user: str
    added_on: str
    #: First reading that knows it, and the first that knows it no more.
    joins: int
    leaves: int


class Gear(NamedTuple):
    """One Auvik device; a computer seen from the network when ``machine`` is set."""

    number: int
    device_id: str
    name: str
    device_type: str
    make: str
    model: str
    serial: str | None
    ip: str
    mac: str
    type_id: int
    is_managed: bool
    machine: Machine | None


class World:
    """The layout of one plan: arithmetic over three arrays of one number a company."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.seed = plan.seed
        weights = [self._weight(index) for index in range(plan.companies)]
        self._computers = shares(weights, total=plan.computers, least=plan.least_computers)
        self._sites = shares(weights, total=plan.sites, least=plan.least_sites)
        self._devices = shares(weights, total=plan.devices, least=plan.least_devices)
        start = date(2019, 1, 7).toordinal()
        self._days = [date.fromordinal(start + day).isoformat() for day in range(2600)]

    def _weight(self, index: int) -> float:
        chance = (draw(self.seed, Kind.COMPANY, index) & 0xFFFF) / 0xFFFF
        return 0.5 + 5.0 * chance**3

    def role(self, index: int) -> Role:
        """Two in fifteen clients are no ordinary ones."""
        return {13: Role.UNTEMPLATED, 14: Role.IGNORED}.get(index % 15, Role.SYNCED)

    def company(self, index: int) -> Company:
        """The company of that index."""
        name, code, town = words.company_words(index)
        computers = range(self._computers[index], self._computers[index + 1])
        role = self.role(index)
        devices = range(self._devices[index], self._devices[index + 1])
        return Company(
            number=index,
            name=name,
            code=code,
            town=town,
            role=role,
            company_id=250 + index if index else 2,
            client_id=index + 1,
            tenant_id=str(199_502_786_877_063_425 + index * 1_048_583),
            sites=range(self._sites[index], self._sites[index + 1]),
            computers=computers,
            devices=range(0) if role is Role.IGNORED else devices,
            servers=max(1, min(12, len(computers) // 14)),
        )

    def companies(self) -> Iterator[Company]:
        """All of them, by index."""
        return map(self.company, range(self.plan.companies))

    def site_id(self, site: int) -> int:
        """PSA's id of a site."""
        return 900 + site

    def location_id(self, site: int) -> int:
        """Automate's id of the same place."""
        return site + 1

    def site_name(self, company: Company, *, site: int) -> str:
        """``Main Office``, then town and kind."""
        number = site - company.sites.start
        if number == 0:
            return "Main Office"
        towns = words.TOWNS
        town = towns[(company.number * 7 + number * 5) % len(towns)]
        name = f"{town} {words.SITE_WORDS[(company.number + number) % len(words.SITE_WORDS)]}"
        return name if number < len(towns) else f"{name} {number}"

    def computer_id(self, index: int) -> int:
        """Automate's id of a computer."""
        return index + 101

    def computer_configuration_id(self, index: int) -> int:
        """PSA's id of the configuration of a computer."""
        return 5001 + index

    def device_configuration_id(self, index: int) -> int:
        """PSA's id of the configuration of an Auvik device."""
        return 6001 + self.plan.computers + index

    def other_configuration_id(self, index: int) -> int:
        """PSA's id of what only the PSA (and the Automate probe) knows: printers, licences."""
        return 7001 + self.plan.computers + self.plan.devices + index

    def first_free(self, table: str) -> int:
        """Where ids of planted records begin: above all that the world itself gives out."""
        plan = self.plan
        return {
            "psa/companies": 250 + plan.companies,
            "psa/sites": 900 + plan.sites,
            "psa/configurations": 8001 + plan.computers + plan.devices + plan.sites + plan.companies,
            "clients": plan.companies + 1,
            "locations": plan.sites + 1,
            "computers": 101 + plan.computers,
        }.get(table, 9001)

    def machines(self, company: Company) -> Iterator[Machine]:
        """The computers of a company, by index, over all readings."""
        return (self.machine(company, index=index) for index in company.computers)

    def machine(self, company: Company, *, index: int) -> Machine:
        """The computer of that index."""
        bits = draw(self.seed, Kind.COMPUTER, index)
        place = index - company.computers.start
        is_server = place < company.servers
        sites = company.sites
        site = sites.start if bits & 1 or is_server else sites.start + (bits >> 1) % len(sites)
        makers = words.SERVER_MAKERS if is_server else words.WORKSTATION_MAKERS
        maker, models, manufacturer_id, prefix = makers[(bits >> 8) % len(makers)]
        if maker == "Apple Inc.":
            system = words.MAC_SYSTEM
        else:
            systems = words.SERVER_SYSTEMS if is_server else words.WORKSTATION_SYSTEMS
            system = systems[(bits >> 12) & 3]
        joins, leaves = (0, 99) if is_server else self._stay(bits >> 40)
        return Machine(
            number=index,
            site=site,
            name=self._host_name(company, place=place, is_server=is_server, bits=bits),
            is_server=is_server,
            is_virtual=maker in ("VMware, Inc.", "Microsoft Corporation"),
            maker=maker,
            manufacturer_id=manufacturer_id,
            model=models[(bits >> 16) % len(models)],
            serial=computer_serial(maker, index=index, bits=bits >> 20),
            system=system[0],
            system_version=system[1],
            mac=mac(index, prefix=prefix),
            ip=f"10.{company.number % 250}.{(site - sites.start) % 250}.{10 + place % 240}",
            user=words.USERS[(bits >> 24) & 15],
            added_on=self._days[(bits >> 28) % 2600],
            joins=joins,
            leaves=leaves,
        )

    def present(self, company: Company, *, week: int) -> Iterator[int]:
        """Indexes of the computers that are installed at that reading; cheaper than making them."""
        servers = company.computers[: company.servers]
        yield from servers
        for index in company.computers[len(servers) :]:
            joins, leaves = self._stay(draw(self.seed, Kind.COMPUTER, index) >> 40)
            if joins <= week < leaves:
                yield index

    def _stay(self, bits: int) -> tuple[int, int]:
        readings = len(self.plan.readings)
        lot = bits % 197
        if readings < 2 or lot > 5:
            return 0, 99
        week = 1 + (bits >> 8) % (readings - 1)
        return (week, 99) if lot < 3 else (0, week)

    def _host_name(self, company: Company, *, place: int, is_server: bool, bits: int) -> str:
        if is_server:
            return f"{company.code}-{words.SERVER_ROLES[place % 8]}{place // 8 + 1:02d}"
        return f"{company.code}-{'LT' if bits & 2 else 'WS'}{place:03d}"

    def gear(self, company: Company) -> Iterator[Gear]:
        """The Auvik devices of a company, by index."""
        return (self.device(company, index=index) for index in company.devices)

    def device(self, company: Company, *, index: int) -> Gear:
        """The Auvik device of that index."""
        place = index - company.devices.start
        device_type, make, models, part, type_id, prefix, is_managed = words.RACK[place % len(words.RACK)]
        lap = place // len(words.RACK)
        device_id = self.device_id(company.tenant_id, number=index)
        ip = f"10.{company.number % 250}.{250 + lap % 5}.{1 + place % 250}"
        if not make:
            of_kind = company.servers if device_type == "server" else len(company.computers)
            nth = lap if device_type == "server" else company.servers + lap
            if nth < of_kind:
                machine = self.machine(company, index=company.computers.start + nth)
                if machine.joins == 0 and machine.leaves > len(self.plan.readings):
                    return Gear(index, device_id, machine.name, device_type, machine.maker, machine.model,
                                machine.serial, machine.ip, machine.mac, type_id, is_managed,
                                machine)  # fmt: skip
            device_type, make, models, part, type_id, prefix, is_managed = words.RACK[2]
        bits = draw(self.seed, Kind.DEVICE, index)
        return Gear(
            number=index,
            device_id=device_id,
            name=f"{company.code}-{part}{place + 1:02d}",
            device_type=device_type,
            make=make,
            model=models[bits % len(models)],
            serial=device_serial(make, index=index, bits=bits >> 8),
            ip=ip,
            mac=mac(index, prefix=prefix),
            type_id=type_id,
            is_managed=is_managed,
            machine=None,
        )

    def device_id(self, tenant_id: str, *, number: int) -> str:
        """Auvik's id: unpadded base64 of tenant and object."""
        return (
            b64encode(f"{tenant_id},{199_502_791_113_028_867 + number * 17}".encode()).rstrip(b"=").decode()
        )

    def flaw(self, index: int) -> int | None:
        """0 to 3 for the share of the plan that is broken, None for the rest."""
        if not self.plan.fault_share:
            return None
        bits = draw(self.seed, Kind.FLAW, index)
        return (bits & 3) if (bits >> 11) < self.plan.fault_share * (1 << 53) else None

    def seconds_silent(self, index: int, *, is_server: bool) -> int:
        """How long before a reading a computer was last heard: minutes for servers, days for others."""
        bits = draw(self.seed, Kind.CONTACT, index)
        if is_server:
            return 20 + bits % 600
        return bits % 7_000 if bits & 0xF0000 else bits % (20 * 86_400)
