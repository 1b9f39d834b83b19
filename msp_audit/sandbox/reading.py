"""One weekly reading of the invented MSP: a folder of lists, and where to find the samples."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from msp_audit.errors import SettingsError
from msp_audit.sandbox.auvik_cover import COVER, cover_of
from msp_audit.sandbox.ninjaone_lists import drawn
from msp_audit.sandbox.records import Records

#: What the PSA says about itself when the folder holds no companyinfo.json.
_COMPANY_INFO = {
    "CompanyName": "Northwind IT Services",
    "Codebase": "v2026_4/",
    "VersionCode": "v2026.4",
    "VersionNumber": "v4.6.100000",
    "CompanyID": "northwind",
    "IsCloud": False,
    "SiteUrl": None,
}


class Reading:
    """The lists of one folder; each file is opened when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise SettingsError(f"{folder} is no folder, so the sandbox has no reading to serve.")
        self.folder = folder
        self._lists: dict[str, Records] = {}

    def psa(self, resource: str) -> Records:
        """A list of the PSA, always in the order of its ids."""
        return self._list(f"psa/{resource}.ndjson", by_id=True)

    def automate(self, resource: str, *, id_member: str) -> Records:
        """A list of Automate's REST interface."""
        return self._list(f"automate/rest/{resource}.ndjson", id_member=id_member)

    def auvik(self, resource: str) -> Records:
        """A list of Auvik's resource objects."""
        if resource in COVER and resource not in self._lists:
            self._lists[resource] = Records(cover_of(self.auvik("devices_v1"), resource))
        return self._lists.get(resource) or self._list(f"auvik/{resource}.ndjson")

    def ninjaone(self, resource: str) -> Records:
        """A list of NinjaOne; without one of its own, drawn from what Automate knows."""
        name = f"ninjaone/{resource}.ndjson"
        member = "deviceId" if resource in ("computer_systems", "network_interfaces") else "id"
        if name not in self._lists and not (self.folder / "ninjaone").is_dir():
            lines = drawn(resource, lambda other: self.automate(other, id_member="Id"))
            self._lists[name] = Records(lines, id_member=member)
        return self._list(name, id_member=member)

    @cached_property
    def company_info(self) -> dict[str, Any]:
        """What the PSA answers to who asks for its code base."""
        path = self.folder / "psa" / "companyinfo.json"
        return {**_COMPANY_INFO, **(orjson.loads(path.read_bytes()) if path.exists() else {})}

    def _list(self, name: str, *, id_member: str = "id", by_id: bool = False) -> Records:
        found = self._lists.get(name)
        if found is None:
            found = self._lists[name] = Records(self.folder / name, id_member=id_member, by_id=by_id)
        return found


def samples_folder() -> Path:
    """The folder of the sample weeks: of this checkout, or the copy that came with the package.

    Raises:
        SettingsError: neither is there.
    """
    here = Path(__file__).resolve()
    for folder in (here.parents[2] / "data" / "samples", here.parent / "samples"):
        if sample_weeks(folder):
            return folder
    raise SettingsError("The sample readings are not there; reinstall msp-audit, or name a folder to serve.")


def sample_weeks(folder: Path) -> tuple[Path, ...]:
    """The weekly readings in *folder*, oldest first: its subfolders that hold an ``estate.json``."""
    return tuple(sorted(path.parent for path in folder.glob("*/estate.json")))
