"""The list of 54 nasty behaviours of ConnectWise PSA: how a reading meets each, or why it never does.

The numbers are those in the names of the sandbox's faults (``psa_21_no_forward_only``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from msp_audit.domain import Verdict

#: Name of a fault and how it is switched on.
Fault = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One behaviour, and what must come of a reading that meets it."""

    number: int
    #: What a reader of the test's name should learn.
    name: str
    faults: tuple[Fault, ...]
    #: Resource -> verdict and a pattern of its reason; all others are complete.
    verdicts: Mapping[str, tuple[Verdict, str]] = field(default_factory=dict)
    #: Pattern of the error when nothing can be read at all.
    error: str = ""
    #: Whether something had to be asked again.
    is_retried: bool = False
    #: Beside the connector's own, of ``[psa.http]``.
    http: Mapping[str, Any] = field(default_factory=dict)
    #: Resources with records that the others have no part in.
    changed: tuple[str, ...] = ()


def _case(number: int, name: str, *faults: Fault, **members: Any) -> Case:
    return Case(number=number, name=name, faults=faults, **members)


COMPANIES, CONFIGURATIONS = "*/company/companies", "*/company/configurations"
TYPES = "*/company/companies/types"
NO_FORWARD: Fault = ("psa_21_no_forward_only", {"path": COMPANIES})

CASES = (
    _case(1, "rate_limited", ("psa_01_rate_limited", {"after": 3, "times": 2}), is_retried=True),
    _case(2, "cloudflare_429", ("psa_02_cloudflare_page", {"after": 3, "times": 2}), is_retried=True),
    _case(
        2,
        "cloudflare_503",
        ("psa_02_cloudflare_page", {"after": 3, "times": 2, "status": 503}),
        is_retried=True,
    ),
    _case(3, "gateway_timeout", ("psa_03_gateway_timeout", {"after": 3, "times": 2}), is_retried=True),
    _case(
        3,
        "gateway_timeout_for_ever",
        ("psa_03_gateway_timeout", {"path": CONFIGURATIONS}),
        verdicts={"configurations": (Verdict.PARTIAL, "kept failing with HTTP 504")},
    ),
    _case(7, "login_page", ("psa_07_login_page", {}), error="HTML.*Login.*Check the address"),
    _case(8, "host_without_api", ("psa_08_ssl_required", {}), error="SSL is required.*'api-' in front"),
    _case(9, "company_info_null", ("psa_09_company_info_odd", {}), error="does not know the login company"),
    _case(9, "company_info_text", ("psa_09_company_info_odd", {"form": "text_is_cloud"})),
    _case(9, "company_info_without_site", ("psa_09_company_info_odd", {"form": "no_site_url"})),
    _case(10, "codebase_changed_meanwhile", ("psa_10_codebase_changed", {"after": 9})),
    _case(11, "wrong_key", ("psa_11_wrong_key", {}), error="refused the credentials.*API keys"),
    _case(11, "wrong_key_as_404", ("psa_11_wrong_key", {"status": 404}), error="wrong keys"),
    _case(12, "client_id_400", ("psa_12_client_id_refused", {}), error="clientId.*psa.client_id"),
    _case(12, "client_id_401", ("psa_12_client_id_refused", {"status": 401}), error="clientId"),
    _case(13, "version_unknown", ("psa_13_version_unknown", {}), error="API version.*psa.version"),
    _case(14, "plain_accept", ("psa_14_plain_accept_gets_less", {})),
    _case(
        15,
        "one_board_forbidden",
        ("psa_15_forbidden", {"path": "*/service/boards/21/*"}),
        verdicts={
            "board_statuses": (Verdict.REFUSED, "Inquire Level All on System > Table Setup"),
            "board_teams": (Verdict.REFUSED, "Inquire Level All on System > Table Setup"),
        },
    ),
    _case(
        15,
        "one_list_forbidden",
        ("psa_15_forbidden", {"path": TYPES}),
        verdicts={"company_types": (Verdict.REFUSED, "HTTP 403.*Company / Company Type")},
    ),
    _case(
        16,
        "inquire_level_my",
        ("psa_16_level_my", {}),
        verdicts={
            "companies": (Verdict.PARTIAL, "Company Maintenance at level My.*Set its Inquire Level to All"),
            "sites": (Verdict.PARTIAL, "'companies'"),
            "management_summaries": (Verdict.PARTIAL, "'companies'"),
        },
        # The sandbox hides every third record of every list; the rights name one module only.
        changed=("*",),
    ),
    _case(17, "conditions_refused", ("psa_17_condition_refused", {})),
    _case(18, "names_refused", ("psa_18_name_not_recognized", {})),
    _case(
        18,
        "names_refused_where_order_is_needed",
        ("psa_18_name_not_recognized", {"path": COMPANIES}),
        NO_FORWARD,
        verdicts={
            "companies": (Verdict.PARTIAL, "typeids is not a recognized name"),
            "sites": (Verdict.PARTIAL, "'companies'"),
            "management_summaries": (Verdict.PARTIAL, "'companies'"),
        },
    ),
    _case(19, "page_size_limit", ("psa_19_page_size_limit", {}), http={"page_size": 1000}),
    _case(20, "rows_repeat_between_pages", ("psa_20_rows_shift", {"path": COMPANIES}), NO_FORWARD),
    _case(
        20,
        "rows_lost_between_pages",
        ("psa_20_rows_shift", {"path": COMPANIES, "by": 1}),
        NO_FORWARD,
        verdicts={
            "companies": (Verdict.PARTIAL, "The server counts 12, 1. were read, also on a second reading"),
            "sites": (Verdict.PARTIAL, "not complete"),
            "management_summaries": (Verdict.PARTIAL, "not complete"),
        },
    ),
    _case(21, "forward_only_without_link", ("psa_21_no_forward_only", {})),
    _case(21, "forward_only_with_page_numbers", ("psa_21_no_forward_only", {"form": "page_honoured"})),
    _case(22, "link_without_question_mark", ("psa_22_link_odd", {})),
    _case(22, "link_in_other_order", ("psa_22_link_odd", {"form": "other_order"})),
    _case(22, "link_without_conditions", ("psa_22_link_odd", {"form": "conditions_dropped"})),
    _case(22, "link_to_another_host", ("psa_22_link_odd", {"form": "other_host"})),
    _case(
        23,
        "error_on_one_page_once",
        ("psa_23_error_on_a_page", {"path": COMPANIES, "after": 2, "times": 1}),
        is_retried=True,
    ),
    _case(
        23,
        "error_on_one_page_for_ever",
        ("psa_23_error_on_a_page", {"path": CONFIGURATIONS}),
        verdicts={"configurations": (Verdict.PARTIAL, "HTTP 500: String was not recognized")},
    ),
    _case(
        24,
        "list_slower_than_the_time_limit",
        ("psa_24_slow_list", {"path": CONFIGURATIONS, "ms": 2_000}),
        verdicts={"configurations": (Verdict.PARTIAL, "did not answer in time.*Try again later")},
        http={"read_seconds": 0.3, "tries": 2},
    ),
    _case(25, "addresses_stay_short", ("psa_25_address_too_long", {})),
    _case(35, "listed_but_not_found", ("psa_35_listed_but_not_found", {})),
    _case(36, "members_null", ("psa_36_members_missing", {})),
    _case(36, "members_absent", ("psa_36_members_missing", {"form": "absent"})),
    _case(36, "info_null", ("psa_36_members_missing", {"form": "info_null"})),
    _case(37, "reference_gone", ("psa_37_reference_gone", {"path": CONFIGURATIONS, "member": "status"})),
    _case(38, "sparse_records", ("psa_38_sparse_records", {})),
    _case(39, "answers_of_any_type", ("psa_39_answers_of_any_type", {})),
    _case(40, "unknown_enum", ("psa_40_unknown_enum", {"path": "*/service/priorities"})),
    _case(
        40,
        "unknown_inquire_level",
        ("psa_40_unknown_enum", {"path": "*/system/mySecurity"}),
        verdicts={
            "companies": (Verdict.PARTIAL, "at level Surprise, so records may be hidden"),
            "sites": (Verdict.PARTIAL, "'companies'"),
            "management_summaries": (Verdict.PARTIAL, "'companies'"),
        },
    ),
    _case(41, "nul_in_text", ("psa_41_odd_text", {})),
    _case(41, "id_as_text", ("psa_41_odd_text", {"form": "id_text"})),
    _case(41, "text_of_5000_letters", ("psa_41_odd_text", {"form": "long"})),
    _case(42, "odd_times", ("psa_42_odd_times", {})),
    _case(43, "recycle_bin", ("psa_43_recycle_bin", {})),
    _case(
        45,
        "endpoint_404",
        ("psa_45_endpoint_missing", {"path": TYPES}),
        verdicts={"company_types": (Verdict.ABSENT, "does not offer.*older than the list")},
    ),
    _case(
        45,
        "endpoint_405",
        ("psa_45_endpoint_missing", {"path": TYPES, "status": 405}),
        verdicts={"company_types": (Verdict.ABSENT, "HTTP 405")},
    ),
    _case(46, "system_info_refused", ("psa_46_system_info_refused", {})),
    _case(46, "system_info_fails", ("psa_46_system_info_refused", {"form": "database"})),
    _case(50, "several_macs_in_one_field", ("psa_50_glued_identifiers", {})),
    _case(50, "filler_serial_numbers", ("psa_50_glued_identifiers", {"form": "serials"})),
    # The estate itself holds the same configuration twice.
    _case(51, "configuration_twice"),
    _case(52, "passwords_present", ("psa_52_passwords_present", {"password": "hunter2"})),
)

#: Read over TLS, which takes servers of its own: see the tests called so.
OVER_TLS = {53: "on premises: a private authority, and a server that only speaks old TLS"}

_WRITING = (
    "It strikes a request that writes. Reading only ever sends GET; the ticket channel's tests have it."
)
#: Number -> why it does not concern reading.
NOT_READING = {
    4: _WRITING,
    5: _WRITING,
    6: _WRITING,
    26: "'[' is special in conditions with 'like'. Reading asks for whole lists, and by id in one place.",
    27: _WRITING,
    28: _WRITING,
    29: _WRITING,
    30: _WRITING,
    31: _WRITING,
    32: _WRITING,
    33: _WRITING,
    34: _WRITING,
    44: _WRITING,
    47: "Workflow rules change tickets after they are written; a snapshot reads no ticket.",
    48: "Merged tickets; a snapshot reads no ticket.",
    49: "Two tickets with one external reference; a snapshot reads no ticket.",
    54: "207 is the answer to requests that write in bulk, which nothing here sends.",
}
