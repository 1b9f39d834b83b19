"""Every parser of foreign bytes as a function of those bytes, with good examples to start from.

A parser may refuse with an error that the program knows (``MspAuditError``), never crash in another way,
hang, or repeat the secret that stands in some of the examples.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import httpx
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from msp_audit.audit.cases import load_cases
from msp_audit.audit.suppressions import load_suppressions
from msp_audit.connectors import CONNECTORS, views_folder_of
from msp_audit.connectors.answer import Answer, Secrets, complaint, describe
from msp_audit.connectors.auvik.inventory_mappings import read_inventory_mappings
from msp_audit.connectors.base import Page
from msp_audit.connectors.recording import Replay
from msp_audit.connectors.tape import Hook, Tape
from msp_audit.delivery.ticket.importing import import_settings
from msp_audit.reporting.brand import load_brand
from msp_audit.reporting.definition import load_definitions
from msp_audit.settings import load_settings
from msp_audit.settings.load import load_fleet_settings
from msp_audit.sqlfile import read_sql_file
from msp_audit.store import Shrinkage, Snapshot, Store, Views
from msp_audit.workspace.queries import load_queries
from msp_audit.workspace.reading import read_sources
from msp_audit.workspace.recipients import _rows as recipients

SECRET = "hunter2-Zq9!never-shown"
ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "data" / "samples" / "2026-11-16"
NOW = datetime(2026, 11, 16, 6)
WORKSPACE = """
[psa]
url = "https://psa.example"
company = "northwind"
client_id = "00000000-0000-4000-8000-000000000001"
public_key = "env:A"
private_key = "env:B"
[automate]
url = "https://automate.example"
username = "auditor"
password = "env:C"
client_id = "00000000-0000-4000-8000-000000000001"
[auvik]
url = "https://auvikapi.us1.my.auvik.com"
username = "auditor@northwind.example"
api_key = "env:D"
"""

FILES = """
[files.probe]
folder = "."
reports = ["serial_number", "mac_address", "last_seen_at", "is_online"]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parser:
    """One way in for foreign bytes."""

    #: Takes the bytes and a folder to put them in.
    parse: Callable[[bytes, Path], object]
    seeds: Callable[[], tuple[bytes, ...]]
    #: A heavier one is tried less often in the tests.
    is_heavy: bool = False


def parsers() -> Mapping[str, Parser]:
    """Name -> parser."""
    return {
        "answer": Parser(parse=_answer, seeds=_answers),
        "psa": Parser(parse=_source("psa"), seeds=_pages("psa"), is_heavy=True),
        "automate": Parser(parse=_source("automate"), seeds=_pages("automate/rest"), is_heavy=True),
        "auvik": Parser(parse=_source("auvik"), seeds=_auvik, is_heavy=True),
        "exports": Parser(parse=_exports, seeds=_tables, is_heavy=True),
        "files": Parser(parse=_tool, seeds=_assets, is_heavy=True),
        "parquet": Parser(parse=_parquet, seeds=_parquets, is_heavy=True),
        "settings": Parser(
            parse=_in("settings"), seeds=lambda: (WORKSPACE.encode(), *_texts("docs/examples/*.toml"))
        ),
        "fleet": Parser(parse=_in("fleet"), seeds=lambda: (b'workspaces = ["estates/*"]\n', _FLEET)),
        "definition": Parser(
            parse=_in("definition"), seeds=lambda: _texts("msp_audit/reporting/definitions/*.toml")
        ),
        "brand": Parser(parse=_in("brand"), seeds=lambda: (_BRAND,)),
        "rule": Parser(parse=_in("rule"), seeds=lambda: _texts("msp_audit/rules/sync/*.sql")),
        "query": Parser(parse=_in("query"), seeds=lambda: _texts("msp_audit/queries/*.sql")),
        "cases": Parser(parse=_in("cases"), seeds=lambda: _texts("tests/rules/sync/*.toml")),
        "suppressions": Parser(parse=_in("suppressions"), seeds=lambda: (_SUPPRESSION,)),
        "inventory_mappings": Parser(parse=_in("inventory_mappings"), seeds=_mappings),
        "tickets_xml": Parser(parse=_in("tickets_xml"), seeds=lambda: (_XML,)),
        "recipients": Parser(parse=_in("recipients"), seeds=lambda: (b"company,to\n7,a@b.example\n",)),
        "recording": Parser(parse=_in("recording"), seeds=lambda: (_TAPED,), is_heavy=True),
    }


_SUPPRESSION = b"""[[suppression]]
rule = "sync.client_unsynced"
company = "Contoso"
reason = "internal"
author = "kim"
until = 2026-12-01
"""
_FLEET = b"""workspaces = ["estates/*"]
[report]
title = "Fleet"
to = ["noc@mymsp.example"]
[mail]
smtp = { host = "mail.mymsp.example", username = "u", password = "env:P" }
"""
_BRAND = b"""name = "Contoso"
footer = "small print"
logo = "logo.png"
[colours]
accent = "#1f4e79"
[fonts]
family = "Inter"
regular = "inter.ttf"
"""
_XML = f"""<?xml version="1.0"?><ConnectWiseSettings><Site>psa.example</Site><CompanyId>northwind</CompanyId>
<PrivateKey>{SECRET}</PrivateKey><TicketParameters><TicketParameter Name="Board">Service</TicketParameter>
</TicketParameters><TicketFloodLimit>10</TicketFloodLimit></ConnectWiseSettings>""".encode()
_TAPED = (
    b'GET /v4_6_release/apis/3.0/company/companies\n\nHTTP 200\ncontent-type: application/json\n\n[{"id":1}]'
)


def _answer(data: bytes, _folder: Path) -> object:
    secrets = Secrets([SECRET])
    told = describe(data, secrets=secrets) + complaint(data, secrets=secrets)
    assert SECRET not in told
    return Answer(
        source="psa", resource="things", status=200, url="https://psa.example", headers={}, content=data,
        secrets=secrets,
    ).records()  # fmt: skip


def _answers() -> tuple[bytes, ...]:
    html = f"<html><title>Service</title><body>password={SECRET}</body></html>"
    error = {"code": "Forbidden", "errors": [{"message": f"token: {SECRET}"}]}
    return (
        *_pages("psa")(), html.encode(), json.dumps(error).encode(), b'\xef\xbb\xbf[{"id": 1}]',
        b"[" * 2000, b'[{"a":' * 500, b'[{"id": 1e999, "name": "\\u0000\\ud800"}]',
    )  # fmt: skip


class Hostile(Tape, httpx.BaseTransport):
    """Signs everybody in, and answers every list with the same bytes."""

    is_offline = True

    def __init__(self, content: bytes) -> None:
        self._content = content

    def hook(self, *, source: str, secrets: Secrets) -> Hook | None:
        return None

    def transport(self, *, source: str) -> httpx.BaseTransport | None:
        return self

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        content = self._content
        if "apitoken" in request.url.path.lower():
            content = b'{"AccessToken":"t","ExpirationDate":"2036-01-01T00:00:00Z"}'
        elif "companyinfo" in request.url.path:
            content = b'{"CompanyName":"N","Codebase":"v4_6_release/","IsCloud":false,"SiteUrl":null}'
        headers = {"content-type": "application/json"}
        return httpx.Response(200, content=content, headers=headers, request=request)


def _source(source: str) -> Callable[[bytes, Path], object]:
    def parse(data: bytes, folder: Path) -> object:
        return landed(source, WORKSPACE, folder, tape=Hostile(data))

    return parse


def _exports(data: bytes, folder: Path) -> object:
    for table in ("clients", "computers", "plugin_cw_clientmapping", "plugin_cw_ticket_failures"):
        (folder / f"{table}.csv").write_bytes(data)
    return landed("automate", '[automate]\nexports = "."\n', folder)


def landed(source: str, settings: str, folder: Path, *, tape: Tape | None = None) -> tuple[Snapshot, ...]:
    """The whole way: read, spooled, kept and made into typed relations."""
    (folder / "msp-audit.toml").write_text(settings)
    store = _store(source)
    snapshots = read_sources(
        store,
        settings=load_settings(folder),
        sources=(source,),
        now=lambda: NOW,
        shrinkage=Shrinkage(share=1, rows=0),
        tape=tape,
    )
    store.materialise(_views())
    assert SECRET not in " ".join(one.reason for snapshot in snapshots for one in snapshot.readings)
    return snapshots


@cache
def _store(source: str) -> Store:
    """One for all attacks on a source: what an earlier one left must not help the next either."""
    return Store(Path(tempfile.mkdtemp(prefix="msp-audit-fuzz-")), in_memory=True)


@cache
def _views() -> Views:
    return Views.load({source: views_folder_of(source) for source in CONNECTORS})


def _pages(place: str) -> Callable[[], tuple[bytes, ...]]:
    def seeds() -> tuple[bytes, ...]:
        found = sorted((SAMPLES / place).glob("*.ndjson"))
        return tuple(b"[" + b",".join(path.read_bytes().splitlines()[:3]) + b"]" for path in found)

    return seeds


def _auvik() -> tuple[bytes, ...]:
    link = b',"links":{"next":"https://auvikapi.us1.my.auvik.com/v1/tenants?page[after]=x"}}'
    return tuple(b'{"data":' + page + end for page in _pages("auvik")() for end in (b',"links":{}}', link))


def _tables() -> tuple[bytes, ...]:
    paths = sorted((SAMPLES / "automate" / "tables").glob("*.csv"))
    texts = [b"\n".join(path.read_bytes().splitlines()[:4]) for path in paths]
    return (*texts, texts[0].decode().encode("utf-16"), b'\xff\xfe"', b"ClientID\n" + b'"' * 5000)


def _texts(pattern: str) -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted(ROOT.glob(pattern)))[:20]


def placed(name: str, folder: Path) -> Path:
    """Where the file of the parser *name* goes."""
    path = folder / _PLACES[name][0]
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def understood(name: str, folder: Path) -> object:
    """What the parser *name* makes of its file."""
    place, read = _PLACES[name]
    return read(folder / place)


def _in(name: str) -> Callable[[bytes, Path], object]:
    def parse(data: bytes, folder: Path) -> object:
        placed(name, folder).write_bytes(data)
        return understood(name, folder)

    return parse


def _copied(path: Path) -> object:
    events = list(read_inventory_mappings(path, max_age_hours=1e9))
    for event in events:
        if isinstance(event, Page):
            # What comes out can be spooled.
            orjson.dumps(event.records)
        else:
            assert len(event.reason) < 1000, "a reason repeats the file"
    return events[-1]


def _mappings() -> tuple[bytes, ...]:
    header = ("Domain Prefix", "Device Name", "Configuration Item", "State")
    rows = (
        header,
        ("contoso", "sw-1", "SW-1", "Mapped and Syncing"),
        ("contoso", "fw", "", "Ready to Match"),
    )
    texts = [
        "\n".join(delimiter.join(f'"{cell}"' if delimiter == "," else cell for cell in row) for row in rows)
        for delimiter in "\t,;"
    ]
    return (*(text.encode() for text in texts), texts[0].encode("utf-16"))


def _imported(path: Path) -> object:
    imported = import_settings([path])
    assert SECRET not in imported.toml + " ".join(imported.remarks)
    return imported


def _replayed(tape: Path) -> object:
    return landed("psa", WORKSPACE, tape.parent, tape=Replay(tape))


#: Parser of one file -> the file's place, and who reads it.
_PLACES: Mapping[str, tuple[str, Callable[[Path], object]]] = {
    "settings": ("msp-audit.toml", lambda path: load_settings(path.parent)),
    "fleet": ("fleet.toml", load_fleet_settings),
    "definition": ("reports/ours.toml", lambda path: load_definitions(path.parent)),
    "brand": ("brand/brand.toml", lambda path: load_brand(path.parent)),
    "rule": ("rule.sql", lambda path: read_sql_file(path, root=path.parent)),
    "query": ("queries/ours.sql", lambda path: load_queries(path.parent)),
    "cases": ("rule.toml", load_cases),
    "suppressions": (
        "suppressions.toml", lambda path: load_suppressions(path, today=NOW.date(), max_days=400),
    ),
    "inventory_mappings": ("mappings.csv", _copied),
    "tickets_xml": ("ConnectWiseSettings.xml", _imported),
    "recipients": ("recipients.csv", lambda path: list(recipients(path))),
    "recording": ("tape/psa/000001-companies.http", lambda path: _replayed(path.parents[1])),
}  # fmt: skip


def _tool(data: bytes, folder: Path) -> object:
    for table in ("organisations", "sites", "assets", "asset_macs"):
        (folder / f"{table}.csv").write_bytes(data)
    return landed("files", FILES, folder)


def _assets() -> tuple[bytes, ...]:
    return (
        b"organisation_id,name\no1,Acme\no2,Initech\n",
        b"asset_id,organisation_id,name,kind,serial_number,mac_address,last_seen_at,is_online\n"
        b"a1,o1,SRV-1,Server,ABCD1234,00:1A:2B:3C:4D:5E,2026-11-01T06:00:00+01:00,yes\na2,o1,PC-2,,,,,\n",
        b"asset_id;mac_address\na1;00:1A:2B:3C:4D:5E\n",
        "asset_id\torganisation_id\tname\na1\to1\tPC\n".encode("utf-16"),
        b'asset_id,organisation_id,name\n"' + b"a," * 5000,
    )


def _parquet(data: bytes, folder: Path) -> object:
    for table in ("organisations", "assets"):
        (folder / f"{table}.parquet").write_bytes(data)
    return landed("files", FILES, folder)


@cache
def _parquets() -> tuple[bytes, ...]:
    made = []
    for text in _assets()[:2]:
        rows = [line.split(",") for line in text.decode().splitlines()]
        columns = {name: [row[place] for row in rows[1:]] for place, name in enumerate(rows[0])}
        for compression in ("none", "zstd"):
            buffer = io.BytesIO()
            pq.write_table(pa.table(columns), buffer, compression=compression)
            made.append(buffer.getvalue())
    return tuple(made)
