-- Ids come in any order, so a key that began with them would touch a page of its own, anywhere in the file, for nearly each row. This key
-- begins with the day of arrival: what a day writes stays within that day's pages, however many rows there are. As in PostgreSQL, no key
-- spans the days: where an id stands in several, the row with the smallest seq, the first one, is the prediction.
alter table predictions rename to predictions_before_days;
drop index predictions_logged_at;

create table predictions (
    tenant text not null,
    model text not null,
    id text not null,
    timestamp integer not null,           -- event time
    prediction text,
    score real,
    class_scores text,
    label text,
    segments text,
    in_reference integer not null,        -- 1: the row became part of the reference, so does its label
    logged_at integer not null,           -- arrival; retention counts from here
    seq integer not null default 0,       -- of the journal entry that brought it; 0: before the key began with days
    day integer generated always as (logged_at / 86400000000) virtual -- of arrival, since 1970; it stands in the index only
);

insert into predictions (tenant, model, id, timestamp, prediction, score, class_scores, label, segments, in_reference, logged_at)
select tenant, model, id, timestamp, prediction, score, class_scores, label, segments, in_reference, logged_at from predictions_before_days
order by rowid;

drop table predictions_before_days;

-- After the rows, so that each is built in its order.
create unique index predictions_day on predictions (tenant, model, day, id);
create index predictions_logged_at on predictions (logged_at);
