"""Every parser of foreign bytes as a function of those bytes, with good examples to start from.

A parser may refuse with an error that the program knows (``MspAuditError``), never crash in another way,
hang, or repeat the secret that stands in some of the examples.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import httpx

from msp_audit.audit.cases import load_cases
from msp_audit.audit.suppressions import load_suppressions
from msp_audit.connectors import CONNECTORS, views_folder_of
from msp_audit.connectors.answer import Answer, Secrets, complaint, describe
from msp_audit.connectors.recording import Replay
from msp_audit.connectors.tape import Hook, Tape
from msp_audit.delivery.ticket.importing import import_settings
from msp_audit.settings import load_settings
from msp_audit.settings.load import load_fleet_settings
from msp_audit.sqlfile import read_sql_file
from msp_audit.store import Shrinkage, Store, Views
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
        "settings": Parser(
            parse=_settings, seeds=lambda: (WORKSPACE.encode(), *_texts("docs/examples/*.toml"))
        ),
        "fleet": Parser(parse=_fleet, seeds=lambda: (b'workspaces = ["estates/*"]\n',)),
        "rule": Parser(parse=_rule, seeds=lambda: _texts("msp_audit/rules/sync/*.sql")),
        "cases": Parser(parse=_cases, seeds=lambda: _texts("tests/rules/sync/*.toml")),
        "suppressions": Parser(parse=_suppressions, seeds=lambda: (_SUPPRESSION,)),
        "tickets_xml": Parser(parse=_xml, seeds=lambda: (_XML,)),
        "recipients": Parser(parse=_recipients, seeds=lambda: (b"company,to\n7,a@b.example\n",)),
        "recording": Parser(parse=_recording, seeds=lambda: (_TAPED,), is_heavy=True),
    }


_SUPPRESSION = b"""[[suppression]]
rule = "sync.client_unsynced"
company = "Contoso"
reason = "internal"
author = "kim"
until = 2026-12-01
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


class _Hostile(Tape, httpx.BaseTransport):
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
        return _landed(source, WORKSPACE, folder, tape=_Hostile(data))

    return parse


def _exports(data: bytes, folder: Path) -> object:
    for table in ("clients", "computers", "plugin_cw_clientmapping", "plugin_cw_ticket_failures"):
        (folder / f"{table}.csv").write_bytes(data)
    return _landed("automate", '[automate]\nexports = "."\n', folder, tape=None)


def _landed(source: str, settings: str, folder: Path, *, tape: Tape | None) -> object:
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


def _settings(data: bytes, folder: Path) -> object:
    (folder / "msp-audit.toml").write_bytes(data)
    return load_settings(folder)


def _fleet(data: bytes, folder: Path) -> object:
    path = folder / "fleet.toml"
    path.write_bytes(data)
    return load_fleet_settings(path)


def _rule(data: bytes, folder: Path) -> object:
    path = folder / "rule.sql"
    path.write_bytes(data)
    return read_sql_file(path, root=folder)


def _cases(data: bytes, folder: Path) -> object:
    path = folder / "rule.toml"
    path.write_bytes(data)
    return load_cases(path)


def _suppressions(data: bytes, folder: Path) -> object:
    path = folder / "suppressions.toml"
    path.write_bytes(data)
    return load_suppressions(path, today=date(2026, 11, 16), max_days=400)


def _xml(data: bytes, folder: Path) -> object:
    path = folder / "ConnectWiseSettings.xml"
    path.write_bytes(data)
    imported = import_settings([path])
    assert SECRET not in imported.toml + " ".join(imported.remarks)
    return imported


def _recipients(data: bytes, folder: Path) -> object:
    path = folder / "recipients.csv"
    path.write_bytes(data)
    return list(recipients(path))


def _recording(data: bytes, folder: Path) -> object:
    (folder / "tape" / "psa").mkdir(parents=True, exist_ok=True)
    (folder / "tape" / "psa" / "000001-companies.http").write_bytes(data)
    return _landed("psa", WORKSPACE, folder, tape=Replay(folder / "tape"))
