/*
grain = "one row per device whose maker tells of its warranty; read when auvik.warranties is on"

[columns]
device_id                     = "The device's id in Auvik."
tenant_id                     = "The tenant it belongs to."
name                          = "Its name."
warranty_coverage_status      = "Whether it is under warranty, in the maker's words (Covered, Not Covered)."
warranty_expires_on           = "The last day of the warranty; null where the maker's text is no date."
warranty_expiration_text      = "That day as the maker wrote it, which need not be a date."
service_coverage_status       = "Whether a service contract covers it, in the maker's words."
service_attachment_status     = "Whether a service contract is attached, in the maker's words."
contract_renewal_availability = "Whether that contract can be renewed, in the maker's words."
recommended_software_version  = "The software version that the maker recommends."
*/
select
    landed.item.id as device_id,
    landed.item.relationships.tenant.data.id as tenant_id,
    clean(landed.item.attributes.deviceName) as name,
    clean(landed.item.attributes.warrantyCoverageStatus) as warranty_coverage_status,
    utc(landed.item.attributes.warrantyExpirationDate)::date as warranty_expires_on,
    clean(landed.item.attributes.warrantyExpirationDate) as warranty_expiration_text,
    clean(landed.item.attributes.serviceCoverageStatus) as service_coverage_status,
    clean(landed.item.attributes.serviceAttachmentStatus) as service_attachment_status,
    clean(landed.item.attributes.contractRenewalAvailability) as contract_renewal_availability,
    clean(landed.item.attributes.recommendedSoftwareVersion) as recommended_software_version
from (
    select
        from_json(
            records.payload,
            '{"id":"VARCHAR",
             "attributes":{"deviceName":"VARCHAR", "warrantyCoverageStatus":"VARCHAR",
                           "warrantyExpirationDate":"VARCHAR", "serviceCoverageStatus":"VARCHAR",
                           "serviceAttachmentStatus":"VARCHAR", "contractRenewalAvailability":"VARCHAR",
                           "recommendedSoftwareVersion":"VARCHAR"},
             "relationships":{"tenant":{"data":{"id":"VARCHAR"}}}}'
        ) as item
    from landing.device_warranties as records
) as landed
where landed.item.id is not null
