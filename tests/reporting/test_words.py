from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msp_audit.reporting.shares import shares
from msp_audit.reporting.words import cleaned, facts, plain, typed, words


@pytest.mark.parametrize(
    ("value", "form", "told"),
    [
        (None, "count", "–"),
        ("", "text", "–"),
        (0, "count", "0"),
        (1234567, "count", "1,234,567"),
        (0.99999, "share", "99.9 %"),
        (1.0, "share", "100.0 %"),
        (0, "days", "today"),
        (1, "days", "1 day"),
        (date(2026, 11, 2), "date", "2 Nov 2026"),
        (datetime(2026, 11, 2, 6, 5), "time", "2 Nov 2026, 06:05 UTC"),
        (datetime(2026, 11, 2, 6, 5), "date", "2 Nov 2026"),
        ("automate.network_devices", "relation", "ConnectWise Automate network devices"),
        ({"a_b": 1, "c": None}, "evidence", "a b 1"),
        (True, "text", "yes"),
        (["a", 2, None], "text", "a, 2, None"),
    ],
)
def test_values_read_as_people_write_them(value: object, form: str, told: str) -> None:
    assert words(value, form) == told


def test_evidence_loses_its_prefixes_and_what_is_unknown() -> None:
    assert facts({"is_billed": False, "seen_at": "2026-11-02T06:00:00", "gone": None}) == [
        ("billed", "no"),
        ("seen", "2 Nov 2026, 06:00 UTC"),
    ]


def test_evidence_does_not_repeat_what_stands_beside_it() -> None:
    assert facts({"client": "Acme", "city": "Bend"}, without=["Acme", None]) == [("city", "Bend")]


@pytest.mark.parametrize("text", ["2026-13-02T06:00:00", "2026-11-02 extra", "5CG1234", "2026"])
def test_only_times_become_times(text: str) -> None:
    assert typed(text) == text


@given(st.text())
def test_plain_text_is_one_harmless_line(text: str) -> None:
    told = plain(text)
    assert not set(told) & set(
        "\n\r\t\x00\x1b\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufffe"
    )
    told.encode("utf-8")


@pytest.mark.parametrize("text", ["Grünwald", "نمونه\u200cها", "株式会社", "👩\u200d💻", "a b"])
def test_names_of_the_world_stay_as_they_are(text: str) -> None:
    assert plain(text) == text


def test_cleaning_goes_into_keys_lists_and_nested_values() -> None:
    assert cleaned({"a\nb": ["c\u202ed", {"e": "f\x00"}], "n": 1}) == {
        "a b": ["c\ufffdd", {"e": "f\ufffd"}],
        "n": 1,
    }


@given(st.lists(st.integers(0, 500), max_size=40), st.integers(0, 600))
def test_shares_fill_the_budget_and_starve_nobody(sizes: list[int], budget: int) -> None:
    kept = shares(sizes, budget=budget)
    assert sum(kept) == min(sum(sizes), budget)
    assert all(0 <= keep <= size for keep, size in zip(kept, sizes, strict=True))
    cut = [keep for keep, size in zip(kept, sizes, strict=True) if keep < size]
    if cut:
        assert max(kept) - min(cut) <= 1
