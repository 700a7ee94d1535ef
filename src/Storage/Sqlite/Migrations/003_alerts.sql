-- One row per alert, from when it opened until retention takes it.
create table alerts (
    tenant text not null,
    id text not null,
    kind text not null,                   -- drift, accuracy, …
    model text,                           -- null: not about a model
    "window" text,
    severity text not null,               -- now; of a resolved alert its last
    summary text not null,
    columns text,                         -- JSON list: the drifted columns, worst first
    "values" text,                        -- JSON object: figures of the verdict
    sequence integer not null,            -- counts changes; a lower one never replaces a higher one
    opened_at integer not null,
    updated_at integer not null,
    resolved_at integer,
    resolution text,
    silenced integer not null,            -- 1: a silence kept its latest change from everybody
    acknowledged_by text,
    acknowledged_at integer,
    acknowledged_severity text,
    acknowledged_note text,
    primary key (tenant, id)
);

create index alerts_opened_at on alerts (tenant, opened_at);
create index alerts_unresolved on alerts (opened_at) where resolved_at is null;
create index alerts_resolved_at on alerts (resolved_at) where resolved_at is not null;

create table silences (
    tenant text not null,
    id text not null,
    model text,                           -- null here and in the next three: whatever it is
    kind text,
    feature text,
    max_severity text,
    starts_at integer not null,
    ends_at integer not null,
    created_by text not null,
    reason text not null,
    primary key (tenant, id)
);

create index silences_ends_at on silences (ends_at);

-- Messages to the outside. Addresses and secrets of destinations are configuration, never here.
create table outbox (
    id text not null primary key,         -- sent with the message: the receiver counts each once
    tenant text not null,
    kind text not null,
    destination text not null,
    subject text,
    payload blob not null,
    headers text,                         -- JSON object
    created_at integer not null,
    queued_at integer not null,
    state text not null,                  -- pending, delivered, dead
    attempts integer not null,            -- also tells claims of one entry apart
    next_attempt_at integer not null,     -- while an attempt is under way: when its claim ends
    settled_at integer,
    last_error text
);

create index outbox_due on outbox (destination, next_attempt_at) where state = 'pending';
create index outbox_unsettled on outbox (destination, state) where state <> 'delivered';
create index outbox_tenant on outbox (tenant, created_at);
create index outbox_settled_at on outbox (settled_at) where settled_at is not null;
