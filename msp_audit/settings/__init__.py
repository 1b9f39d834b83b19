"""What people write in ``msp-audit.toml``, checked and frozen; secrets only by reference."""

from msp_audit.settings.auvik_sync import AuvikSync
from msp_audit.settings.delivery import (
    DeliverySettings,
    GraphSettings,
    LinkSettings,
    MailSettings,
    ScheduleSettings,
    SmtpSettings,
)
from msp_audit.settings.files import FileToolSettings
from msp_audit.settings.fleet import FleetReport, FleetSettings
from msp_audit.settings.load import SETTINGS_FILE, load_fleet_settings, load_settings
from msp_audit.settings.model import (
    AutomateSettings,
    AuvikSettings,
    HttpSettings,
    NinjaoneSettings,
    PsaSettings,
    RuleSettings,
    Settings,
    StoreSettings,
)
from msp_audit.settings.secret import SecretReference
from msp_audit.settings.suppressions import SuppressionSettings
from msp_audit.settings.tickets import TicketRetention, TicketSettings

__all__ = [
    "SETTINGS_FILE",
    "AutomateSettings",
    "AuvikSettings",
    "AuvikSync",
    "DeliverySettings",
    "FileToolSettings",
    "FleetReport",
    "FleetSettings",
    "GraphSettings",
    "HttpSettings",
    "LinkSettings",
    "MailSettings",
    "NinjaoneSettings",
    "PsaSettings",
    "RuleSettings",
    "ScheduleSettings",
    "SecretReference",
    "Settings",
    "SmtpSettings",
    "StoreSettings",
    "SuppressionSettings",
    "TicketRetention",
    "TicketSettings",
    "load_fleet_settings",
    "load_settings",
]
