-- The same shapes as in PostgreSQL. Times are integers, microseconds since 1970-01-01T00:00:00Z
-- (datetime(timestamp / 1000000, 'unixepoch') reads one); booleans are 0 and 1; JSON is text.
-- Names here are read by dashboards and by other tools: adding is free, renaming breaks them.

create table models (
    tenant text not null,
    model text not null,
    status text not null,                 -- learning, monitoring
    "rows" integer not null,
    last_ingest integer,
    reported_at integer not null,         -- an older report never replaces a newer one
    drift_open integer not null,
    severity text,                        -- of the verdict
    verdict text,
    primary key (tenant, model)
);

-- One row per evaluation of a window. segment is null for all rows of the model, else column=value.
create table drift_metrics (
    id integer primary key,
    timestamp integer not null,
    tenant text not null,
    model text not null,
    "window" text not null,
    segment text,
    status text not null,                 -- ok, insufficient, learning
    kl_divergence real,
    psi real,
    js_distance real,
    baseline_accuracy real,
    current_accuracy real,
    combined_score real,
    drift_detected integer not null,
    severity text not null,               -- none, warning, moderate, critical
    "rows" integer not null,
    details text not null                 -- the whole verdict
);

create index drift_metrics_model on drift_metrics (tenant, model, timestamp);
create index drift_metrics_timestamp on drift_metrics (timestamp);

-- One row per column of an evaluation.
create table feature_drift (
    id integer primary key,
    timestamp integer not null,
    tenant text not null,
    model text not null,
    "window" text not null,
    segment text,
    feature text not null,
    role text not null,                   -- feature, prediction, score, label
    type text not null,                   -- numeric, categorical, text, embedding
    kl_divergence real,
    psi real,
    js_distance real,
    p_value real,
    q_value real,
    share real not null,                  -- part of the summed PSI, 0 to 1
    missing real not null,                -- share of rows without a value, 0 to 1
    drift_detected integer not null,
    severity text not null,
    "rows" integer not null
);

create index feature_drift_feature on feature_drift (tenant, model, feature, timestamp);
create index feature_drift_timestamp on feature_drift (timestamp);

-- The short form that existing dashboards query; only evaluations that reached a verdict over all rows of a model.
create table ml_metrics (
    id integer primary key,
    timestamp integer not null,
    prediction_drift real,                -- PSI of the prediction column; null when the model has none
    num_drifted_columns integer not null,
    share_missing_values real,            -- mean over the columns; null without columns
    dataset_drift integer not null,       -- at least half of the columns drifted
    drift_score real,                     -- the combined score
    model_name text not null              -- tenant/model
);

create index ml_metrics_model on ml_metrics (model_name, timestamp);
create index ml_metrics_timestamp on ml_metrics (timestamp);

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
    primary key (tenant, model, id)
);

create index predictions_logged_at on predictions (logged_at);

create table labels (
    tenant text not null,
    model text not null,
    id text not null,
    label text not null,
    timestamp integer,                    -- when it became known; null: on arrival
    logged_at integer not null,
    primary key (tenant, model, id)
);

create index labels_logged_at on labels (logged_at);

-- payload is null once a snapshot contains the entry; the row stays for its batch id.
create table drift_journal (
    actor_key text not null,
    seq integer not null,
    kind integer not null,
    batch_id text,
    appended_at integer not null,
    payload blob,
    primary key (actor_key, seq)
);

create unique index drift_journal_batch_id on drift_journal (actor_key, batch_id) where batch_id is not null;

create table actor_state (
    actor_key text not null primary key,
    version integer not null,
    journal_seq integer not null,
    payload blob not null,
    saved_at integer not null
);
