"""The same rows as a user would write them without us: ``_naive_report.py KIND DATABASE OUT ROWS``."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pandas as pd

ROWS = """
select
    findings.severity,
    findings.company_name,
    findings.entity_name,
    coalesce(rules.title, findings.rule) as title,
    findings.reason,
    findings.evidence::varchar as evidence,
    findings.first_seen_at,
    findings.detection,
    findings.finding_id
from audit.findings as findings
left join audit.rules as rules on findings.rule = rules.rule
where findings.detection <> 'resolved'
order by findings.severity, findings.company_name, findings.entity_name
limit ?
"""
STYLE = "<style>@page{size:A4}body{font:8pt sans-serif}</style>"


def main(kind: str, database: str, out: Path, rows: int) -> None:
    """Write *rows* findings as *kind*."""
    with duckdb.connect(database, read_only=True) as connection:
        frame = connection.execute(ROWS, [rows]).df()
    match kind:
        case "html":
            frame.to_html(out, index=False)
        case "xlsx":
            frame.to_excel(out, index=False, engine="xlsxwriter")
        case "csv":
            frame.to_csv(out, index=False)
        case "json":
            frame.to_json(out, orient="records", date_format="iso")
        case "parquet":
            frame.to_parquet(out)
        case "pdf":
            import weasyprint

            text = STYLE + pd.DataFrame.to_html(frame, index=False)
            weasyprint.HTML(string=text).write_pdf(out)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
