alter table audit.run_resources add column is_needed boolean;
