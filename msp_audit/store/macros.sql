-- Functions that views, rules, sections and analysts share. Each is lenient: what cannot be read is null.

-- A vendor's date-time text as UTC; null for no date and for sentinels such as 0001-01-01 and 1979-01-01.
create or replace macro utc(value) as
    case
        when try_cast(value as timestamptz) >= timestamptz '1980-01-01 00:00:00+00'
            then try_cast(value as timestamptz) at time zone 'UTC'
    end;

-- The same for a server that writes its own local time: text without a zone is that of *zone*, an IANA name. The hour
-- that comes twice in autumn is taken for the second one.
create or replace macro utc_from(value, zone) as
    case
        when coalesce(zone, 'UTC') = 'UTC' or regexp_matches(value, '(Z|:.*[+-][0-9]{2}(:?[0-9]{2})?)$') then utc(value)
        when try_cast(value as timestamp) >= timestamp '1980-01-01 00:00:00'
            then try_cast(value as timestamp) at time zone zone at time zone 'UTC'
    end;

-- Text without surrounding blanks, inner blanks squeezed; no-break and zero-width characters count as blanks.
-- Most text is clean already, and finding that out takes a quarter of the time that cleaning does.
create or replace macro clean(value) as
    case
        when regexp_matches(value, '  |[^ -~]|^ | $')
            then nullif(
                trim(
                    regexp_replace(
                        value, '[\x{00A0}\x{200B}\x{200C}\x{200D}\x{2060}\x{FEFF}\s]+', ' ', 'g'
                    )
                ),
                ''
            )
        else nullif(value, '')
    end;

-- A serial number for comparing: upper case, no blanks, no "S/N:" before it. Leading zeros stay.
create or replace macro norm_serial(value) as
    nullif(replace(regexp_replace(upper(clean(value)), '^(S/N|SN|SERIAL)[:# ]+', ''), ' ', ''), '');

-- Whether a serial number identifies nothing: missing, a maker's filler, one repeated character, too short.
create or replace macro is_placeholder_serial(value) as
    norm_serial(value) is null
    or length(norm_serial(value)) < 4
    or replace(norm_serial(value), left(norm_serial(value), 1), '') = ''
    or regexp_full_match(norm_serial(value), '0?12345(6(7(8(9(0.*)?)?)?)?)?|[0-9](\.[0-9]+){1,3}|[01]+')
    or lower(clean(value)) in (select entries.value from placeholder_serials as entries);

-- A serial number that can identify a machine, normalised; else null.
create or replace macro good_serial(value) as
    case when not is_placeholder_serial(value) then norm_serial(value) end;

-- A MAC address as 12 lower hexadecimal digits, however it was written; else null.
create or replace macro norm_mac(value) as
    nullif(regexp_extract(regexp_replace(lower(value), '[^0-9a-f]', '', 'g'), '^.{12}$'), '');

-- The first label of a host name in lower case; null for an IP address.
create or replace macro host_key(value) as
    case
        when not regexp_full_match(clean(value), '\d{1,3}(\.\d{1,3}){3}') and clean(value) not like '%:%:%'
            then nullif(lower(split_part(clean(value), '.', 1)), '')
    end;

-- Whether Auvik treats an identifier as not there (seed 001 says so of 'Unknown'; the others are assumption A10).
create or replace macro auvik_blank(value) as
    clean(value) is null or lower(clean(value)) in ('unknown', 'n/a', 'none', '-');

-- Whether 12 hexadecimal digits are a filler, of a virtual machine, or random (locally administered).
create or replace macro is_placeholder_mac(digits) as
    substr(digits, 2, 1) in ('2', '6', 'a', 'e')
    or left(digits, 6) in (select entries.value from placeholder_macs as entries)
    or left(digits, 8) in (select entries.value from placeholder_macs as entries)
    or left(digits, 10) in (select entries.value from placeholder_macs as entries)
    or digits in (select entries.value from placeholder_macs as entries);

-- A MAC address that can identify a machine; else null. Over many rows: norm_mac() first, then the test above.
create or replace macro good_mac(value) as
    case when not is_placeholder_mac(norm_mac(value)) then norm_mac(value) end;

-- A maker for comparing: the first word without the legal form, and one word for those that trade as several.
create or replace macro maker_key(value) as
    case regexp_extract(lower(clean(value)), '[a-z0-9]+')
        when 'hpe' then 'hp'
        when 'hewlett' then 'hp'
        when 'aruba' then 'hp'
        when 'meraki' then 'cisco'
        when 'unifi' then 'ubiquiti'
        when 'fortigate' then 'fortinet'
        when 'schneider' then 'apc'
        else nullif(regexp_extract(lower(clean(value)), '[a-z0-9]+'), '')
    end;

-- Whether a configuration's type is one of the seven that the PSA's API refuses to change (seed 001).
create or replace macro is_frozen_type(type_name) as
    lower(type_name) in (
        'managed server', 'cw sc partner server', 'managed workstation', 'spam stats',
        'network security appliance', 'backup stats', 'cymphonix device'
    );

-- Whether a class of Auvik's, as it writes it, is of the network: gear that an MSP manages as such.
create or replace macro is_network_class(device_type) as
    device_type in (
        'switch', 'l3Switch', 'router', 'firewall', 'accessPoint', 'controller', 'stack', 'chassis', 'utm',
        'securityAppliance', 'loadBalancer', 'modem', 'hub', 'bridge', 'ups', 'storage', 'backupDevice',
        'hypervisor', 'thinAccessPoint', 'packetProcessor', 'backhaul', 'voipSwitch', 'telecommunications'
    );
