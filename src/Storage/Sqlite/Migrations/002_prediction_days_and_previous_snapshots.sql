-- The snapshot before the stored one, for when that is damaged. The journal is kept from there on.
alter table actor_state add column previous_version integer;
alter table actor_state add column previous_journal_seq integer;
alter table actor_state add column previous_payload blob;

-- predictions stays one table here: SQLite has no partitions, and its key keeps the first prediction of an id by itself.
