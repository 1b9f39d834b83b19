"""The wheel holds everything that the program reads at run time, and runs without the checkout."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.house.checkout import ROOT, package_files, run_tool

pytestmark = pytest.mark.slow


def build(kind: str, folder: Path) -> Path:
    result = run_tool("-m", "hatchling", "build", "--target", kind, "--directory", str(folder), folder=ROOT)
    assert result.returncode == 0, result.stdout
    (made,) = folder.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def members(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def samples() -> list[Path]:
    folder = ROOT / "data" / "samples"
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def test_every_file_of_the_package_is_in_the_wheel(members: set[str]) -> None:
    assert {path.as_posix() for path in package_files()} - members == set()


@pytest.mark.parametrize(
    "pattern",
    [
        "msp_audit/py.typed",
        "msp_audit/rules/*/*.sql",
        "msp_audit/connectors/psa/views/*.sql",
        "msp_audit/connectors/automate/views/*.sql",
        "msp_audit/connectors/auvik/views/*.sql",
        "msp_audit/store/core/*.sql",
        "msp_audit/store/migrations/*.sql",
        "msp_audit/reporting/sections/*.sql",
        "msp_audit/reporting/theme/*.html",
        "msp_audit/notebooks/*.ipynb",
        "msp_audit/sandbox/samples/manifest.json",
        "msp_audit/sandbox/samples/*/estate.json",
    ],
)
def test_the_wheel_holds(pattern: str, members: set[str]) -> None:
    assert any(Path(name).match(pattern) for name in members)


def test_every_sample_is_in_the_wheel(members: set[str]) -> None:
    wanted = {f"msp_audit/sandbox/samples/{path.as_posix()}" for path in samples()}
    assert wanted
    assert wanted - members == set()


def test_the_wheel_holds_nothing_else(members: set[str]) -> None:
    tops = {name.split("/")[0] for name in members}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"msp_audit"}
    assert not any("__pycache__" in name for name in members)


def test_the_program_runs_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    said = run_tool("-c", "import msp_audit; print(msp_audit.__file__)", folder=tmp_path).stdout
    assert Path(said.strip()).is_relative_to(tmp_path)
    run_tool("-m", "msp_audit", "init", str(tmp_path), folder=tmp_path)
    shipped = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert sorted(path.name for path in (tmp_path / "notebooks").iterdir()) == shipped
    result = run_tool("-m", "msp_audit", "rules", folder=tmp_path)
    assert "sync.client_unsynced" in result.stdout, result.stdout


def test_the_source_archive_holds_what_building_and_testing_need(tmp_path: Path) -> None:
    with tarfile.open(build("sdist", tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"pyproject.toml", "README.md", "LICENSE", "Makefile", "uv.lock", "data/samples/manifest.json"}
    assert wanted - names == set()
    assert {path.as_posix() for path in package_files()} - names == set()
    assert "tests/house/test_packaging.py" in names
