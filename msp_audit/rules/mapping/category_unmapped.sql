/*
title    = "Automate ticket category is mapped to no service board"
severity = "low"
subject  = "automate.ticket_categories"
key      = ["ticket_category_id"]
why      = "Tickets of this category fall on the default board, where nobody who knows the matter looks."
remedy   = """In Automate open the Manage plugin (Dashboard > Config > Integration) and, under the ticket \
           category mapping, choose board, type and priority for the category."""
source   = "Field practice: unmapped monitors and categories (tables and columns certain)"
*/
select
    null::bigint as company_id,
    categories.ticket_category_id as entity_id,
    coalesce(categories.name, '(no name)') as entity_name,
    'The ticket category ' || coalesce(categories.name, '(no name)')
    || ' in Automate is mapped to no service board in ConnectWise PSA.' as reason
from automate.ticket_categories as categories
where
    not exists (
        select 1
        from automate.category_mappings as mappings
        where
            mappings.ticket_category_id = categories.ticket_category_id
            and mappings.board_id is not null
    )
