-- One row per fine-tuning trigger, from when it was made until retention takes it.
create table finetuning_triggers (
    tenant text not null,
    id text not null primary key,
    model text not null,
    trigger_type text not null,           -- drift, accuracy, manual, schedule
    status text not null,                 -- pending, approved, sent, accepted, running, succeeded, failed, cancelled, expired
    reason text not null,                -- summary, evaluations, verdict, requested_by
    dry_run integer not null,             -- only a record of what the policy would have done
    destinations text,                   -- list of names
    job_id text,
    training_run text,
    adapter_version text,
    message text,
    sequence integer not null,            -- counts changes; a lower one never replaces a higher one
    attempts integer not null,            -- of the delivery
    created_at integer not null,
    updated_at integer not null,
    approved_by text,
    approved_at integer,
    sent_at integer,
    accepted_at integer,
    started_at integer,
    finished_at integer,              -- when it was over, however it ended
    cancelled_by text,
    expires_at integer
);

create index finetuning_triggers_created_at on finetuning_triggers (tenant, created_at);
create index finetuning_triggers_finished_at on finetuning_triggers (finished_at) where finished_at is not null;

-- One row per training run, with the latest of what it reported.
create table training_runs (
    tenant text not null,
    id text not null,
    model text not null,
    base_model text,
    trigger_id text,
    adapter_version text,
    status text not null,                 -- running, succeeded, failed, cancelled
    fault text not null,                  -- none, stalled, diverging
    parameters text,                     -- object of texts
    sequence integer not null,
    started_at integer not null,
    updated_at integer not null,
    last_point_at integer,
    finished_at integer,
    points integer not null,
    point_timestamp integer,          -- of the latest point; the next ones are the latest value of each
    step integer,
    epoch real,
    training_loss real,
    validation_loss real,
    ewc_lambda real,
    fisher_matrix_size_bytes integer,
    replay_buffer_size integer,
    replay_buffer_capacity integer,
    learning_rate real,
    samples integer,                       -- trained on since the run began
    diverged integer not null,            -- the latest loss was no number
    best_training_loss real,
    best_validation_loss real,
    summary text,
    primary key (tenant, id)
);

create index training_runs_started_at on training_runs (tenant, started_at);
create index training_runs_finished_at on training_runs (finished_at) where finished_at is not null;

-- What training runs reported over time.
create table training_metrics (
    tenant text not null,
    run_id text not null,
    number integer not null,               -- counts the run's points from 1
    model text not null,
    timestamp integer not null,
    step integer,
    epoch real,
    training_loss real,
    validation_loss real,
    ewc_lambda real,
    fisher_matrix_size_bytes integer,
    replay_buffer_size integer,
    replay_buffer_capacity integer,
    learning_rate real,
    samples integer,
    diverged integer not null,            -- a loss was no number, and is null
    primary key (tenant, run_id, number)
);

create index training_metrics_timestamp on training_metrics (timestamp);

-- Actors that are to be woken though nobody calls them.
create table actor_wakes (
    actor_key text not null primary key,
    due_at integer not null
);

create index actor_wakes_due_at on actor_wakes (due_at);
