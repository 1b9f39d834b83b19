-- Whether a serial number that two makers have is chance: a short one may be, a long one is told from it.
create or replace macro is_chance(serial_key, maker_key, other_maker_key) as (
    coalesce(maker_key <> other_maker_key, false) and length(serial_key) < 7
);

-- Which company an organisation of a monitoring tool is: the one it is mapped to, else the only one of its name.
create or replace macro company_match(
    mapped_id, mapped_evidence, mapped_detail, organisation_name, namesake_id, namesake_count
) as (
    case
        when mapped_id is not null
            then {
                    'company_id': mapped_id,
                    'confidence': 'certain',
                    'evidence': mapped_evidence,
                    'detail': mapped_detail
                }
        when namesake_count = 1
            then {
                    'company_id': namesake_id,
                    'confidence': 'likely',
                    'evidence': 'exact name',
                    'detail': organisation_name
                }
        when namesake_count > 1
            then {
                    'company_id': null,
                    'confidence': 'ambiguous',
                    'evidence': 'exact name',
                    'detail': organisation_name || ' is the name of ' || namesake_count || ' companies'
                }
        else {'company_id': null, 'confidence': 'none', 'evidence': null, 'detail': null}
    end
);

-- Which configuration each asset is, by ordered evidence: what the source itself declares, then its serial number, then
-- its name, and MAC addresses to tell several of one name apart. The same for every source of assets: the relations come
-- by name, the asset's id and its MAC address as columns of the first. *declared* has one configuration of an asset_id.
-- noqa: disable=RF02,RF03
create or replace macro configuration_matches(
    asset_keys, configuration_keys, id_column, mac_column, name_word, declared, declared_word
) as table
    with
    assets as (
        select
            id_column as asset_id,
            keys.company_id,
            keys.serial_key,
            keys.name_key,
            mac_column as mac_key,
            keys.maker_key
        from query_table(asset_keys) as keys
    ),

    -- Grouped before joined: a value shared by thousands on both sides stays one row.
    serial_hits as (
        select
            keys.company_id,
            keys.serial_key,
            count(*) as hit_count,
            min(keys.configuration_id) as configuration_id,
            count(*) filter (where keys.is_active) as active_count,
            min(keys.configuration_id) filter (where keys.is_active) as active_id,
            min(keys.maker_key) as maker_key
        from query_table(configuration_keys) as keys
        where keys.serial_key is not null
        group by
            keys.company_id,
            keys.serial_key
    ),

    serial_name_hits as (
        select
            keys.company_id,
            keys.serial_key,
            keys.name_key,
            count(*) as hit_count,
            min(keys.configuration_id) as configuration_id
        from query_table(configuration_keys) as keys
        where
            keys.serial_key is not null
            and keys.name_key is not null
        group by
            keys.company_id,
            keys.serial_key,
            keys.name_key
    ),

    name_hits as (
        select
            keys.company_id,
            keys.name_key,
            count(*) as hit_count,
            min(keys.configuration_id) as configuration_id,
            count(*) filter (where keys.is_active) as active_count,
            min(keys.configuration_id) filter (where keys.is_active) as active_id
        from query_table(configuration_keys) as keys
        where keys.name_key is not null
        group by
            keys.company_id,
            keys.name_key
    ),

    -- Windows cuts a NetBIOS name after 15 characters.
    short_name_hits as (
        select
            keys.company_id,
            left(keys.name_key, 15) as short_key,
            count(*) as hit_count,
            min(keys.configuration_id) as configuration_id,
            min(length(keys.name_key)) as name_length
        from query_table(configuration_keys) as keys
        where length(keys.name_key) >= 15
        group by
            keys.company_id,
            left(keys.name_key, 15)
    ),

    serials_anywhere as (
        select
            keys.serial_key,
            count(*) as hit_count,
            min(keys.configuration_id) as configuration_id,
            min(keys.company_id) as company_id,
            min(keys.maker_key) as maker_key
        from query_table(configuration_keys) as keys
        where keys.serial_key is not null
        group by keys.serial_key
    ),

    name_mac_hits as (
        select
            keys.company_id,
            keys.name_key,
            keys.mac_key,
            count(*) as hit_count,
            min(keys.configuration_id) as configuration_id
        from query_table(configuration_keys) as keys
        where
            keys.name_key is not null
            and keys.mac_key is not null
        group by
            keys.company_id,
            keys.name_key,
            keys.mac_key
    ),

    mac_hits as (
        select
            keys.company_id,
            keys.mac_key,
            count(*) as hit_count,
            min(keys.configuration_id) as configuration_id
        from query_table(configuration_keys) as keys
        where keys.mac_key is not null
        group by
            keys.company_id,
            keys.mac_key
    ),

    found as (
        select
            keys.asset_id,
            max(keys.serial_key) as serial_key,
            max(keys.name_key) as name_key,
            max(keys.maker_key) as maker_key,
            coalesce(sum(serial_hits.hit_count), 0) as serial_count,
            min(serial_hits.configuration_id) as serial_id,
            coalesce(sum(serial_hits.active_count), 0) as serial_active_count,
            min(serial_hits.active_id) as serial_active_id,
            min(serial_hits.maker_key) as serial_maker_key,
            coalesce(sum(serial_name_hits.hit_count), 0) as serial_name_count,
            min(serial_name_hits.configuration_id) as serial_name_id,
            coalesce(sum(name_hits.hit_count), 0) as name_count,
            min(name_hits.configuration_id) as name_id,
            coalesce(sum(name_hits.active_count), 0) as name_active_count,
            min(name_hits.active_id) as name_active_id,
            max(keys.mac_key) as mac_key,
            coalesce(sum(name_mac_hits.hit_count), 0) as name_mac_count,
            min(name_mac_hits.configuration_id) as name_mac_id,
            coalesce(sum(mac_hits.hit_count), 0) as mac_count,
            min(mac_hits.configuration_id) as mac_id,
            coalesce(sum(short_name_hits.hit_count), 0) as short_name_count,
            min(short_name_hits.configuration_id) as short_name_id,
            min(short_name_hits.name_length) as short_name_length
        from assets as keys
        left join serial_hits
            on
                keys.company_id = serial_hits.company_id
                and keys.serial_key = serial_hits.serial_key
        left join serial_name_hits
            on
                keys.company_id = serial_name_hits.company_id
                and keys.serial_key = serial_name_hits.serial_key
                and keys.name_key = serial_name_hits.name_key
        left join name_hits
            on
                keys.company_id = name_hits.company_id
                and keys.name_key = name_hits.name_key
        left join name_mac_hits
            on
                keys.company_id = name_mac_hits.company_id
                and keys.name_key = name_mac_hits.name_key
                and keys.mac_key = name_mac_hits.mac_key
        left join mac_hits
            on
                keys.company_id = mac_hits.company_id
                and keys.mac_key = mac_hits.mac_key
        left join short_name_hits
            on
                keys.company_id = short_name_hits.company_id
                and left(keys.name_key, 15) = short_name_hits.short_key
                and length(keys.name_key) >= 15
        group by keys.asset_id
    ),

    decided as (
        select
            found.asset_id,
            case
                when
                    found.serial_count = 1
                    and not is_chance(found.serial_key, found.serial_maker_key, found.maker_key)
                    then 'serial'
                when found.serial_name_count = 1 then 'serial and name'
                when found.serial_count > 1 and found.serial_active_count = 1 then 'active serial'
                when found.serial_count > 1 then 'several serials'
                when found.name_count = 1 then 'name'
                when found.name_mac_count = 1 then 'name and MAC'
                when found.name_count > 1 and found.name_active_count = 1 then 'active name'
                when found.name_count > 1 then 'several names'
            end as way,
            found.serial_key,
            found.name_key,
            found.maker_key,
            coalesce(found.serial_maker_key <> found.maker_key, false) as has_other_maker,
            found.serial_count,
            found.serial_id,
            found.serial_active_id,
            found.serial_name_id,
            found.name_count,
            found.name_id,
            found.name_active_id,
            found.name_mac_id,
            case when found.mac_count = 1 then found.mac_id end as mac_id,
            found.mac_key,
            -- One of the two must be exactly as long as Windows leaves it.
            case
                when found.short_name_count = 1
                    and (length(found.name_key) = 15) <> (found.short_name_length = 15)
                    then found.short_name_id
            end as short_name_id
        from found
    ),

    linked as (
        select
            decided.asset_id,
            case decided.way
                when 'serial' then decided.serial_id
                when 'serial and name' then decided.serial_name_id
                when 'active serial' then decided.serial_active_id
                when 'name' then decided.name_id
                when 'name and MAC' then decided.name_mac_id
                when 'active name' then decided.name_active_id
            end as configuration_id,
            case
                when decided.way = 'serial' and decided.has_other_maker then 'likely'
                when decided.way in ('serial', 'serial and name') then 'certain'
                when decided.way in ('several serials', 'several names') then 'ambiguous'
                when decided.way is not null then 'likely'
                else 'none'
            end as confidence,
            case
                when decided.way like '%serial%' then 'serial number'
                when decided.way is not null then name_word
            end as evidence,
            case decided.way
                when 'serial'
                    then decided.serial_key
                        || case when decided.has_other_maker then ', though the makers differ' else '' end
                when 'serial and name' then decided.serial_key || ', told apart by name'
                when 'active serial' then decided.serial_key || ', the only active one'
                when
                    'several serials'
                    then decided.serial_key || ' in ' || decided.serial_count || ' configurations'
                when 'name' then decided.name_key
                when 'name and MAC' then decided.name_key || ', told apart by MAC address'
                when 'active name' then decided.name_key || ', the only active one'
                when
                    'several names'
                    then decided.name_key || ' in ' || decided.name_count || ' configurations'
            end as detail,
            case
                when decided.way = 'several serials' then decided.serial_count
                when decided.way = 'several names' then decided.name_count
                when decided.way is not null then 1
                else 0
            end as candidate_count,
            case when decided.way is null then coalesce(decided.mac_id, decided.short_name_id) end
                as suggested_configuration_id,
            case
                when decided.way is not null then null
                when decided.mac_id is not null then 'the same MAC address ' || decided.mac_key
                when decided.short_name_id is not null
                    then 'the same first 15 characters, where Windows cuts names: '
                        || left(decided.name_key, 15)
            end as suggestion,
            case when decided.way is null then decided.serial_key end as sought_serial_key,
            decided.maker_key
        from decided
    )

    select
        linked.asset_id,
        coalesce(declared.configuration_id, linked.configuration_id) as configuration_id,
        if(declared.configuration_id is null, configurations.company_id, declared.company_id) as company_id,
        case when declared.configuration_id is null then linked.confidence else 'certain' end as confidence,
        case when declared.configuration_id is null then linked.evidence else declared_word end as evidence,
        case
            when declared.configuration_id is null then linked.detail
            else 'configuration ' || declared.configuration_id::varchar
        end as detail,
        case when declared.configuration_id is null then linked.candidate_count else 1 end as candidate_count,
        case when declared.configuration_id is null then linked.suggested_configuration_id end
            as suggested_configuration_id,
        case when declared.configuration_id is null then linked.suggestion end as suggestion,
        case when declared.configuration_id is null then elsewhere.configuration_id end
            as moved_configuration_id,
        case when declared.configuration_id is null then elsewhere.company_id end as moved_company_id
    from linked
    left join query_table(declared) as declared
        on linked.asset_id = declared.asset_id
    left join query_table(configuration_keys) as configurations
        on linked.configuration_id = configurations.configuration_id
    left join serials_anywhere as elsewhere
        on
            linked.sought_serial_key = elsewhere.serial_key
            and elsewhere.hit_count = 1
            and not is_chance(elsewhere.serial_key, elsewhere.maker_key, linked.maker_key);

-- Which Automate computer each asset of a mapped company is; see above. *asset_links* are the assets' configurations.
create or replace macro computer_matches(
    asset_keys, asset_links, computer_keys, computer_links, id_column
) as table
    with
    assets as (
        select
            id_column as asset_id,
            keys.company_id,
            keys.serial_key,
            keys.name_key,
            keys.maker_key
        from query_table(asset_keys) as keys
        where keys.company_id is not null
    ),

    known as (
        select
            id_column as asset_id,
            links.configuration_id
        from query_table(asset_links) as links
    ),

    serial_hits as (
        select
            keys.company_id,
            keys.serial_key,
            count(*) as hit_count,
            min(keys.computer_id) as computer_id,
            min(keys.maker_key) as maker_key
        from query_table(computer_keys) as keys
        where
            keys.company_id is not null
            and keys.serial_key is not null
        group by
            keys.company_id,
            keys.serial_key
    ),

    name_hits as (
        select
            keys.company_id,
            keys.name_key,
            count(*) as hit_count,
            min(keys.computer_id) as computer_id
        from query_table(computer_keys) as keys
        where
            keys.company_id is not null
            and keys.name_key is not null
        group by
            keys.company_id,
            keys.name_key
    ),

    configuration_hits as (
        select
            links.configuration_id,
            count(*) as hit_count,
            min(links.computer_id) as computer_id
        from query_table(computer_links) as links
        where links.configuration_id is not null
        group by links.configuration_id
    ),

    found as (
        select
            keys.asset_id,
            keys.company_id,
            keys.serial_key,
            keys.name_key,
            serial_hits.hit_count as serial_count,
            serial_hits.computer_id as serial_id,
            coalesce(serial_hits.maker_key <> keys.maker_key, false) as has_other_maker,
            configuration_hits.hit_count as configuration_count,
            configuration_hits.computer_id as configuration_computer_id,
            links.configuration_id,
            name_hits.hit_count as name_count,
            name_hits.computer_id as name_id
        from assets as keys
        left join serial_hits
            on
                keys.company_id = serial_hits.company_id
                and keys.serial_key = serial_hits.serial_key
                and not (
                    serial_hits.hit_count = 1
                    and is_chance(keys.serial_key, serial_hits.maker_key, keys.maker_key)
                )
        left join known as links
            on keys.asset_id = links.asset_id
        left join configuration_hits
            on links.configuration_id = configuration_hits.configuration_id
        left join name_hits
            on
                keys.company_id = name_hits.company_id
                and keys.name_key = name_hits.name_key
    )

    select
        found.asset_id,
        case
            when found.serial_count = 1 then found.serial_id
            when found.serial_count > 1 then null
            when found.configuration_count = 1 then found.configuration_computer_id
            when found.name_count = 1 then found.name_id
        end as computer_id,
        found.company_id,
        case
            when found.serial_count = 1 and not found.has_other_maker then 'certain'
            when found.serial_count > 1 then 'ambiguous'
            when found.serial_count = 1 or found.configuration_count = 1 or found.name_count = 1 then 'likely'
            else 'ambiguous'
        end as confidence,
        case
            when found.serial_count >= 1 then 'serial number'
            when found.configuration_count = 1 then 'same configuration'
            else 'host name'
        end as evidence,
        case
            when found.serial_count = 1
                then found.serial_key
                    || case when found.has_other_maker then ', though the makers differ' else '' end
            when found.serial_count > 1 then found.serial_key || ' in ' || found.serial_count || ' computers'
            when found.configuration_count = 1 then 'both are configuration ' || found.configuration_id
            when found.name_count = 1 then found.name_key
            else found.name_key || ' in ' || found.name_count || ' computers'
        end as detail,
        case
            when found.serial_count >= 1 then found.serial_count
            when found.configuration_count = 1 then 1
            else found.name_count
        end as candidate_count
    from found
    where
        found.serial_count >= 1
        or found.configuration_count = 1
        or found.name_count >= 1;
