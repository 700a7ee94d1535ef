#!/bin/bash
# Runs once, when PostgreSQL's volume is new: the role that Grafana reads with.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -v password="$DRIFT_POSTGRES_READER_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
create role drift_reader login password :'password';
grant usage on schema public to drift_reader;
-- For the tables that `migrate` makes later.
alter default privileges in schema public grant select on tables to drift_reader;
SQL
