"""Who gets which company's report: from the settings, or from a CSV that somebody keeps in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from msp_audit.errors import SettingsError
from msp_audit.settings import DeliverySettings
from msp_audit.store import Reader
from msp_audit.tomlfile import MAX_BYTES

if TYPE_CHECKING:
    from msp_audit.reporting import Reader as ReportReader

_COMPANIES = """
select
    companies.company_id,
    companies.identifier,
    companies.name
from psa.companies as companies
where not companies.is_deleted
order by companies.company_id
"""
_WITH_FINDINGS = """
select
    findings.company_id,
    max(findings.company_name) as name
from audit.findings as findings
where
    findings.company_id is not null
    and findings.detection <> 'resolved'
    and findings.triage <> 'suppressed'
group by findings.company_id
order by findings.company_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """One company and who gets its report."""

    company_id: int
    name: str
    to: tuple[str, ...]


def companies_with_findings(reader: ReportReader) -> dict[int, str]:
    """Id and name of each company that anything is open of."""
    return {int(company_id): str(name or "") for company_id, name in reader.query(_WITH_FINDINGS)}


def addressees(delivery: DeliverySettings, reader: Reader, *, root: Path) -> tuple[Addressee, ...]:
    """Each company that has recipients, by id; ``to`` alone stands for every company with findings.

    Raises:
        SettingsError: the CSV cannot be read, or a company in it or in the settings is not known.
    """
    written = dict(delivery.companies)
    where = "delivery.companies"
    if delivery.recipients is not None:
        where = str(root / delivery.recipients)
        for company, address in _rows(root / delivery.recipients):
            written[company] = (*written.get(company, ()), address)
    if not written:
        named = companies_with_findings(reader)
        return tuple(Addressee(company_id=i, name=n, to=delivery.to) for i, n in named.items())
    known, names = _known(reader)
    found: dict[int, tuple[str, ...]] = {}
    for company, to in written.items():
        company_id = known.get(company.strip().casefold())
        if company_id is None:
            raise SettingsError(
                f"{where}: the PSA has no single company '{company}'. Write its id, identifier or name."
            )
        found[company_id] = (*found.get(company_id, ()), *to)
    return tuple(
        Addressee(company_id=i, name=names[i], to=tuple(dict.fromkeys((*found[i], *delivery.to))))
        for i in sorted(found)
    )


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SettingsError(f"{path}: is larger than {MAX_BYTES:,} bytes; this is no list of recipients.")
        with path.open(encoding="utf-8-sig", newline="") as file:
            # Excel in half of Europe writes semicolons.
            first = file.readline()
            file.seek(0)
            reader = csv.DictReader(file, delimiter=";" if first.count(";") > first.count(",") else ",")
            if not {"company", "to"} <= {(name or "").strip().lower() for name in reader.fieldnames or ()}:
                raise SettingsError(f"{path}: needs the columns company and to.")
            for row in reader:
                told = {(key or "").strip().lower(): (value or "") for key, value in row.items() if key}
                if told["company"].strip() and told["to"].strip():
                    yield told["company"].strip(), told["to"].strip()
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"{path}: the list of recipients cannot be read ({error}).") from error


def _known(reader: Reader) -> tuple[Mapping[str, int], Mapping[int, str]]:
    """Company id by id, identifier and name (those that are not shared), and the names."""
    rows = [] if reader.has_relations(_COMPANIES) else list(reader.query(_COMPANIES))
    names = {int(company_id): str(name or "") for company_id, _, name in rows}
    names = names or companies_with_findings(reader)
    told: dict[str, set[int]] = {}
    for company_id, identifier, name in rows or [(i, None, n) for i, n in names.items()]:
        for word in (identifier, name):
            if word:
                told.setdefault(str(word).casefold(), set()).add(int(company_id))
    single = {word: ids.copy().pop() for word, ids in told.items() if len(ids) == 1}
    # A record id always means that record, whatever some company calls itself.
    return {**single, **{str(company_id): company_id for company_id in names}}, names
