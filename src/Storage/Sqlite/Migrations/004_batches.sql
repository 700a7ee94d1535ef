-- One journal entry may carry the batches of many requests. Their ids stand in it, as a JSON array, until it is pruned: adding them one by
-- one to an index of all ids would write a page of the file for nearly each. Pruning moves them to drift_batches, many at a time.

alter table drift_journal add column batch_ids text;

create index drift_journal_batch_ids on drift_journal (actor_key, seq) where batch_ids is not null;

create table drift_batches (
    actor_key text not null,
    seq integer not null,                 -- the entry in drift_journal
    batch_id text not null,
    primary key (actor_key, seq, batch_id)
) without rowid;

create unique index drift_batches_batch_id on drift_batches (actor_key, batch_id);

-- drift_journal.batch_id stays, empty from now on.
insert into drift_batches (actor_key, seq, batch_id)
select actor_key, seq, batch_id from drift_journal where batch_id is not null;

update drift_journal set batch_id = null where batch_id is not null;
