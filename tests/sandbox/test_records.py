"""The record store: cutting pages out of a file without reading them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msp_audit.sandbox.records import Records


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def numbered(path: Path, count: int) -> Path:
    return written(
        path, "".join(f'{{"id":{number},"company":{{"id":{number % 3}}}}}\n' for number in range(count))
    )


@pytest.mark.parametrize("ending", ["\n", "", "\n\n"])
def test_a_page_is_the_same_json_as_the_lines(tmp_path: Path, ending: str) -> None:
    rows = [{"id": number, "name": "Ü\n,[]"} for number in range(10)]
    records = Records(written(tmp_path / "a.ndjson", "\n".join(map(json.dumps, rows)) + ending))
    assert len(records) == 10
    assert json.loads(records.listing(records.all)) == rows
    assert json.loads(records.listing(records.all[3:7])) == rows[3:7]
    assert json.loads(records.listing([1, 2, 8])) == [rows[1], rows[2], rows[8]]
    assert json.loads(records.listing([8, 2, 1])) == [rows[8], rows[2], rows[1]]
    assert records.listing([]) == b"[]"


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Records:
    return Records(numbered(tmp_path_factory.mktemp("ten") / "a.ndjson", 10))


@given(positions=st.lists(st.integers(0, 9), max_size=12))
def test_any_choice_of_positions_is_served_in_its_order(ten: Records, positions: list[int]) -> None:
    assert [record["id"] for record in json.loads(ten.listing(positions))] == positions


def test_blank_lines_and_windows_line_ends_hold_no_record(tmp_path: Path) -> None:
    records = Records(written(tmp_path / "a.ndjson", '\n{"id":1}\r\n\n\n{"id":2}\r\n'))
    assert json.loads(records.listing(records.all)) == [{"id": 1}, {"id": 2}]


def test_a_missing_or_empty_file_is_an_empty_list(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.ndjson", written(tmp_path / "empty.ndjson", "")):
        records = Records(path)
        assert (len(records), records.listing(records.all), records.position_of("1")) == (0, b"[]", None)


def test_ids_are_found_wherever_they_stand_in_a_line(tmp_path: Path) -> None:
    text = '{"company":{"id":9},"id":4}\n{"id": 5}\n{"id":"6"}\n'
    records = Records(written(tmp_path / "a.ndjson", text))
    assert list(records.ids) == [4, 5, 6]
    assert [records.position_of(text) for text in ("4", "6", "9", "x")] == [0, 2, None, None]


def test_ids_that_are_no_numbers_stay_text(tmp_path: Path) -> None:
    records = Records(written(tmp_path / "a.ndjson", '{"id":"MTAw"}\n{"id":"a\\"b"}\n'))
    assert list(records.ids) == ["MTAw", 'a"b']
    assert records.position_of('a"b') == 1


def test_a_file_in_another_order_is_served_by_id_when_asked(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ndjson", '{"id":10}\n{"id":9}\n{"id":11}')
    assert list(Records(path).ids) == [10, 9, 11]
    by_id = Records(path, by_id=True)
    assert json.loads(by_id.listing(by_id.all)) == [{"id": 9}, {"id": 10}, {"id": 11}]
    assert [by_id.position_of(text) for text in ("9", "11", "12", "-1", "x")] == [0, 2, None, None, None]
    assert by_id.after(9, by_id.all) == 1


def test_records_are_grouped_by_their_parent(tmp_path: Path) -> None:
    records = Records(numbered(tmp_path / "a.ndjson", 7))
    assert {parent: list(found) for parent, found in records.grouped("company.id").items()} == {
        "0": [0, 3, 6],
        "1": [1, 4],
        "2": [2, 5],
    }


def test_a_selection_is_searched_once(tmp_path: Path) -> None:
    records = Records(numbered(tmp_path / "a.ndjson", 100))
    judged = []

    def even(record: dict[str, int]) -> bool:
        judged.append(record["id"])
        return record["id"] % 2 == 0

    first = records.where("even", even, records.all)
    again = records.where("even", even, records.all)
    assert list(first) == list(again) == list(range(0, 100, 2))
    assert len(judged) == 100
