-- The batch ids that were counted. One journal entry may carry the batches of many requests.

create table drift_batches (
    actor_key text collate "C" not null,
    seq bigint not null,                  -- the entry in drift_journal
    batch_id text collate "C" not null,
    constraint drift_batches_batch_id primary key (actor_key, batch_id)
);

-- By entry, to forget those of entries that are old enough.
create index drift_batches_entry on drift_batches (actor_key, seq);

insert into drift_batches (actor_key, seq, batch_id)
select actor_key, seq, batch_id from drift_journal where batch_id is not null;

-- drift_journal.batch_id stays, empty from now on.
update drift_journal set batch_id = null where batch_id is not null;
