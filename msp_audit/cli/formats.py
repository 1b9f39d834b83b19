"""What several commands are told in the same words: how rows are printed, and how severe."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from msp_audit.domain import Severity


class Format(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How to print rows.")]


def severity_named(text: str) -> Severity:
    """The severity as people type it; a word that is none is an error of usage."""
    from msp_audit.domain import Severity

    try:
        return Severity(text.lower())
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no severity; there are {', '.join(Severity)}.") from None
