"""The settings as frozen models: every field documented, every default stated."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, field_validator, model_validator

from msp_audit.domain import Severity
from msp_audit.settings.address import LOOPBACK, Address
from msp_audit.settings.auvik_sync import AuvikSync
from msp_audit.settings.base import SettingsModel
from msp_audit.settings.delivery import DeliverySettings, LinkSettings, MailSettings, ScheduleSettings
from msp_audit.settings.files import FileToolSettings, ToolName
from msp_audit.settings.secret import SecretReference
from msp_audit.settings.suppressions import SuppressionSettings
from msp_audit.settings.tickets import TicketSettings

#: What Automate's plugin can ignore or sync, in our words.
EntityKind = Literal["computer", "location", "client", "network_device", "contact"]

_ENTITY_TYPES: dict[EntityKind, int] = {
    "computer": 1,
    "location": 2,
    "client": 3,
    "network_device": 4,
    "contact": 13,
}


class HttpSettings(SettingsModel):
    """How patient to be with a source; the defaults suit the vendors' own limits."""

    #: Seconds to wait for a connection.
    connect_seconds: float = Field(default=10, gt=0, le=120)
    #: Seconds to wait for an answer.
    read_seconds: float = Field(default=60, gt=0, le=900)
    #: Tries for one request, the first included.
    tries: int = Field(default=5, ge=1, le=10)
    #: Seconds that all waiting of one source may add up to.
    retry_budget_seconds: float = Field(default=900, ge=0, le=14400)
    #: Shortest wait before a retry, in seconds; a server's "Retry-After: 0" is raised to it.
    retry_floor_seconds: float = Field(default=1, ge=0, le=60)
    #: Requests in flight at once.
    concurrency: int = Field(default=4, ge=1, le=16)
    #: Rows asked for with one request; without it each connector takes its own default.
    page_size: int | None = Field(default=None, ge=1, le=10000)
    #: Certificate authorities to trust instead of the system's, as a PEM file.
    ca_file: Path | None = None
    #: Proxy to go through.
    proxy: str | None = None


class PsaSettings(SettingsModel):
    """ConnectWise PSA ("Manage"). Least rights: docs/connecting/psa.md."""

    #: Site as in the browser, or the API host: ``https://na.myconnectwise.net``.
    url: Address
    #: Company name typed on the login page.
    company: str = Field(min_length=1)
    #: GUID registered at developer.connectwise.com.
    client_id: str = Field(min_length=1)
    #: Public key of the API member.
    public_key: SecretReference
    #: Private key of the API member.
    private_key: SecretReference
    #: API version in the Accept header; without it the server answers with its latest.
    version: str | None = None
    http: HttpSettings = HttpSettings()


class MysqlSettings(SettingsModel):
    """Automate's database, read with an account of its own that may only select."""

    #: Machine that the database is on.
    host: str = "localhost"
    #: Its port.
    port: int = Field(default=3306, ge=1, le=65535)
    #: Unix socket instead of host and port.
    socket: Path | None = None
    #: Name of the database.
    database: str = "labtech"
    #: MySQL account; Automate's own accounts do not work here since release 2021.1.
    username: str = Field(min_length=1)
    #: Its password; without one the account has none (a socket may need none).
    password: SecretReference | None = None
    #: ``verified`` encrypts and checks the certificate. ``required`` encrypts without checking it, and every
    #: reading warns of that. ``off`` only towards this machine.
    #: Without it: ``off`` towards this machine, ``verified`` towards any other.
    tls: Literal["off", "required", "verified"] | None = None
    #: Certificate authorities for ``verified`` instead of the system's, as a PEM file.
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _no_plain_text_over_the_network(self) -> MysqlSettings:
        if self.tls == "off" and not self.is_local:
            raise ValueError(
                'tls = "off" is only allowed towards this machine; the password would be readable'
            )
        return self

    @property
    def is_local(self) -> bool:
        """Whether nothing leaves this machine."""
        return self.socket is not None or self.host in LOOPBACK

    @property
    def encryption(self) -> str:
        """``off``, ``required`` or ``verified``, the default worked out."""
        return self.tls or ("off" if self.is_local else "verified")


class AutomateSettings(SettingsModel):
    """ConnectWise Automate: database, REST API, exported tables. A live way wins; exports give the rest."""

    #: Automate's MySQL database: the way that gives everything.
    mysql: MysqlSettings | None = None
    #: Server, ``https://automate.example.com``; the API is below ``/cwa/api/v1``.
    url: Address | None = None
    #: Automate user for the API; needed with ``url``.
    username: str | None = None
    #: Its password.
    password: SecretReference | None = None
    #: GUID registered at developer.connectwise.com; the API of Automate wants it too.
    client_id: str | None = None
    #: Folder with exports of the database tables, one ``<table>.csv`` each.
    exports: Path | None = None
    #: Exports older than this many hours are *stale*.
    exports_max_age_hours: float = Field(default=192, gt=0)
    #: What a table or column is called in your database: ``"table.column" = "name"``, or a list of names.
    aliases: dict[str, str | tuple[str, ...]] = Field(default_factory=dict)
    #: Clients that are left out, with all that is theirs: ids, or patterns of names such as ``"~*"``.
    exclude_clients: tuple[int | str, ...] = ()
    #: Zone of the times in the database and its exports, which carry none: ``"America/New_York"``.
    time_zone: str = "UTC"
    #: ``TargetType`` codes of the plugin's ignore list; inferred by the field, so a setting.
    entity_types: dict[EntityKind, int] = Field(default_factory=lambda: dict(_ENTITY_TYPES))
    http: HttpSettings = HttpSettings(concurrency=2)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"'{name}' is no time zone; write it like \"America/New_York\"") from None
        return name

    @model_validator(mode="after")
    def _some_way(self) -> AutomateSettings:
        if self.mysql is None and self.url is None and self.exports is None:
            raise ValueError("names no way to read Automate; give mysql, url, exports, or several of them")
        if self.url is not None and not (self.username and self.password and self.client_id):
            raise ValueError("has a url, so it needs username, password and client_id too")
        return self


class AuvikSettings(SettingsModel):
    """Auvik. A key of a user with the API access role is enough."""

    #: ``https://auvikapi.us1.my.auvik.com`` with your own region.
    url: Address
    #: E-mail address of the user whose key it is.
    username: str = Field(min_length=1)
    #: The user's API key.
    api_key: SecretReference
    #: Which device list to read; snapshots of two versions are never compared.
    api_version: Literal["v1", "v2"] = "v2"
    #: Read interfaces (MAC addresses): many pages more.
    interfaces: bool = True
    #: Read the makers' lifecycles: from when on a model is not sold, mended or supported (Cisco's only).
    lifecycles: bool = False
    #: Read the makers' warranties and service contracts (Cisco's only).
    warranties: bool = False
    #: Declared inventory sync settings; without them the sync rules are not evaluated.
    sync: AuvikSync | None = None
    #: Auvik's Inventory Mappings table, copied into a CSV or TSV file; see docs/connecting/auvik.md.
    inventory_mappings: Path | None = None
    #: A copy that is more hours old is *stale*.
    inventory_mappings_max_age_hours: float = Field(default=192, gt=0)
    http: HttpSettings = HttpSettings(concurrency=1)


class NinjaoneSettings(SettingsModel):
    """NinjaOne. An API client with the scope ``monitoring`` is enough: docs/connecting/ninjaone.md."""

    #: ``https://app.ninjarmm.com`` with your own region: app, us2, eu, ca, oc, jp or fed.
    url: Address
    #: The API client's id.
    client_id: str = Field(min_length=1)
    #: The API client's secret.
    client_secret: SecretReference
    #: NinjaOne's organisation -> record id of the PSA company that it is.
    organisations: dict[str, int] = Field(default_factory=dict)
    #: Names of the PSA configuration types of which NinjaOne should know every active one.
    covers: tuple[str, ...] = ()
    http: HttpSettings = HttpSettings(concurrency=1)

    @field_validator("organisations")
    @classmethod
    def _are_ids(cls, mapped: dict[str, int]) -> dict[str, int]:
        odd = next((name for name in mapped if not (name.isascii() and name.isdecimal())), None)
        if odd is not None:
            raise ValueError(f"{odd!r} is no organisation; write its id in NinjaOne, which is a number")
        return mapped

    @field_validator("covers")
    @classmethod
    def _once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"{twice!r} stands twice; keep one")
        return names


class StoreSettings(SettingsModel):
    """Where the database lives and what bounds it."""

    #: Private folder of the runs, relative to the workspace.
    folder: Path = Path(".msp-audit")
    #: The read-only copy that people open, relative to the workspace.
    published: Path = Path("msp-audit.duckdb")
    #: Memory that DuckDB may take.
    memory_limit: str = "2GB"
    #: Seconds that one rule may run.
    rule_seconds: float = Field(default=120, gt=0)
    #: Rows of one rule that are stored; more is reported as truncated.
    max_findings: int = Field(default=100_000, ge=1)
    #: Hours after which a complete reading no longer counts; more than the time between two runs.
    stale_after_hours: float = Field(default=192, gt=0)
    #: Hours after which a run, or a source without a complete reading, is overdue in ``status``.
    overdue_after_hours: float = Field(default=192, gt=0)
    #: Seconds to wait for another run to end before giving up.
    wait_seconds: float = Field(default=0, ge=0)
    #: Days that past runs can be seen again as they were; findings and their events stay for ever.
    keep_days: int = Field(default=730, ge=1)
    #: Share of unused room above which the store's file is rewritten.
    compact_share: float = Field(default=0.3, gt=0, le=1)
    #: Share of rows that a list may lose before its reading is *shrunk*.
    shrink_share: float = Field(default=0.2, gt=0, le=1)
    #: … and the least number of rows, so that a short list does not cry wolf.
    shrink_rows: int = Field(default=10, ge=0)


class RuleSettings(SettingsModel):
    """Overrides of what rule headers say."""

    #: Rules that are not judged.
    disabled: tuple[str, ...] = ()
    #: rule -> severity.
    severity: dict[str, Severity] = Field(default_factory=dict)
    #: rule -> parameter -> value.
    params: dict[str, dict[str, Any]] = Field(default_factory=dict)
    #: PSA company id -> rule -> parameter -> value.
    companies: dict[int, dict[str, dict[str, Any]]] = Field(default_factory=dict)


def _never_is_none(value: object) -> object:
    # TOML has no null.
    return None if value == "never" else value


class Settings(SettingsModel):
    """A whole workspace."""

    #: Folder of the settings file; every relative path starts here.
    root: Path
    #: Name of the MSP, printed on reports.
    name: str = "msp-audit"
    #: Exit code 1 when an open finding is at least this severe, or ``never``.
    fail_on: Annotated[Severity | None, BeforeValidator(_never_is_none)] = Severity.HIGH
    #: Stops the clock, for samples and tests: the time that rules see.
    as_of: datetime | None = None
    psa: PsaSettings | None = None
    automate: AutomateSettings | None = None
    auvik: AuvikSettings | None = None
    ninjaone: NinjaoneSettings | None = None
    #: Other monitoring tools, by the name that reports shall give them.
    files: dict[ToolName, FileToolSettings] = Field(default_factory=dict)
    store: StoreSettings = StoreSettings()
    rules: RuleSettings = RuleSettings()
    suppressions: SuppressionSettings = SuppressionSettings()
    delivery: tuple[DeliverySettings, ...] = ()
    mail: MailSettings | None = None
    links: LinkSettings = LinkSettings()
    schedule: ScheduleSettings | None = None
    tickets: TicketSettings | None = None
