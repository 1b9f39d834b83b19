"""The generator: repeatable, streaming, and telling the same story in every shape."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from msp_audit.sandbox.estate import SAMPLE, Plan, generate, weekly_readings
from msp_audit.sandbox.estate.changes import Changes
from msp_audit.sandbox.estate.tables import TABLES
from msp_audit.sandbox.estate.world import World
from msp_audit.sandbox.estate.write import automate_rows, psa_records

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
WEEKS = ("2026-11-02", "2026-11-09", "2026-11-16")
SMALL = Plan(companies=16, sites=30, computers=200, devices=80, readings=weekly_readings(weeks=2))


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_same_plan_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, plan in (("one", SMALL), ("two", SMALL), ("other", replace(SMALL, seed=2))):
        generate(tmp_path / name, plan=plan)
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert files(tmp_path / "one") != files(tmp_path / "other")


def test_the_committed_samples_are_what_the_generator_makes_today(tmp_path: Path) -> None:
    generate(tmp_path, plan=SAMPLE)
    made, committed = files(tmp_path), files(SAMPLES)
    assert set(made) == set(committed)
    changed = sorted(name for name, content in made.items() if committed[name] != content)
    assert changed == [], "run: python -m msp_audit.sandbox.estate data/samples --sample"


def test_records_are_streamed_not_collected() -> None:
    world = World(SMALL)
    for _, stream in (
        *psa_records(world, week=0, changes=Changes()),
        *automate_rows(world, week=0, changes=Changes()),
    ):
        assert isinstance(stream, Iterator)


def test_memory_stays_flat_as_the_estate_grows(tmp_path: Path) -> None:
    peaks = []
    for computers in (500, 4_000):
        plan = replace(SMALL, computers=computers, devices=computers // 10, readings=weekly_readings(weeks=1))
        tracemalloc.start()
        generate(tmp_path / str(computers), plan=plan)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


@pytest.mark.parametrize("week", WEEKS)
def test_tables_and_rest_answers_describe_the_same_computers(week: str) -> None:
    tables = rows(SAMPLES / week / "automate/tables/computers.csv")
    answers = records(SAMPLES / week / "automate/rest/computers.ndjson")
    assert len(tables) > 1100
    told = [
        (one["Id"], one["ComputerName"], one["Client"]["Id"], str(one["Location"]["Id"]), one["SerialNumber"],
         one["OperatingSystemName"], one["LocalIPAddress"], one["Type"] == "Server")
        for one in answers
    ]  # fmt: skip
    stored = [
        (one["ComputerID"], one["Name"], one["ClientID"], one["LocationID"], one["BiosVer"], one["OS"],
         one["LocalAddress"], "server" in one["OS"].lower())
        for one in tables
    ]  # fmt: skip
    assert told == stored


@pytest.mark.parametrize(
    ("table", "answer"),
    [("clients", "clients"), ("locations", "locations"), ("networkdevices", "network_devices"),
     ("retiredassets", "retired_assets"), ("tickets", "tickets")],
)  # fmt: skip
def test_tables_and_rest_answers_have_the_same_length(table: str, answer: str) -> None:
    for week in WEEKS:
        stored = rows(SAMPLES / week / f"automate/tables/{table}.csv")
        assert len(stored) == len(records(SAMPLES / week / f"automate/rest/{answer}.ndjson"))


def test_every_table_has_its_columns_and_some_rows() -> None:
    for table, columns in TABLES.items():
        stored = rows(SAMPLES / WEEKS[2] / f"automate/tables/{table}.csv")
        assert stored, table
        assert list(stored[0]) == list(columns)


@pytest.mark.parametrize("week", WEEKS)
def test_psa_records_stand_in_the_order_of_their_ids_and_name_their_parent(week: str) -> None:
    folder = SAMPLES / week / "psa"
    for path in folder.glob("*.ndjson"):
        ids = [int(one["id"]) for one in records(path)]
        assert ids, path.name
        assert ids == sorted(set(ids)), path.name
    parents = {
        "sites": "company", "configuration_type_questions": "configurationType", "board_statuses": "board",
        "integration_cross_references": "managedDevicesIntegration", "management_summaries": "company",
    }  # fmt: skip
    for resource, parent in parents.items():
        assert all(one[parent]["id"] for one in records(folder / f"{resource}.ndjson"))
    assert all(one["boardId"] for one in records(folder / "board_teams.ndjson"))
    assert all(one["agreementId"] for one in records(folder / "agreement_additions.ndjson"))


@pytest.mark.parametrize("week", WEEKS)
def test_both_versions_of_the_device_list_agree_on_what_is_managed(week: str) -> None:
    folder = SAMPLES / week / "auvik"
    second = {one["id"]: one["attributes"]["manageStatus"] for one in records(folder / "devices_v2.ndjson")}
    details = {
        one["id"]: one["attributes"]["manageStatus"] for one in records(folder / "device_details.ndjson")
    }
    first = {one["id"] for one in records(folder / "devices_v1.ndjson")}
    assert details == second
    assert first < set(second)
    assert not any(second[id_] for id_ in set(second) - first)


def test_serial_numbers_of_a_large_estate_never_repeat() -> None:
    world = World(replace(SMALL, computers=30_000, devices=6_000))
    serials = [machine.serial for company in world.companies() for machine in world.machines(company)]
    serials += [
        gear.serial
        for company in world.companies()
        for gear in world.gear(company)
        if gear.serial and not gear.machine
    ]
    assert len(serials) == len(set(serials))


def test_one_reading_stays_small_enough_for_a_repository() -> None:
    for week in WEEKS:
        assert sum(len(content) for content in files(SAMPLES / week).values()) < 4_200_000


def test_a_plan_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="a site for each company"):
        Plan(companies=10, sites=9)
    with pytest.raises(ValueError, match="a computer for each company"):
        Plan(companies=10, sites=10, computers=9)


def test_faults_are_not_planted_in_an_estate_too_small_for_them(tmp_path: Path) -> None:
    with pytest.raises(LookupError):
        generate(tmp_path, plan=Plan(companies=30, sites=30, computers=60, devices=30, is_planted=True))


@pytest.fixture(scope="module")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """Command line of a client that talks to a server of our own."""
    if not (shutil.which("mariadbd") and shutil.which("mariadb-install-db")):
        pytest.skip("no MariaDB on this machine")
    folder = tmp_path_factory.mktemp("mariadb")
    data, socket = folder / "data", folder / "s"
    subprocess.run(
        ["mariadb-install-db", "--no-defaults", f"--datadir={data}",
         "--auth-root-authentication-method=normal"],
        check=True, capture_output=True,
    )  # fmt: skip
    server = subprocess.Popen(
        ["mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={socket}", "--skip-networking",
         "--lower-case-table-names=1", "--user=root"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    client = [
        "mariadb",
        "--no-defaults",
        f"--socket={socket}",
        "--user=root",
        "--default-character-set=utf8mb4",
    ]
    try:
        for _ in range(100):
            if (
                subprocess.run([*client, "--execute=select 1"], check=False, capture_output=True).returncode
                == 0
            ):
                break
            time.sleep(0.1)
        yield client
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.mark.slow
def test_the_dump_loads_into_a_real_server_and_holds_what_the_tables_hold(mariadb: list[str]) -> None:
    with (SAMPLES / WEEKS[2] / "automate/labtech.sql").open("rb") as dump:
        subprocess.run([*mariadb, "--show-warnings"], stdin=dump, check=True, capture_output=True)
    for table in TABLES:
        stored = rows(SAMPLES / WEEKS[2] / f"automate/tables/{table}.csv")
        query = f"select count(*) from labtech.{table}"
        answer = subprocess.run([*mariadb, "--batch", "--skip-column-names", f"--execute={query}"],
                                check=True,
                                capture_output=True)  # fmt: skip
        assert int(answer.stdout) == len(stored), table
    query = "select Name from labtech.computers where Name like '%LOBBY'"
    answer = subprocess.run([*mariadb, "--batch", "--skip-column-names", f"--execute={query}"], check=True,
                            capture_output=True)  # fmt: skip
    assert answer.stdout.decode() == "RBS-😀-LOBBY\n"
