"""The plugin's two maps of each kind, one for each direction, laid over each other."""

from __future__ import annotations

from typing import Literal

from msp_audit.domain import Record

MapKind = Literal["status", "priority"]

#: Grain: one line per pair that either map holds, and one per status or priority that neither holds.
_SHAPE = """,
joined as (
    select
        pairs.board_id,
        pairs.automate_id,
        pairs.psa_id,
        bool_or(pairs.goes) as goes,
        not bool_and(pairs.goes) as comes
    from pairs
    where pairs.automate_id is not null and pairs.psa_id is not null
    group by pairs.board_id, pairs.automate_id, pairs.psa_id
),

boards as (select distinct psa_side.board_id, psa_side.board from psa_side),

lines as (
    select
        joined.board_id,
        joined.automate_id,
        joined.psa_id,
        case
            when joined.goes and joined.comes then 'both ways'
            when joined.goes then 'only to the PSA'
            else 'only from the PSA'
        end as path
    from joined
    union all
    select boards.board_id, automate_side.automate_id, null as psa_id, 'not mapped' as path
    from automate_side
    cross join boards
    where not exists (
        select 1 from joined
        where joined.automate_id = automate_side.automate_id and joined.board_id = boards.board_id
    )
    union all
    select psa_side.board_id, null as automate_id, psa_side.psa_id, 'not mapped' as path
    from psa_side
    where not psa_side.is_inactive and not exists (
        select 1 from joined
        where joined.psa_id = psa_side.psa_id and joined.board_id = psa_side.board_id
    )
)

select
    boards.board,
    -- A map may still hold what is gone from the lists, or a status of another board.
    coalesce(automate_side.name, lines.automate_id || ' (gone)') as automate,
    case
        when psa_side.board_id <> lines.board_id then psa_side.name || ' of ' || psa_side.board
        else coalesce(psa_side.name, lines.psa_id || ' (gone)')
    end as psa,
    lines.path
from lines
inner join boards on lines.board_id = boards.board_id
left join automate_side on lines.automate_id = automate_side.automate_id
left join psa_side on lines.psa_id = psa_side.psa_id
order by boards.board, lines.automate_id is null, lines.automate_id, lines.psa_id
"""
_STATUSES = f"""
with automate_side as (
    select
        statuses.ticket_status_id as automate_id,
        coalesce(statuses.name, 'status ' || statuses.ticket_status_id) as name
    from automate.ticket_statuses as statuses
),

psa_side as (
    select
        statuses.board_status_id as psa_id,
        statuses.board_id,
        coalesce(statuses.name, 'status ' || statuses.board_status_id)
        || if(coalesce(statuses.is_inactive, false), ' (inactive)', '') as name,
        coalesce(statuses.is_inactive, false) as is_inactive,
        coalesce(boards.name, 'board ' || statuses.board_id) as board
    from automate.plugin_statuses as statuses
    left join automate.plugin_boards as boards on statuses.board_id = boards.board_id
),

pairs as (
    select
        coalesce(maps.board_id, psa_side.board_id) as board_id,
        maps.ticket_status_id as automate_id,
        maps.board_status_id as psa_id,
        true as goes
    from automate.status_mappings_to_psa as maps
    left join psa_side on maps.board_status_id = psa_side.psa_id
    union all
    select psa_side.board_id, maps.ticket_status_id, maps.board_status_id, false
    from automate.status_mappings_from_psa as maps
    inner join psa_side on maps.board_status_id = psa_side.psa_id
){_SHAPE}"""  # noqa: S608  (our own text)
_PRIORITIES = f"""
with automate_side as (
    select
        priorities.ticket_priority_id as automate_id,
        coalesce(priorities.name, 'priority ' || priorities.ticket_priority_id) as name
    from automate.ticket_priorities as priorities
),

psa_side as (
    select
        priorities.priority_id as psa_id,
        0 as board_id,
        coalesce(priorities.name, 'priority ' || priorities.priority_id) as name,
        false as is_inactive,
        'every board' as board
    from automate.plugin_priorities as priorities
),

pairs as (
    select 0 as board_id, maps.ticket_priority_id as automate_id, maps.priority_id as psa_id, true as goes
    from automate.priority_mappings_to_psa as maps
    union all
    select 0, maps.ticket_priority_id, maps.priority_id, false
    from automate.priority_mappings_from_psa as maps
){_SHAPE}"""  # noqa: S608  (our own text)
MAPS: dict[MapKind, str] = {"status": _STATUSES, "priority": _PRIORITIES}


def busiest_board(lines: list[Record]) -> str:
    """The board with most pairs; the first by name of several."""
    mapped = [str(line["board"]) for line in lines if line["path"] != "not mapped"]
    return max(sorted(set(mapped)), key=mapped.count, default="")
