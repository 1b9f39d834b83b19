"""A second, plain reading of how assets are linked: one asset after the other, candidates as lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace


def serials(place: int) -> dict[str | None, str | None]:
    """Serial numbers of one estate: what is written -> what is compared; None identifies nothing."""
    tag = f"{place:02}"
    return {
        f"ABCD12{tag}": f"ABCD12{tag}", f"abcd 12{tag}": f"ABCD12{tag}", f"S/N: ABCD12{tag}": f"ABCD12{tag}",
        f"EFGH56{tag}": f"EFGH56{tag}", f"JKLM90{tag}": f"JKLM90{tag}", f"POOL20{tag}": f"POOL20{tag}",
        f"1A{tag}B": f"1A{tag}B", f" 1a{tag}b": f"1A{tag}B", f"7XY{tag}": f"7XY{tag}",
        "Default string": None, "0000000": None, "To be filled by O.E.M.": None, "": None, None: None,
    }  # fmt: skip


def macs(place: int) -> dict[str | None, str | None]:
    """The same for MAC addresses."""
    tag = f"{place:02x}"
    return {
        f"D4-BE-09-00-{tag}-01": f"d4be0900{tag}01", f"d4be.0900.{tag}01": f"d4be0900{tag}01",
        f"d4:be:09:00:{tag}:02": f"d4be0900{tag}02",
        "00:50:56:c0:00:08": None, "02:11:22:33:44:55": None, "": None, None: None,
    }  # fmt: skip


#: The same for names and makers, which no estate shares with another: each has companies of its own.
NAMES: Mapping[str | None, str | None] = {
    "PC-1": "pc-1", "pc-1.corp.example": "pc-1", "PC-2": "pc-2", "SRV": "srv", "10.0.0.7": None,
    "reception-desk-front": "reception-desk-front", "RECEPTION-DESK-": "reception-desk-", None: None,
}  # fmt: skip
MAKERS: Mapping[str | None, str | None] = {
    "Dell Inc.": "dell", "Dell": "dell", "HP Inc.": "hp", "Hewlett-Packard": "hp", "Lenovo": "lenovo",
    None: None,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A record of one of the sources, as it is compared."""

    id: int | str
    #: A client may be mapped to several companies.
    companies: tuple[int, ...]
    serial: str | None
    name: str | None
    mac: str | None
    maker: str | None
    is_active: bool = True
    #: What its own system says it is in the PSA.
    declared: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What an asset is, and how that is known."""

    to: int | None
    confidence: str
    evidence: str | None
    count: int
    suggested: int | None = None
    moved: int | None = None


def demoted(things: Sequence[Thing]) -> list[Thing]:
    """The same without the values that more than three of them have."""
    serials = Counter(one.serial for one in things if one.is_active)
    macs = Counter(one.mac for one in things if one.is_active)
    return [
        replace(
            one,
            serial=one.serial if serials[one.serial] <= 3 else None,
            mac=one.mac if macs[one.mac] <= 3 else None,
        )
        for one in things
    ]


def configuration_of(asset: Thing, configurations: Sequence[Thing], *, name_word: str, by: str) -> Link:
    """Which configuration *asset* is; *by* is what its own system's word is called."""
    if asset.declared is not None:
        return Link(to=asset.declared, confidence="certain", evidence=by, count=1)
    near = [
        (one, company) for one in configurations for company in asset.companies if company in one.companies
    ]
    there = [one for one, _ in near]
    serial = [one for one in there if asset.serial and one.serial == asset.serial]
    name = [one for one in there if asset.name and one.name == asset.name]
    both = [one for one in serial if one in name]
    if len(serial) == 1 and not _is_chance(asset, serial[0]):
        is_other = bool(asset.maker and serial[0].maker and asset.maker != serial[0].maker)
        return _link(serial[0], "likely" if is_other else "certain", "serial number")
    if len(both) == 1:
        return _link(both[0], "certain", "serial number")
    if len(serial) > 1:
        return _one_active(serial, "serial number")
    if len(name) == 1:
        return _link(name[0], "likely", name_word)
    with_mac = [one for one in name if asset.mac and one.mac == asset.mac]
    if len(with_mac) == 1:
        return _link(with_mac[0], "likely", name_word)
    if len(name) > 1:
        return _one_active(name, name_word)
    return Link(
        to=None, confidence="none", evidence=None, count=0,
        suggested=_suggested(asset, there), moved=_moved(asset, configurations),
    )  # fmt: skip


def computer_of(device: Thing, configuration: int | None, computers: Sequence[Thing],
                known: Iterable[tuple[int | str, int | None]]) -> Link | None:  # fmt: skip
    """Which computer *device* is; *known* are the computers' own configurations."""
    there = [one for one in computers for company in device.companies if company in one.companies]
    serial = [one for one in there if device.serial and one.serial == device.serial]
    if len(serial) == 1 and not _is_chance(device, serial[0]):
        is_other = bool(device.maker and serial[0].maker and device.maker != serial[0].maker)
        return _link(serial[0], "likely" if is_other else "certain", "serial number")
    if len(serial) > 1:
        return Link(to=None, confidence="ambiguous", evidence="serial number", count=len(serial))
    same = [id_ for id_, of in known if of is not None and of == configuration]
    if len(same) == 1:
        return Link(to=int(same[0]), confidence="likely", evidence="same configuration", count=1)
    name = [one for one in there if device.name and one.name == device.name]
    if len(name) == 1:
        return _link(name[0], "likely", "host name")
    return Link(to=None, confidence="ambiguous", evidence="host name", count=len(name)) if name else None


def _is_chance(one: Thing, other: Thing) -> bool:
    """Two makers may use the same short serial number."""
    is_short = len(one.serial or "") < 7
    return is_short and None not in (one.maker, other.maker) and one.maker != other.maker


def _one_active(found: Sequence[Thing], evidence: str) -> Link:
    active = [one for one in found if one.is_active]
    if len(active) == 1:
        return _link(active[0], "likely", evidence)
    return Link(to=None, confidence="ambiguous", evidence=evidence, count=len(found))


def _link(one: Thing, confidence: str, evidence: str) -> Link:
    return Link(to=int(one.id), confidence=confidence, evidence=evidence, count=1)


def _suggested(asset: Thing, there: Sequence[Thing]) -> int | None:
    with_mac = [one for one in there if asset.mac and one.mac == asset.mac]
    if len(with_mac) == 1:
        return int(with_mac[0].id)
    if len(asset.name or "") < 15:
        return None
    cut = [one for one in there if len(one.name or "") >= 15 and str(one.name)[:15] == str(asset.name)[:15]]
    # Windows leaves exactly 15 characters: one of the two must be a cut name, and only one.
    is_cut = len(cut) == 1 and (len(str(asset.name)) == 15) != (len(str(cut[0].name)) == 15)
    return int(cut[0].id) if is_cut else None


def _moved(asset: Thing, configurations: Sequence[Thing]) -> int | None:
    anywhere = [one for one in configurations if asset.serial and one.serial == asset.serial]
    return int(anywhere[0].id) if len(anywhere) == 1 and not _is_chance(asset, anywhere[0]) else None
