-- Names and types here are read by dashboards and by other tools: adding is free, renaming breaks them.
-- Keys are collated "C": they are identifiers, and byte order is the same on every server.

create table models (
    tenant text collate "C" not null,
    model text collate "C" not null,
    status text not null,                 -- learning, monitoring
    "rows" bigint not null,
    last_ingest timestamptz,
    reported_at timestamptz not null,     -- an older report never replaces a newer one
    drift_open boolean not null,
    severity text,                        -- of the verdict
    verdict jsonb,
    primary key (tenant, model)
);

-- One row per evaluation of a window. segment is null for all rows of the model, else column=value.
create table drift_metrics (
    id bigint generated always as identity primary key,
    timestamp timestamptz not null,
    tenant text collate "C" not null,
    model text collate "C" not null,
    "window" text not null,
    segment text,
    status text not null,                 -- ok, insufficient, learning
    kl_divergence double precision,
    psi double precision,
    js_distance double precision,
    baseline_accuracy double precision,
    current_accuracy double precision,
    combined_score double precision,
    drift_detected boolean not null,
    severity text not null,               -- none, warning, moderate, critical
    "rows" bigint not null,
    details jsonb not null                -- the whole verdict
);

create index drift_metrics_model on drift_metrics (tenant, model, timestamp);
create index drift_metrics_timestamp on drift_metrics (timestamp);

-- One row per column of an evaluation.
create table feature_drift (
    id bigint generated always as identity primary key,
    timestamp timestamptz not null,
    tenant text collate "C" not null,
    model text collate "C" not null,
    "window" text not null,
    segment text,
    feature text collate "C" not null,
    role text not null,                   -- feature, prediction, score, label
    type text not null,                   -- numeric, categorical, text, embedding
    kl_divergence double precision,
    psi double precision,
    js_distance double precision,
    p_value double precision,
    q_value double precision,
    share double precision not null,      -- part of the summed PSI, 0 to 1
    missing double precision not null,    -- share of rows without a value, 0 to 1
    drift_detected boolean not null,
    severity text not null,
    "rows" bigint not null
);

create index feature_drift_feature on feature_drift (tenant, model, feature, timestamp);
create index feature_drift_timestamp on feature_drift (timestamp);

-- The short form that existing dashboards query; only evaluations that reached a verdict over all rows of a model.
create table ml_metrics (
    id bigint generated always as identity primary key,
    timestamp timestamptz not null,
    prediction_drift double precision,    -- PSI of the prediction column; null when the model has none
    num_drifted_columns integer not null,
    share_missing_values double precision, -- mean over the columns; null without columns
    dataset_drift boolean not null,       -- at least half of the columns drifted
    drift_score double precision,         -- the combined score
    model_name text collate "C" not null  -- tenant/model
);

create index ml_metrics_model on ml_metrics (model_name, timestamp);
create index ml_metrics_timestamp on ml_metrics (timestamp);

-- Not partitioned: the first prediction of an id stays, which needs a key without the time in it.
-- json, not jsonb: a class may be named by any text, and jsonb refuses U+0000.
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
    primary key (tenant, model, id)
);

create index predictions_logged_at on predictions (logged_at);

create table labels (
    tenant text collate "C" not null,
    model text collate "C" not null,
    id text collate "C" not null,
    label text not null,
    timestamp timestamptz,                -- when it became known; null: on arrival
    logged_at timestamptz not null,
    primary key (tenant, model, id)
);

create index labels_logged_at on labels (logged_at);

-- payload is null once a snapshot contains the entry; the row stays for its batch id.
create table drift_journal (
    actor_key text collate "C" not null,
    seq bigint not null,
    kind smallint not null,
    batch_id text collate "C",
    appended_at timestamptz not null,
    payload bytea,
    constraint drift_journal_pkey primary key (actor_key, seq)
);

create unique index drift_journal_batch_id on drift_journal (actor_key, batch_id) where batch_id is not null;

create table actor_state (
    actor_key text collate "C" primary key,
    version bigint not null,
    journal_seq bigint not null,
    payload bytea not null,
    saved_at timestamptz not null
);

-- Payloads are dense already: trying to compress them costs more than it saves.
alter table drift_journal alter column payload set storage external;
alter table actor_state alter column payload set storage external;
