"""What a table or column may be called: our name, likely other ones, and those of the settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from msp_audit.connectors.automate.tables import TABLES
from msp_audit.errors import SettingsError

#: Physical name as we call it -> other names that are taken for it. Columns of the plugin's tables are mostly
#: inferred, so the likely spellings stand here; a real server's belong in ``automate.aliases``.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "ticketpriority.Priority": ("TicketPriorityID", "PriorityID", "ID"),
    "ticketpriority.Name": ("TicketPriority", "PriorityName"),
    "retiredassets.AssetID": ("RetiredAssetID", "ID"),
    "networkdevices.MAC": ("MACAddress",),
    "plugin_cw_clientmapping.CWAgreementRecID": ("AgreementRecID", "CWAgreementID"),
    "plugin_cw_sitemapping.CWSiteRecID": ("SiteRecID", "CWSiteID"),
    "plugin_cw_lastassetsync.TargetType": ("EntityType", "AssetType"),
    "plugin_cw_lastassetsync.LTTargetID": ("TargetID", "AssetID"),
    "plugin_cw_lastassetsync.CWConfigRecID": ("CWConfigurationRecID", "ConfigRecID", "CWTargetRecID"),
    "plugin_cw_lastassetsync.LastSync": ("LastSyncDate", "LastUpdate"),
    "plugin_cw_configurationtypes.CWConfigTypeRecID": ("CWConfigurationTypeRecID",),
    "plugin_cw_configurationtypes.CWConfigTypeName": ("CWConfigurationTypeName",),
    "plugin_cw_assettemplates.AssetTemplateID": ("TemplateID", "ID"),
    "plugin_cw_assettemplates.Name": ("TemplateName", "AssetTemplateName"),
    "plugin_cw_assettemplates.CWConfigTypeRecID": ("CWConfigurationTypeRecID", "ConfigTypeRecID"),
    "plugin_cw_assettemplateassignments.AssetTemplateID": ("TemplateID",),
    "plugin_cw_managedservicetemplates.Name": ("TemplateName", "ManagedServiceTemplateName"),
    "plugin_cw_servicestatuses.CWServiceBoardRecID": ("CWBoardRecID",),
    "plugin_cw_servicestatuses.Inactive": ("IsInactive", "InactiveFlag", "Inactive_Flag"),
    "plugin_cw_cwstatusmapping.TicketStatusID": ("LTStatusID", "StatusID"),
    "plugin_cw_ltstatusmapping.TicketStatusID": ("LTStatusID", "StatusID"),
    "plugin_cw_ltstatusmapping.CWServiceBoardRecID": ("CWBoardRecID",),
    "plugin_cw_servicepriorityxrefs.Priority": ("LTPriority", "TicketPriorityID", "PriorityID"),
    "plugin_cw_cwtolabtechservicepriorityxrefs.Priority": ("LTPriority", "TicketPriorityID", "PriorityID"),
}

#: No alias may lead to a column with such a name: it would put a secret into the store.
SECRET_NAME = re.compile(r"passw|secret|communit|token|script(user|login)|privatekey|cd.?key", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[^`\x00.]{1,64}")
_KNOWN = {table.physical: {column.lower() for column in table.columns} for table in TABLES.values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Candidates for each table and column, best first; compare without regard to case."""

    #: Lower case ``table`` or ``table.column`` -> names from the settings.
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, aliases: Mapping[str, str | Iterable[str]]) -> Names:
        """The candidates under ``automate.aliases``.

        Raises:
            SettingsError: an alias is for a name that we do not read, is no name, or leads to a secret.
        """
        chosen: dict[str, tuple[str, ...]] = {}
        for canonical, given in aliases.items():
            names = (given,) if isinstance(given, str) else tuple(given)
            _refuse_wrong(canonical, names)
            chosen[canonical.lower()] = names
        return cls(chosen=chosen)

    def of_table(self, physical: str) -> tuple[str, ...]:
        """What the table *physical* may be called."""
        return (*self.chosen.get(physical.lower(), ()), physical, *ALIASES.get(physical, ()))

    def of_column(self, physical: str, column: str) -> tuple[str, ...]:
        """What *column* of the table *physical* may be called."""
        name = f"{physical}.{column}"
        return (*self.chosen.get(name.lower(), ()), column, *ALIASES.get(name, ()))


def _refuse_wrong(canonical: str, names: tuple[str, ...]) -> None:
    table, _, column = canonical.lower().partition(".")
    if table not in _KNOWN or (column and column not in _KNOWN[table]):
        raise SettingsError(
            f'automate.aliases: "{canonical}" is no table or column that is read. '
            f"'msp-audit doctor automate' lists them."
        )
    for name in names:
        if not _IDENTIFIER.fullmatch(name):
            raise SettingsError(f'automate.aliases: "{canonical}" leads to "{name}", which is no name.')
        if column and SECRET_NAME.search(name):
            raise SettingsError(
                f'automate.aliases: "{canonical}" leads to "{name}", which may hold a secret.'
            )
