"""Templates, summaries that fit, and texts that no stranger's name can bend."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msp_audit.delivery.ticket.keys import group_key, parse_reference, ticket_key
from msp_audit.delivery.ticket.model import Facts, Group, Item, Kind
from msp_audit.delivery.ticket.wording import Rendered, Wording, expand, fitted
from msp_audit.domain import Severity
from msp_audit.errors import ReportError
from msp_audit.reporting.plaintext import render_text
from msp_audit.settings import TicketSettings

FACTS = Facts(
    run_id=7,
    seen_at=datetime(2026, 11, 2, 6),
    as_of=datetime(2026, 11, 2, 7),
    sources=("automate", "psa"),
    groups={},
    gone={},
)


def group(name: str = "PC-1", *, company: str = "Acme", title: str = "Not linked") -> Group:
    item = Item(
        finding_id="f", rule="sync.x", severity=Severity.HIGH, entity_id="1", entity_name=name, reason="Lost."
    )
    return Group(
        key="k",
        kind=Kind.RULE,
        scope="sync.x",
        title=title,
        company_id=1,
        company_name=company,
        items=(item,),
    )


def wording(**settings: Any) -> Wording:
    return Wording(TicketSettings(company=2, board=1, **settings), workspace="nw", jinja=render_text)


def test_the_add_ons_variables_have_a_meaning_here() -> None:
    names = (
        "AlertName Who Action ObjectType What When Where Workstation Details DataSource MonitoringPlanName"
        " Item Computer"
    )
    values = wording().values(group(), FACTS)
    assert set(names.split()) <= values.keys()
    text = " ".join(f"%{name}%" for name in names.split())
    rendered = expand(text, values)
    assert (rendered.unknown, "%" in rendered.text) == ((), False)


def test_unknown_variables_stay_and_are_told() -> None:
    words = wording(title="%Nobody% %alertname% 100 %%")
    assert words.summary(group(), FACTS) == "%Nobody% Not linked 100 %"
    assert words.unknown == {"%Nobody%"}


def test_a_value_is_never_expanded_again() -> None:
    words = wording(title="%What%", description="{{ What }}")
    hostile = group("%Company% {{ 7 * 7 }}")
    assert words.summary(hostile, FACTS) == "%Company% {{ 7 * 7 }}"
    assert words.description(hostile, FACTS) == "%Company% {{ 7 * 7 }}"


def test_jinja_knows_the_same_variables_and_leaves_unknown_ones() -> None:
    words = wording(description="{% if Severity == 'high' %}{{ AlertName }}: {{ nobody }}{% endif %} & <b>")
    assert words.description(group(), FACTS) == "Not linked: {{ nobody }} & <b>"


def test_names_that_nobody_knows_are_told_before_anything_is_made() -> None:
    words = wording(
        title="%Nix%", description="{{ nobody }} {{ What }}", correlation_ticket_format="%id% %no%"
    )
    words.prove()
    assert words.unknown == {"%Nix%", "{{ nobody }}", "%no%"}
    plain = wording()
    plain.prove()
    assert plain.unknown == set()


@pytest.mark.parametrize("template", ["{{ ''.__class__.__mro__ }}", "{{ 1 / 0 }}", "{% if %}"])
def test_jinja_is_kept_in_its_sandbox(template: str) -> None:
    with pytest.raises(ReportError, match="A template in"):
        wording(description=template).description(group(), FACTS)
    with pytest.raises(ReportError, match="A template in"):
        wording(internal_analysis=template).prove()


def test_a_summary_is_cut_before_its_unique_end() -> None:
    summary = wording().summary(group(title="Very " * 40, company="Harbor Dental"), FACTS)
    assert len(summary) == 100
    assert summary.startswith("[msp-audit] Very Very")
    assert summary.endswith("… (Harbor Dental)")


def test_a_summary_is_measured_as_the_vendor_does() -> None:
    summary = wording().summary(group(title="😀" * 80), FACTS)
    assert len(summary.encode("utf-16-le")) // 2 <= 100


@given(st.text(max_size=300), st.integers(min_value=0, max_value=300))
def test_every_summary_fits_on_one_line(text: str, tail_at: int) -> None:
    summary = fitted(Rendered(text=text, tail_at=min(tail_at, len(text))))
    assert len(summary.encode("utf-16-le", "surrogatepass")) // 2 <= 100
    assert summary
    assert "\n" not in summary


@given(st.text(max_size=80), st.integers(min_value=1, max_value=9), st.none() | st.integers(0, 10**9))
def test_references_fit_and_are_read_back(scope: str, generation: int, company: int | None) -> None:
    key = group_key(system="nw", kind="rule", scope=scope, company_id=company)
    reference = ticket_key(key, generation=generation)
    assert len(reference) <= 100
    assert parse_reference(reference.upper()) == (key, generation)


def test_references_depend_on_nothing_but_stable_keys() -> None:
    one = group_key(system="NW", kind="rule", scope="sync.x", company_id=1)
    assert one == group_key(system="nw", kind="rule", scope="sync.x", company_id=1)
    others = {
        group_key(system=system, kind=kind, scope="sync.x", company_id=company)
        for system, kind, company in (
            ("nw2", "rule", 1),
            ("nw", "theme", 1),
            ("nw", "rule", 2),
            ("nw", "rule", None),
        )
    }
    assert len({one, *others}) == 5


@pytest.mark.parametrize(
    "reference", ["", "TRMM-Alert", "msp_audit:x", "msp_audit:x:abc", "xmsp_audit:x:" + "a" * 24]
)
def test_references_of_others_are_none_of_ours(reference: str) -> None:
    assert parse_reference(reference) is None


def test_control_characters_of_names_do_not_reach_a_ticket() -> None:
    text = wording(description="%Findings%").description(group("PC\x1b[31m\n- fake\u202e"), FACTS)
    assert text == "- PC [31m - fake: Lost."


def test_a_long_list_is_counted() -> None:
    many = replace(group(), items=group().items * 60)
    assert wording(description="%Findings%").description(many, FACTS).endswith("\n… and 10 more")
