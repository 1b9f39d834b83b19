"""The declared inventory sync: what is refused on load, in words that say what to change."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from msp_audit.connectors.auvik.declared import OPEN_POINTS, declared_records
from msp_audit.settings.auvik_sync import AuvikAssumptions, AuvikSync


@pytest.mark.parametrize(
    ("declared", "complaint"),
    [
        ({"identifiers": ["serial_number", "host_name", "device_name"]}, "exclude each other"),
        ({"identifiers": ["serial_number", "serial_number"]}, "stands twice"),
        ({"identifiers": []}, "none is given"),
        ({"identifiers": ["mac_address"]}, "serial_number"),
        ({"class_map": {"swich": "Switch"}}, "did you mean 'switch'"),
        ({"class_map": {"switch": "A", "Switch": "B"}}, "'switch' stands twice, as 'switch' and as 'Switch'"),
        ({"class_map": {"Generic Device": "A", "unknown": "B"}}, "stands twice"),
        ({"make_map": {"Cisco": {}, "CISCO ": {}}}, "make_map: the make 'cisco' stands twice"),
        ({"site_map": {"acme": {"company_id": 1}, "Acme": {"company_id": 2}}}, "site_map: the tenant 'acme'"),
        ({"field_sync": [{"auvik": "Warranty status", "psa": "question:W"}]}, "one configuration type"),
        ({"field_sync": [{"auvik": "serial", "psa": "x"}]}, "did you mean 'serial_number'"),
        ({"field_sync": [{"auvik": "site", "psa": "site"}] * 2}, "field_sync: the row of"),
        (
            {
                "field_sync": [{"scope": "Firewall", "auvik": "site", "psa": "site"}],
                "assumptions": {"all_types_fields_may_be_mapped_for_one_type": False},
            },
            "rules out",
        ),
        ({"assumptions": {"several_matches": "newest"}}, "'ambiguous', 'oldest' or 'latest'"),
        ({"assumptions": {"a1": True}}, "Extra inputs"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(declared: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint.replace("(", r"\(")):
        AuvikSync.model_validate(declared)


def test_classes_and_fields_are_understood_as_the_screens_write_them() -> None:
    sync = AuvikSync.model_validate(
        {
            "class_map": {"Generic Device": "A", "L3 Switch": "B", "Alarm System": "C", "holodeck": "D"},
            "extra_classes": ["holodeck"],
            "field_sync": [{"auvik": "Last mapped (date)", "psa": "question:Seen"}],
        }
    )
    assert sync.class_map == {"unknown": "A", "l3Switch": "B", "alarm": "C", "holodeck": "D"}
    assert sync.field_sync[0].auvik == "last_mapped"


def test_every_open_point_is_a_setting_and_is_landed_with_its_default() -> None:
    assert set(OPEN_POINTS) == set(AuvikAssumptions.model_fields)
    assert [number for number, _ in OPEN_POINTS.values()] == [f"A{n}" for n in range(1, 11)]
    sync = AuvikSync.model_validate(
        {"assumptions": {"several_matches": "oldest", "blank_identifiers": ["x"]}}
    )
    rows = {row["assumption"]: row for row in declared_records(sync)["sync_assumptions"]}
    assert (rows["A2"]["value"], rows["A2"]["default_value"]) == ("oldest", "ambiguous")
    assert rows["A10"]["value_list"] == ["x"]
    assert rows["A8"]["value"] == "48"
    assert rows["A1"]["value"] == "true"
