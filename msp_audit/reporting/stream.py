"""A section's rows one after another, for files that hold all of them: never all are in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from msp_audit.domain import Record
from msp_audit.reporting.fetch import broken, reading_of
from msp_audit.reporting.links import RecordLinks
from msp_audit.reporting.reader import Reader
from msp_audit.reporting.section import read_section
from msp_audit.reporting.words import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Whom to ask about one report's run and scope, and with which values."""

    reader: Reader
    params: Mapping[str, object]
    links: RecordLinks
    is_for_customer: bool
    #: The workspace's own sections.
    folder: Path | None

    def rows(
        self, section: str, *, with_resolved: bool = False, triage: str | None = None
    ) -> Iterator[Record]:
        """Rows of *section* in its order, or those of one *triage*; finish before asking anything else.

        Raises:
            ReportError: its query does not run.
        """
        file = read_section(section, folder=self.folder).file
        params = {**self.params, "with_resolved": with_resolved}
        sql = file.sql
        if triage is not None:
            params["triage"] = triage
            # The section's own file, no word of a stranger.
            sql = f"""
                select numbered.* exclude (row_place)
                from (
                    select asked.*, row_number() over () as row_place from ({file.sql}) as asked
                ) as numbered
                where numbered.triage = $triage
                order by numbered.row_place
            """  # noqa: S608
        try:
            for found in self.reader.batches(sql, params):
                read = reading_of(found)
                for row in map(read, found.rows):
                    if {"key", "evidence"} <= row.keys():
                        row["links"] = [] if self.is_for_customer else self.links.of(row)
                    yield row
        except Exception as error:
            # A reader is only a protocol here: its database raises what it likes.
            raise broken(file, error) from error

    def evidence_names(self) -> dict[str, list[str]]:
        """By rule: names of the evidence that its open findings carry, in the order of the rule's columns.

        Raises:
            ReportError: the query of the findings does not run.
        """
        file = read_section("findings", folder=self.folder).file
        # The section's own file, no word of a stranger.
        sql = f"""
            select named.rule, named.name
            from (
                select
                    lists.rule,
                    unnest(lists.names) as name,
                    generate_subscripts(lists.names, 1) as place
                -- Thousands of findings have the same few lists of names.
                from (
                    select distinct asked.rule, json_keys(asked.evidence) as names
                    from ({file.sql}) as asked
                ) as lists
            ) as named
            group by named.rule, named.name
            order by named.rule, min(named.place), named.name
        """  # noqa: S608
        found: dict[str, list[str]] = {}
        try:
            rows = self.reader.query(sql, self.params)
        except Exception as error:
            raise broken(file, error) from error
        for rule, name in rows:
            # As it is in the rows: made harmless, and then perhaps not the only one of that name.
            if (harmless := plain(name)) not in found.setdefault(str(rule), []):
                found[str(rule)].append(harmless)
        return found
