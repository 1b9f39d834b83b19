"""Chance without state: every value follows from the seed, a kind and an index."""

from __future__ import annotations

from array import array
from enum import IntEnum

_MASK = (1 << 64) - 1
#: Neither vowels (no words by accident) nor letters that are mistaken for digits.
_ALPHABET = "0123456789BCDFGHJKLMNPQRSTVWXZ"
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"


class Kind(IntEnum):
    """What is drawn for; keeps the draws of two kinds of one index apart."""

    COMPANY = 1
    COMPUTER = 2
    CONTACT = 3
    DEVICE = 4
    FLAW = 5
    TICKET = 6
    ONLINE = 7


def draw(seed: int, kind: int, index: int) -> int:
    """64 well mixed bits (splitmix64); the same arguments always give the same bits."""
    z = seed * 0x9E3779B97F4A7C15 + kind * 0xD1B54A32D192ED03 + index * 0x8CB92BA72F3D8DD7
    z &= _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def code(index: int, *, length: int) -> str:
    """*length* letters and digits that differ for every index below 30 to the power of *length*."""
    number = (index * 611_953 + 2_718_281) % 30**length
    letters = []
    for _ in range(length):
        number, digit = divmod(number, 30)
        letters.append(_ALPHABET[digit])
    return "".join(letters)


def computer_serial(maker: str, *, index: int, bits: int) -> str:
    """A serial number in the maker's habit; no two computers share one."""
    if maker == "Dell Inc.":
        return _LETTERS[bits % 20] + code(index, length=6)
    if maker in ("HP", "HPE"):
        return ("5CG", "MXL", "CZC", "2UA")[bits % 4] + code(index, length=7)
    if maker == "LENOVO":
        return ("PF", "MJ", "R9")[bits % 3] + code(index, length=6)
    if maker == "Apple Inc.":
        return "C02" + code(index, length=9)
    if maker == "VMware, Inc.":
        pairs = f"42{bits & 0xFFFFFFFFFF:010x}{index:08x}{(bits >> 40) & 0xFFFFFF:06x}{index & 0xFFFFFF:06x}"
        first = " ".join(pairs[at : at + 2] for at in range(0, 16, 2))
        return f"VMware-{first}-" + " ".join(pairs[at : at + 2] for at in range(16, 32, 2))
    digits = f"{index + 41_000_000:08d}{bits % 10**18:018d}"
    return "-".join(digits[at : at + 4] for at in range(0, 26, 4))


def device_serial(make: str, *, index: int, bits: int) -> str | None:
    """The same for network gear; None for makes that report none."""
    if make == "Cisco":
        return ("FCW", "FOC", "FDO")[bits % 3] + code(index, length=8)
    if make == "Cisco Meraki":
        text = code(index, length=8)
        return f"Q2{_LETTERS[bits % 20]}N-{text[:4]}-{text[4:]}"
    if make == "Fortinet":
        return ("FGT60FTK", "FGT100FT")[bits % 2] + code(index, length=8)
    if make == "Ubiquiti":
        return mac(index, prefix="fcecda").replace(":", "").upper()
    if make == "APC":
        return None if bits % 3 == 0 else "AS" + code(index, length=10)
    if make == "Synology":
        return "20" + code(index, length=9) + "N"
    return "CN" + code(index, length=8)


def mac(index: int, *, prefix: str) -> str:
    """A colon-separated address below the vendor's *prefix* (six hex digits)."""
    text = f"{prefix}{(index * 7_919 + 4_242) & 0xFFFFFF:06x}"
    return ":".join((text[0:2], text[2:4], text[4:6], text[6:8], text[8:10], text[10:12]))


def shares(weights: list[float], *, total: int, least: int) -> array[int]:
    """Where each one's share of *total* begins; contiguous, so that an owner follows from a position."""
    rest = total - least * len(weights)
    if rest < 0:
        rest, least = total, 0
    whole = sum(weights)
    starts = array("q", [0])
    summed = 0.0
    for number, weight in enumerate(weights, start=1):
        summed += weight
        starts.append(least * number + int(rest * summed / whole + 1e-9))
    starts[-1] = total
    return starts
