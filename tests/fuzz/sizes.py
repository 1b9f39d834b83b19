"""``python -m tests.fuzz.sizes [--megabytes 1000] [NAME …]``: what is far too large, and what it costs.

Each attack runs in a process of its own; printed are its outcome, its seconds and its peak memory.
"""

from __future__ import annotations

import argparse
import logging
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx
import orjson

from msp_audit.connectors.answer import Secrets
from msp_audit.connectors.http import Api
from msp_audit.errors import MspAuditError
from msp_audit.settings import HttpSettings
from tests.connectors.loopback import Reply, serving
from tests.fuzz import parsers

MEGABYTE = 1_000_000
#: Takes a folder and a size in megabytes; returns what was understood, or raises an error in words.
Attack = Callable[[Path, int], object]


def attacks() -> Mapping[str, Attack]:
    """Name -> attack."""
    return {
        "plain_answer": _answered(lambda size: (b'[{"id":1,"name":"' + b"a" * size, "")),
        "packed_answer": _answered(lambda size: (_packed(size), "gzip")),
        "answer_packed_twice": _answered(lambda size: (_packed_twice(size), "gzip, gzip")),
        "deep_answer": _answered(lambda size: (b"[" * min(size, 3 * MEGABYTE), "")),
        "deep_record": _answered(lambda size: (_deep(min(size, 20 * MEGABYTE)), "")),
        "wide_answer": _answered(lambda size: (b"[" + b"{}," * (min(size, 60 * MEGABYTE) // 3) + b"{}]", "")),
        "large_text": _read('[{"id":1,"name":"%s"},{"id":2,"name":"ours"}]', lambda _: "a" * 10_000_000),
        "long_list": _read('[{"id":1,"types":[%s]}]', lambda _: ",".join(['{"id":1}'] * 100_000)),
        "export_one_line": _exported(lambda size: _repeated(b"ClientID,Name\n1,", b"a", size)),
        "export_header": _exported(lambda size: _repeated(b"", b"ClientID,", size)),
        "export_open_quote": _exported(lambda size: _repeated(b'ClientID,Name\n1,"', b"a\n", size)),
        "export_wide_row": _exported(lambda size: _repeated(b"ClientID,Name\n1", b',"\n"', size)),
        "export_bad_lines": _exported(lambda size: _repeated(b"ClientID,Name\n", b"x\n", size // 10)),
        "files_one_line": _filed(lambda size: _repeated(b"asset_id,organisation_id,name\n1,", b"a", size)),
        "files_bad_lines": _filed(
            lambda size: _repeated(b"asset_id,organisation_id,name\n", b"x\n", size // 10)
        ),
        "files_parquet": _parquet,
        "pasted_mappings": _file("inventory_mappings", b"Domain Prefix\tDevice Name\n", b"x\t"),
        "recording": _file("recording", b"GET /login/companyinfo/northwind\n\nHTTP 200\n\n", b"["),
        "tickets_xml": _file("tickets_xml", b"<a>", b"<a>"),
        "deep_xml": _deep_xml,
        "settings": _file("settings", b"", b"a."),
        "brand": _file("brand", b"name = '", b"a"),
        "definition": _file("definition", b"title = '", b"a"),
        "rule": _file("rule", b"/*\n", b"a"),
        "query": _file("query", b"/*\n", b"a"),
        "suppressions": _file("suppressions", b"[[suppression]]\nrule = '", b"a"),
        "recipients": _file("recipients", b"company,to\n", b"x"),
    }  # fmt: skip


def attacked(name: str, *, megabytes: int, folder: Path) -> str:
    """What came of the attack *name*: the error's words, or ``taken``."""
    try:
        told = attacks()[name](folder, megabytes * MEGABYTE)
    except MspAuditError as error:
        return f"refused: {error}"
    return f"taken: {told}"


def _deep(size: int) -> bytes:
    """One record that is well formed, and in itself some millions of times."""
    levels = size // 7
    return b"[" + b'{"a":' * levels + b"1" + b"}" * levels + b"]"


def _packed(size: int) -> bytes:
    return _squeezed(_repeated(b'[{"id":1,"name":"', b"a", size))


def _packed_twice(size: int) -> bytes:
    return _squeezed([_packed(size)])


def _squeezed(chunks: Iterator[bytes] | list[bytes]) -> bytes:
    packing = zlib.compressobj(1, wbits=31)
    return b"".join([*(packing.compress(chunk) for chunk in chunks), packing.flush()])


def _repeated(first: bytes, again: bytes, size: int) -> Iterator[bytes]:
    yield first
    block = again * (MEGABYTE // len(again))
    for _ in range(size // MEGABYTE):
        yield block


def _answered(made: Callable[[int], tuple[bytes, str]]) -> Attack:
    def attack(_folder: Path, size: int) -> object:
        body, packing = made(size)
        headers = {"Content-Encoding": packing} if packing else {}
        with serving(lambda _asked: Reply(body=body, headers=headers)) as server:
            api = Api(
                source="psa", base_url=server.url, settings=HttpSettings(tries=1), secrets=Secrets(),
                auth=httpx.BasicAuth("a", "b"),
            )  # fmt: skip
            try:
                return len(api.get("/companies").records())
            finally:
                api.close()

    return attack


def _read(page: str, filling: Callable[[int], str]) -> Attack:
    def attack(folder: Path, size: int) -> object:
        tape = parsers.Hostile((page % filling(size)).encode())
        snapshot = parsers.landed("psa", parsers.WORKSPACE, folder, tape=tape)[0]
        companies = next(one for one in snapshot.readings if one.resource == "companies")
        return companies.reason or f"{companies.proof.rows} rows"

    return attack


def _written(path: Path, chunks: Iterator[bytes]) -> None:
    with path.open("wb") as file:
        file.writelines(chunks)


def _exported(chunks: Callable[[int], Iterator[bytes]]) -> Attack:
    def attack(folder: Path, size: int) -> object:
        _written(folder / "clients.csv", chunks(size))
        snapshots = parsers.landed("automate", '[automate]\nexports = "."\n', folder)
        return next(one.reason for one in snapshots[0].readings if one.resource == "clients")

    return attack


def _filed(chunks: Callable[[int], Iterator[bytes]]) -> Attack:
    def attack(folder: Path, size: int) -> object:
        (folder / "organisations.csv").write_text("organisation_id,name\no1,Acme\n")
        _written(folder / "assets.csv", chunks(size))
        return _of_assets(folder)

    return attack


def _parquet(folder: Path, size: int) -> object:
    import pyarrow as pa
    import pyarrow.parquet as pq

    (folder / "organisations.csv").write_text("organisation_id,name\no1,Acme\n")
    # One megabyte, and as often as is asked for: a file of a few kilobytes.
    names = pa.DictionaryArray.from_arrays(
        pa.array([0] * (size // MEGABYTE), type=pa.int32()), pa.array(["a" * MEGABYTE])
    )
    ids = pa.array([str(number) for number in range(size // MEGABYTE)])
    owners = pa.array(["o1"] * (size // MEGABYTE))
    columns = {"asset_id": ids, "organisation_id": owners, "name": names}
    pq.write_table(pa.table(columns), folder / "assets.parquet")
    return _of_assets(folder)


def _of_assets(folder: Path) -> str:
    settings = '[files.probe]\nfolder = "."\nreports = []\n'
    snapshots = parsers.landed("files", settings, folder)
    return next(one.reason for one in snapshots[0].readings if one.resource == "assets")


def _file(name: str, first: bytes, again: bytes) -> Attack:
    def attack(folder: Path, size: int) -> object:
        path = parsers.placed(name, folder)
        _written(path, _repeated(first, again, size))
        return parsers.understood(name, folder)

    return attack


def _deep_xml(folder: Path, _size: int) -> object:
    """As deep as the largest file that is read at all can be."""
    levels = 999_000 // 7
    path = parsers.placed("tickets_xml", folder)
    path.write_bytes(b"<a>" * levels + b"</a>" * levels)
    return parsers.understood("tickets_xml", folder)


def main() -> int:
    """Attack; what cannot be taken raises."""
    logging.disable(logging.CRITICAL)
    given = argparse.ArgumentParser(prog="python -m tests.fuzz.sizes", description=__doc__)
    given.add_argument("name", nargs="*", help=f"of {', '.join(attacks())}; all by default")
    given.add_argument("--megabytes", type=int, default=1000)
    given.add_argument("--here", action="store_true", help="in this process")
    given.add_argument(
        "--limit", type=int, default=0, help="megabytes that each may take on top of the start"
    )
    chosen = given.parse_args()
    names = chosen.name or list(attacks())
    if not chosen.here:
        words = [sys.executable, "-m", "tests.fuzz.sizes", "--here", "--megabytes", str(chosen.megabytes)]
        return max(
            subprocess.run([*words, "--limit", str(chosen.limit), name], check=False).returncode
            for name in names
        )
    if chosen.limit:
        resource.setrlimit(resource.RLIMIT_DATA, (chosen.limit * MEGABYTE,) * 2)
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            began = time.monotonic()
            told = attacked(name, megabytes=chosen.megabytes, folder=Path(folder))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        seconds = time.monotonic() - began
        line = {"attack": name, "seconds": round(seconds, 2), "peak_megabytes": peak, "told": told[:600]}
        sys.stdout.buffer.write(orjson.dumps(line) + b"\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
