"""What must not reach the store is gone, whatever its depth; the rest is untouched."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msp_audit.connectors.answer import parse
from msp_audit.connectors.scrub import MAX_DEPTH, scrub
from msp_audit.errors import SourceChanged


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "globalLoginPassword",
        "nAblePassword",
        "PASSWD",
        "userPwd",
        "clientSecret",
        "privateKey",
        "api_key",
        "token",
        "accessToken",
        "credentials",
        "passPhrase",
    ],
)
def test_members_named_like_a_password_go(name: str) -> None:
    assert scrub([{"id": 1, "a": [{name: "x", "b": 2}]}]) == [{"id": 1, "a": [{"b": 2}]}]


@pytest.mark.parametrize("name", ["id", "passed", "keyboard", "tokens_used", "compass"])
def test_innocent_members_stay(name: str) -> None:
    assert scrub([{name: "x"}]) == [{name: "x"}]


def test_a_source_may_name_more() -> None:
    assert scrub([{"pin": 1, "x": {"pin": 2}}], secrets=("pin",)) == [{"x": {}}]


@pytest.mark.parametrize(
    "field",
    [
        {"fieldType": "Password", "answer": "x"},
        {"type": "password", "value": "x"},
        {"question": "Admin password", "answer": "x"},
        {"caption": "API key", "value": "x"},
        {"question": "BitLocker recovery key", "answer": "x"},
    ],
)
def test_an_answer_to_a_password_question_goes(field: dict[str, Any]) -> None:
    (record,) = scrub([{"questions": [field]}])
    assert set(record["questions"][0]) == set(field) - {"answer", "value"}


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (rb'[{"a": "x\u0000y", "n\u0000": [{"b": "\u0000"}]}]', [{"a": "xy", "n": [{"b": ""}]}]),
        (rb'[{"a": ["\ud800z", "\u00e4"], "\udc00": 1}]', [{"a": ["?z", "ä"], "?": 1}]),
        (b'["raw \x00 NUL", "tab\there"]', ["raw  NUL", "tab\there"]),
        (rb'"\u0000"', ""),
    ],
)
def test_signs_that_no_database_keeps_go(content: bytes, kept: object) -> None:
    assert parse(content) == kept


def test_a_record_without_end_is_refused() -> None:
    deep: Any = 1
    for _ in range(MAX_DEPTH + 1):
        deep = [deep]
    with pytest.raises(SourceChanged, match="nested"):
        scrub([{"a": deep}])


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("password"), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), _JSON))
def test_no_password_member_survives_and_scrubbing_twice_changes_nothing(record: dict[str, Any]) -> None:
    once = scrub([record])
    assert "'password':" not in repr(once)
    assert scrub([dict(one) for one in once]) == once
