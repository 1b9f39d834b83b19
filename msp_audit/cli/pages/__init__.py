"""The pages of ``docs/`` that are made from the code: rules, relations, commands, settings, messages."""

from msp_audit.cli.pages.commands import command_page
from msp_audit.cli.pages.messages import message_page
from msp_audit.cli.pages.relations import relation_pages
from msp_audit.cli.pages.rules import rule_pages
from msp_audit.cli.pages.settings import settings_page

__all__ = ["command_page", "message_page", "relation_pages", "rule_pages", "settings_page"]
