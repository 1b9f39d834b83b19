"""What the operator set in Auvik's ConnectWise integration; no API returns any of it (seed 001)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from msp_audit.settings.auvik_vocabulary import ALL_TYPES_FIELDS, ONE_TYPE_FIELDS, device_class, sync_field
from msp_audit.settings.base import SettingsModel

Identifier = Literal["serial_number", "device_name", "host_name"]


class AuvikFieldSync(SettingsModel):
    """One row of Auvik's *Field Sync Mappings*."""

    #: ``all`` or the name of a PSA configuration type.
    scope: str = "all"
    #: Auvik's name of the field.
    auvik: str
    #: A PSA field, or ``question:<question text>``.
    psa: str

    @field_validator("auvik")
    @classmethod
    def _known(cls, text: str) -> str:
        return sync_field(text)

    @property
    def is_for_all_types(self) -> bool:
        """Whether it holds for every configuration type."""
        return self.scope.strip().lower() == "all"


class AuvikSiteMapping(SettingsModel):
    """One row of Auvik's site mappings: a tenant and the PSA company it syncs to."""

    #: Record id of the PSA company.
    company_id: int
    #: Name of the PSA site.
    site: str | None = None
    #: Inventory is synced.
    inventory: bool = True
    #: Alerts become tickets.
    alerting: bool = True


class AuvikMake(SettingsModel):
    """One row of Auvik's *Device Make Mappings*."""

    #: Name of the PSA manufacturer.
    manufacturer: str | None = None
    #: Name of the PSA company that is the vendor.
    vendor: str | None = None


class AuvikAssumptions(SettingsModel):
    """What the vendor's documents leave open, and how we read it; each default is the likelier reading."""

    #: A1: names are compared without regard to case; only for serial numbers is it written so.
    names_match_any_case: bool = True
    #: A2: several configurations carry the value that decides: left open, or the oldest or latest is taken.
    several_matches: Literal["ambiguous", "oldest", "latest"] = "ambiguous"
    #: A3: a device class without a mapping stops creating only, or matching too.
    unmapped_class_stops: Literal["creating", "matching"] = "creating"
    #: A4: configurations are searched in the mapped company only, or in all companies.
    search_scope: Literal["company", "all"] = "company"
    #: A5: a device stays with the configuration that carries its device ID, whatever its identifiers say.
    link_persists: bool = True
    #: A6: *Update matched configurations as active* works while only active ones are matched.
    reactivates_while_only_matching_active: bool = False
    #: A7: fields that may be mapped for all types may also be mapped for one.
    all_types_fields_may_be_mapped_for_one_type: bool = True
    #: A8: hours after which a *Last mapped* date is too old; the sync's own interval is not documented.
    last_mapped_stale_hours: float = Field(default=48, gt=0)
    #: A9: mapped fields are written at every sync, or only when a configuration is created.
    mapped_fields_are_written: Literal["always", "at_create"] = "always"
    #: A10: identifier values that count as none; only 'Unknown' is documented.
    blank_identifiers: tuple[str, ...] = ("unknown", "n/a", "none", "-")


class AuvikSync(SettingsModel):
    """The *Inventory* page of Auvik's ConnectWise integration."""

    #: The inventory sync is switched on.
    enabled: bool = True
    #: In priority order; ``host_name`` and ``device_name`` exclude each other.
    identifiers: tuple[Identifier, ...] = ("serial_number", "device_name")
    #: *Use configuration type when matching* is on.
    use_configuration_type_when_matching: bool = False
    #: *Only match active configurations* is on.
    only_match_active: bool = False
    #: Name of the status set on matched configurations; without it that is off.
    update_matched_as_active: str | None = None
    #: Only devices that Auvik manages are synced.
    managed_only: bool = False
    #: Name of the status set when a device is deleted; without it that is off.
    inactive_on_delete: str | None = None
    #: Auvik device class -> PSA configuration type.
    class_map: dict[str, str] = Field(default_factory=dict)
    #: Device classes that Auvik has and this program does not know yet.
    extra_classes: tuple[str, ...] = ()
    #: Auvik make -> PSA manufacturer and vendor.
    make_map: dict[str, AuvikMake] = Field(default_factory=dict)
    #: In the order of Auvik's page.
    field_sync: tuple[AuvikFieldSync, ...] = ()
    #: Tenant domain prefix -> PSA company.
    site_map: dict[str, AuvikSiteMapping] = Field(default_factory=dict)
    #: How the open points of the documents are read.
    assumptions: AuvikAssumptions = AuvikAssumptions()

    @model_validator(mode="before")
    @classmethod
    def _class_names(cls, values: Any) -> Any:  # noqa: ANN401  (whatever the file says)
        if isinstance(values, dict) and isinstance(values.get("class_map"), dict):
            more = values.get("extra_classes") or ()
            written = [(device_class(str(key), more=more), key) for key in values["class_map"]]
            _refuse_twice(written, "class_map: the device class")
            named = {name: values["class_map"][key] for name, key in written}
            return {**values, "class_map": named}
        return values

    @model_validator(mode="after")
    def _identifiers_agree(self) -> AuvikSync:
        if not self.identifiers:
            raise ValueError("identifiers: none is given; Auvik would match and create nothing")
        if {"host_name", "device_name"} <= set(self.identifiers):
            raise ValueError("identifiers: host_name and device_name exclude each other (seed 001); keep one")
        if len(set(self.identifiers)) != len(self.identifiers):
            raise ValueError("identifiers: the same one stands twice")
        return self

    @model_validator(mode="after")
    def _keys_are_unique(self) -> AuvikSync:
        _refuse_twice(((_folded(key), key) for key in self.make_map), "make_map: the make")
        _refuse_twice(((_folded(key), key) for key in self.site_map), "site_map: the tenant")
        fields = (
            (f"{_folded(row.scope)} {row.auvik} {_folded(row.psa)}", row.auvik) for row in self.field_sync
        )
        _refuse_twice(fields, "field_sync: the row of")
        return self

    @model_validator(mode="after")
    def _fields_fit_their_scope(self) -> AuvikSync:
        for row in self.field_sync:
            if row.is_for_all_types and row.auvik in ONE_TYPE_FIELDS:
                raise ValueError(
                    f"field_sync: {row.auvik} can only be mapped for one configuration type (seed 001);"
                    " name the type as its scope"
                )
            is_narrowed = not row.is_for_all_types and row.auvik in ALL_TYPES_FIELDS
            if is_narrowed and not self.assumptions.all_types_fields_may_be_mapped_for_one_type:
                raise ValueError(
                    f"field_sync: {row.auvik} is mapped for the type {row.scope}, which the assumption"
                    " all_types_fields_may_be_mapped_for_one_type = false rules out"
                )
        return self


def _folded(text: str) -> str:
    return " ".join(text.lower().split())


def _refuse_twice(keys: Iterable[tuple[str, object]], what: str) -> None:
    seen: dict[str, object] = {}
    for folded, written in keys:
        if folded in seen:
            twice = f"as '{seen[folded]}' and as '{written}'" if seen[folded] != written else f"('{written}')"
            raise ValueError(f"{what} {folded!r} stands twice, {twice}; keep one")
        seen[folded] = written
