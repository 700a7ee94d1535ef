-- The snapshot before the stored one, for when that is damaged. The journal is kept from there on.
alter table actor_state
    add column previous_version bigint,
    add column previous_journal_seq bigint,
    add column previous_payload bytea;
alter table actor_state alter column previous_payload set storage external;

-- One partition per day (UTC) of arrival, made ahead by hosts and by `migrate`, and dropped whole when its last row has expired.
-- Each has the primary key (tenant, model, id). No key spans them, so an id may stand in several: the row with the smallest seq, the
-- first one, is the prediction.
alter table predictions rename to predictions_before_days;
alter table predictions_before_days rename constraint predictions_pkey to predictions_before_days_pkey;
alter table predictions_before_days add column seq bigint not null default 0;

create table predictions (
    tenant text collate "C" not null,
    model text collate "C" not null,
    id text collate "C" not null,
    timestamp timestamptz not null,       -- event time
    prediction text,
    score double precision,
    class_scores json,
    label text,
    segments json,
    in_reference boolean not null,        -- the row became part of the reference, so does its label
    logged_at timestamptz not null,       -- arrival; retention counts from here
    seq bigint not null default 0         -- of the journal entry that brought it; 0: before there were partitions
) partition by range (logged_at);

-- What is there becomes the partition of all days up to its last.
do $$
declare
    latest timestamptz;
begin
    select max(logged_at) into latest from predictions_before_days;
    drop index predictions_logged_at;
    if latest is null then
        drop table predictions_before_days;
    else
        execute format(
            'alter table predictions attach partition predictions_before_days for values from (minvalue) to (%L)',
            (date_trunc('day', latest at time zone 'UTC') + interval '1 day') at time zone 'UTC');
    end if;
end
$$;
