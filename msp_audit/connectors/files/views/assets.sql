/*
grain = "one row per asset of a monitoring tool that is read from files"

[columns]
tool             = "The monitoring tool."
asset_id         = "Its id of the asset."
organisation_id  = "The organisation that the asset belongs to."
site_id          = "The site that it stands at."
name             = "Its host name."
kind             = "server, workstation, network or other; null where the tool does not say."
manufacturer     = "Its maker."
model            = "Its model."
serial_number    = "Its serial number; null where the tool reports none."
ip_address       = "Its IP address."
operating_system = "Its operating system."
last_seen_at     = "When the tool last heard of it; null where it does not report that."
is_online        = "Whether it is online; null where the tool does not report that."
is_managed       = "Whether the tool manages it; true where it does not say."
configuration_id = "The PSA configuration that the tool itself ties it to."
url              = "Address of its page in the tool."
*/
select
    landed.item.tool as tool,
    landed.item.asset_id as asset_id,
    landed.item.organisation_id as organisation_id,
    landed.item.site_id as site_id,
    clean(landed.item.name) as name,
    landed.item.kind as kind,
    clean(landed.item.manufacturer) as manufacturer,
    clean(landed.item.model) as model,
    landed.item.serial_number as serial_number,
    clean(landed.item.ip_address) as ip_address,
    clean(landed.item.operating_system) as operating_system,
    utc(landed.item.last_seen_at) as last_seen_at,
    landed.item.is_online as is_online,
    coalesce(landed.item.is_managed, true) as is_managed,
    landed.item.configuration_id as configuration_id,
    landed.item.url as url
from (
    select
        from_json(
            records.payload,
            '{
            "tool":"VARCHAR",
            "asset_id":"VARCHAR",
            "organisation_id":"VARCHAR",
            "site_id":"VARCHAR",
            "name":"VARCHAR",
            "kind":"VARCHAR",
            "manufacturer":"VARCHAR",
            "model":"VARCHAR",
            "serial_number":"VARCHAR",
            "ip_address":"VARCHAR",
            "operating_system":"VARCHAR",
            "last_seen_at":"VARCHAR",
            "is_online":"BOOLEAN",
            "is_managed":"BOOLEAN",
            "configuration_id":"BIGINT",
            "url":"VARCHAR"
        }'
        ) as item
    from landing.assets as records
) as landed
