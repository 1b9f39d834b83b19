"""The condition language: what it accepts, what it refuses, and what it means."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msp_audit.sandbox.conditions import (
    AUTOMATE,
    PSA,
    Comparison,
    ConditionError,
    Expression,
    Junction,
    parse,
)
from msp_audit.sandbox.matching import check, matches
from msp_audit.sandbox.psa_lists import kind_of_child_field, kind_of_field

COMPANY: dict[str, Any] = {
    "id": 7,
    "name": "Acme [Dental] Ltd",
    "status": {"id": 1, "name": "Active"},
    "types": [{"id": 3, "name": "Client"}, {"id": 4, "name": "Vendor"}],
    "deletedFlag": False,
    "market": None,
    "_info": {"lastUpdated": "2026-08-20T18:04:26Z"},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id = 7", True),
        ("id != 7", False),
        ("id >= 7 and id <= 7", True),
        ("id < 7 or id > 7", False),
        ("id in (1, 7)", True),
        ("id not in (1, 7)", False),
        ("ID_MISSING = 7", False),
        ('name = "acme [dental] ltd"', True),
        ('name like "acme%"', True),
        ('name like "Acme*"', True),
        ('name not like "acme%"', False),
        ('name contains "dent"', True),
        # A bracket begins a set of signs, so the plain text is not found …
        ('name like "acme [Dental]%"', False),
        # … unless the bracket is itself in a set.
        ('name like "acme [[]Dental]%"', True),
        ('name like "[^b-z]cme%"', True),
        ('name like "[b-z]cme%"', False),
        ('name like "_cme%"', True),
        ("deletedFlag = false", True),
        ("missingFlag = false", True),
        ("deletedFlag = True", False),
        ("lastUpdated > [2026-08-20T18:04:25Z]", True),
        ("_info/lastUpdated > [2026-08-20T18:04:25Z]", True),
        ("_info/lastUpdated <= [2026-08-20T20:04:26+02:00]", True),
        ("market = null", True),
        ("market != null", False),
        ("name != null", True),
        ("market != 5", False),
        ("types/id = 4", True),
        ("types/id = 5", False),
        ("status/name = 'Active' and (id = 1 or id = 7)", True),
        # "and" binds tighter than "or".
        ("id = 7 or id = 8 and id = 9", True),
        ("(id = 7 or id = 8) and id = 9", False),
    ],
)
def test_a_condition_means_what_sql_would_make_of_it(text: str, *, expected: bool) -> None:
    assert matches(parse(text), COMPANY, PSA) is expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = Acme", "Condition Syntax Error (Line 1, Character 8) - Unrecognized value: Acme"),
        ("id =", "Condition Syntax Error - Unexpected end of condition."),
        ("id ~ 5", "Condition Syntax Error (Line 1, Character 4) - Unrecognized operator: ~"),
        ("id = 5 5", "Condition Syntax Error (Line 1, Character 8) - Unrecognized value: 5"),
        ("id = [yesterday]", "Condition Syntax Error (Line 1, Character 6) - Unrecognized date: yesterday"),
        ('name = "open', 'Condition Syntax Error (Line 1, Character 8) - Unrecognized value: "open'),
        ("(id = 5", "Condition Syntax Error - Unrecognized value: "),
        ("id not = 5", "Condition Syntax Error (Line 1, Character 8) - Unrecognized operator: ="),
        ("id in ()", "Condition Syntax Error (Line 1, Character 8) - Unrecognized value: )"),
    ],
)
def test_a_syntax_error_names_its_place(text: str, message: str) -> None:
    with pytest.raises(ConditionError) as refused:
        parse(text)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("typeids = 3", "typeids is not a recognized name."),
        ("types/id = 3", "types/id is not a recognized name."),
        ("status/colour = 3", "status/colour is not a recognized name."),
        ("status = 3", "status is not a recognized name."),
        (
            'id = "3"',
            "Condition Syntax Error (Line 1, Character 6) - Expected a numeric value, not a string value.",
        ),
        (
            "deletedFlag = 0",
            "Condition Syntax Error (Line 1, Character 15) - Expected a boolean value, not a numeric value.",
        ),
        (
            'lastUpdated > "2026-08-01"',
            "Condition Syntax Error (Line 1, Character 15) - Expected a date value, not a string value.",
        ),
        (
            "id > null",
            "Condition Syntax Error (Line 1, Character 6) - Expected a numeric value, not null value.",
        ),
        (
            "name like 5",
            "Condition Syntax Error (Line 1, Character 11) - Expected a string value, not a numeric value.",
        ),
    ],
)
def test_names_and_kinds_are_those_of_the_vendors_model(text: str, message: str) -> None:
    with pytest.raises(ConditionError) as refused:
        check(parse(text), lambda name: kind_of_field("companies", name))
    assert str(refused.value) == message


@pytest.mark.parametrize(
    "text", ["status/id = 1", "lastUpdated > [2026-01-01T00:00:00Z]", "site/name = 'x'", "status = null"]
)
def test_names_of_the_vendors_model_pass(text: str) -> None:
    check(parse(text), lambda name: kind_of_field("companies", name))


def test_members_of_arrays_are_fields_of_child_conditions_only() -> None:
    assert kind_of_child_field("companies", "types/id") == "number"
    assert kind_of_child_field("companies", "status/id") is None
    assert kind_of_field("companies", "types/id") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Client.Id = 5", True),
        ("Client.Id eq 5", True),
        ("Client.Id ne 5", False),
        ("Type = 'Server'", True),
        ("Ports contains 443", True),
        ("Ports contains 80", False),
        ("Seen > 2026-10-01T00:00:00Z", True),
        ("Seen > 2026-10-02", False),
        ("Name like '%[x]%'", True),
        ("not_there = 1", False),
    ],
)
def test_automates_dialect_has_dots_and_bare_times(text: str, *, expected: bool) -> None:
    computer = {
        "Client": {"Id": "5"},
        "Type": "Server",
        "Ports": [22, 443],
        "Seen": "2026-10-01T12:00:00Z",
        "Name": "PC [x]",
    }
    assert matches(parse(text, dialect=AUTOMATE), computer, AUTOMATE) is expected


def test_parentheses_that_nobody_writes_are_refused_instead_of_overflowing() -> None:
    with pytest.raises(ConditionError, match="nested too deeply"):
        parse("(" * 5_000 + "id = 1" + ")" * 4_000)


_NAMES = st.from_regex(r"[a-z]{4,9}X?(/[a-z]{4,9}Y)?", fullmatch=True)
_VALUES = st.one_of(
    st.integers(-(10**12), 10**12),
    st.booleans(),
    st.text(st.characters(exclude_characters="\"'", exclude_categories=["Cs"]), max_size=12),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(
        lambda time: time.replace(microsecond=0, tzinfo=UTC)
    ),
    st.none(),
)
_COMPARISONS: st.SearchStrategy[Expression] = st.one_of(
    st.builds(
        lambda name, operator, value: Comparison(name=name, operator=operator, values=(value,)),
        _NAMES,
        st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
        _VALUES,
    ),
    st.builds(
        lambda name, operator, values, negated: Comparison(
            name=name,
            operator=operator,
            values=tuple(values[:1] if operator != "in" else values),
            is_negated=negated,
        ),
        _NAMES,
        st.sampled_from(["in", "like", "contains"]),
        st.lists(_VALUES, min_size=1, max_size=4),
        st.booleans(),
    ),
)


def _junctions(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    def joined(word: str, parts: list[Expression]) -> Expression:
        flat: list[Expression] = []
        for part in parts:
            flat += part.parts if isinstance(part, Junction) and part.word == word else (part,)
        return Junction(word=word, parts=tuple(flat))

    return st.builds(joined, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=4))


@given(st.recursive(_COMPARISONS, _junctions, max_leaves=12))
def test_an_expression_survives_being_written_and_read(expression: Expression) -> None:
    assert parse(str(expression)) == expression


@given(st.text(max_size=60))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    for dialect in (PSA, AUTOMATE):
        try:
            expression = parse(text, dialect=dialect)
        except ConditionError:
            continue
        assert matches(expression, COMPANY, dialect) in (True, False)


@given(
    st.lists(
        st.sampled_from(
            [
                "id",
                "=",
                "<",
                "in",
                "not",
                "like",
                "(",
                ")",
                ",",
                "and",
                "or",
                '"[a%"',
                "null",
                "5",
                "[2026-01-01]",
                ".",
            ]
        ),
        max_size=14,
    )
)
def test_any_sequence_of_signs_is_an_expression_or_refused(signs: list[str]) -> None:
    try:
        expression = parse(" ".join(signs))
    except ConditionError:
        return
    assert matches(expression, COMPANY, PSA) in (True, False)


@given(st.text("ab[]^-%_*", max_size=12), st.text("ab-]", max_size=6))
def test_any_pattern_can_be_compared(pattern: str, name: str) -> None:
    expression = Comparison(name="name", operator="like", values=(pattern,))
    assert matches(expression, {"name": name}, PSA) in (True, False)
