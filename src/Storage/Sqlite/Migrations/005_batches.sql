-- The batch ids that were counted. One journal entry may carry the batches of many requests.
-- Sorted by entry, so that what is added lies together and what is forgotten too; found by id.

create table drift_batches (
    actor_key text not null,
    seq integer not null,                 -- the entry in drift_journal
    batch_id text not null,
    primary key (actor_key, seq, batch_id)
) without rowid;

create unique index drift_batches_batch_id on drift_batches (actor_key, batch_id);

insert into drift_batches (actor_key, seq, batch_id)
select actor_key, seq, batch_id from drift_journal where batch_id is not null;

-- drift_journal.batch_id stays, empty from now on.
update drift_journal set batch_id = null where batch_id is not null;
