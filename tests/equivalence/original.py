"""The original audit of seed 000 as one MySQL statement, written anew from its published description.

What the statement asks is documented; how the plugin's tables are called is public; most of their columns are
inferred. Where the reconstruction left a choice, docs/decisions/0007-automate-audit.md says which was taken.
"""

from __future__ import annotations

#: Component -> the rule of ours that must find the same entities.
RULES = {
    "client": "sync.client_unsynced",
    "location": "sync.location_unsynced",
    "asset": "sync.asset_unsynced",
    "template": "sync.asset_template_unassigned",
    "status_from_psa": "sync.status_unmapped_from_psa",
    "status_to_psa": "sync.status_unmapped_to_psa",
    "priority_from_psa": "sync.priority_unmapped_from_psa",
    "priority_to_psa": "sync.priority_unmapped_to_psa",
}

#: The plugin's codes for kinds of entities; inferred.
COMPUTER, LOCATION, CLIENT = 1, 2, 3

_MAPPED = """exists (
      select 1 from plugin_cw_clientmapping cm where cm.ClientID = {owner} and cm.CWCompanyRecID > 0{more})"""
_TEMPLATED = " and cm.ManagedServiceTemplateID > 0"


def _ignored(*pairs: tuple[int, str]) -> str:
    cases = " or ".join(f"(ig.TargetType = {code} and ig.LTTargetID = {column})" for code, column in pairs)
    return f"exists (select 1 from plugin_cw_ignoredentities ig where {cases})"


def _mapped(owner: str, more: str = "") -> str:
    return _MAPPED.format(owner=owner, more=more)


def _client() -> str:
    return f"""
  select 'client' as component, cast(c.ClientID as char) as entity, c.Name as name, c.Name as client
  from clients c
  where not {_mapped("c.ClientID")}
    and not {_ignored((CLIENT, "c.ClientID"))}"""


def _location(is_literal: bool) -> str:
    own = (LOCATION, "l.LocationID")
    quiet = f"""not {_ignored(own, (CLIENT, "l.ClientID"))}
    and {_mapped("l.ClientID")}"""
    return f"""
  select 'location', cast(l.LocationID as char), l.Name, c.Name
  from locations l join clients c on c.ClientID = l.ClientID
  where not exists (
      select 1 from plugin_cw_sitemapping sm where sm.LocationID = l.LocationID and sm.CWSiteRecID > 0)
    and {f"not {_ignored(own)}" if is_literal else quiet}"""


def _asset(is_literal: bool) -> str:
    own = (COMPUTER, "k.ComputerID")
    owners = ((LOCATION, "k.LocationID"), (CLIENT, "k.ClientID"))
    quiet = f"""not {_ignored(own, *owners)}
    and {_mapped("k.ClientID", _TEMPLATED)}"""
    return f"""
  select 'asset', cast(k.ComputerID as char), k.Name, c.Name
  from computers k
  join clients c on c.ClientID = k.ClientID
  left join locations l on l.LocationID = k.LocationID
  where not exists (
      select 1 from plugin_cw_lastassetsync las
      where las.TargetType = {COMPUTER} and las.LTTargetID = k.ComputerID and las.CWConfigRecID > 0)
    and {f"not {_ignored(own)}" if is_literal else quiet}"""


_OTHERS = """
  select 'template', cast(t.AssetTemplateID as char), t.Name, null
  from plugin_cw_assettemplates t
  left join plugin_cw_assettemplateassignments a on a.AssetTemplateID = t.AssetTemplateID
  where a.AssetTemplateID is null
  union all
  select 'status_from_psa', cast(s.CWServiceStatusRecID as char), s.CWServiceStatusName, null
  from plugin_cw_servicestatuses s
  left join plugin_cw_cwstatusmapping m
    on m.CWServiceStatusRecID = s.CWServiceStatusRecID and m.TicketStatusID > 0
  where m.CWServiceStatusRecID is null and s.Inactive = 0
  union all
  select 'status_to_psa', concat(s.TicketStatusID, '@', b.CWServiceBoardRecID), s.TicketStatus, null
  from ticketstatus s
  cross join plugin_cw_serviceboards b
  left join plugin_cw_ltstatusmapping m
    on m.TicketStatusID = s.TicketStatusID and m.CWServiceStatusRecID > 0
    and (m.CWServiceBoardRecID = b.CWServiceBoardRecID or ifnull(m.CWServiceBoardRecID, 0) = 0)
  where m.TicketStatusID is null
  union all
  select 'priority_from_psa', cast(p.CWServicePriorityRecID as char), p.CWServicePriorityName, null
  from plugin_cw_servicepriorities p
  left join plugin_cw_cwtolabtechservicepriorityxrefs m
    on m.CWServicePriorityRecID = p.CWServicePriorityRecID and m.Priority > 0
  where m.CWServicePriorityRecID is null
  union all
  select 'priority_to_psa', cast(p.Priority as char), p.Name, null
  from ticketpriority p
  left join plugin_cw_servicepriorityxrefs m on m.Priority = p.Priority and m.CWServicePriorityRecID > 0
  where m.Priority is null"""


def original(*, is_literal: bool) -> str:
    """The whole audit; *is_literal* reports what the wording says, else children of a cause stay quiet."""
    parts = (_client(), _location(is_literal), _asset(is_literal), _OTHERS)
    return f"select * from ({' union all '.join(parts)}\n) audit order by component, client, name, entity"
