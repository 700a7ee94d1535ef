-- The batch ids of pruned entries by the hour of their entry: the ids of now are written next to each other, however random they are, and
-- those of an hour that is old enough go as one range. One tree instead of two.

create table drift_batches_by_hour (
    actor_key text not null,
    hour integer not null,                -- in which the entry was appended; microseconds, like all times
    batch_id text not null,
    primary key (actor_key, hour, batch_id)
) without rowid;

insert into drift_batches_by_hour (actor_key, hour, batch_id)
select b.actor_key, j.appended_at - j.appended_at % 3600000000, b.batch_id
from drift_batches b join drift_journal j on j.actor_key = b.actor_key and j.seq = b.seq
order by 1, 2, 3
on conflict do nothing;

drop table drift_batches;

alter table drift_batches_by_hour rename to drift_batches;
