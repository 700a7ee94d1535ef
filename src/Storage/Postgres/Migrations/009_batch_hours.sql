-- The batch ids of pruned entries by the hour of their entry: the ids of now are written next to each other, however random they are, and
-- those of an hour that is old enough go as one range. One index instead of two.

-- Hosts of the version before may still run beside this one: they name no hour, but give a sequence, by which they delete.
alter table drift_batches add column hour timestamptz not null default date_trunc('hour', now(), 'UTC');

update drift_batches b
set hour = date_trunc('hour', j.appended_at, 'UTC')
from drift_journal j
where j.actor_key = b.actor_key and j.seq = b.seq;

alter table drift_batches drop constraint drift_batches_pkey;

drop index drift_batches_entry;

alter table drift_batches alter column seq drop not null;

alter table drift_batches add constraint drift_batches_pkey primary key (actor_key, hour, batch_id);
