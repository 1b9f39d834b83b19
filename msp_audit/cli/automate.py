"""``msp-audit doctor automate``: the schema of Automate's database as it is, to read and to publish."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from msp_audit.workspace import Workspace


def tell_automate_schema(workspace: Workspace) -> bool:
    """Print the schema report and suggested aliases; whether every table that is read was found whole.

    Names and types of tables and columns only: nothing in it is customer data, so it can be published.

    Raises:
        SettingsError: no database of Automate is configured.
        SourceError: it cannot be read.
    """
    from msp_audit.connectors import automate_schema

    report = automate_schema(workspace.settings)
    for line in report.lines:
        sys.stdout.write(f"{line}\n")
    return report.is_whole
