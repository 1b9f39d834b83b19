alter table audit.resource_readings add column missing_columns varchar;
