-- One row per fine-tuning trigger, from when it was made until retention takes it.
create table finetuning_triggers (
    tenant text collate "C" not null,
    id text collate "C" not null primary key,
    model text collate "C" not null,
    trigger_type text not null,           -- drift, accuracy, manual, schedule
    status text not null,                 -- pending, approved, sent, accepted, running, succeeded, failed, cancelled, expired
    reason jsonb not null,                -- summary, evaluations, verdict, requested_by
    dry_run boolean not null,             -- only a record of what the policy would have done
    destinations jsonb,                   -- list of names
    job_id text,
    training_run text collate "C",
    adapter_version text collate "C",
    message text,
    sequence integer not null,            -- counts changes; a lower one never replaces a higher one
    attempts integer not null,            -- of the delivery
    created_at timestamptz not null,
    updated_at timestamptz not null,
    approved_by text,
    approved_at timestamptz,
    sent_at timestamptz,
    accepted_at timestamptz,
    started_at timestamptz,
    finished_at timestamptz,              -- when it was over, however it ended
    cancelled_by text,
    expires_at timestamptz
);

create index finetuning_triggers_created_at on finetuning_triggers (tenant, created_at);
create index finetuning_triggers_finished_at on finetuning_triggers (finished_at) where finished_at is not null;

-- One row per training run, with the latest of what it reported.
create table training_runs (
    tenant text collate "C" not null,
    id text collate "C" not null,
    model text collate "C" not null,
    base_model text collate "C",
    trigger_id text collate "C",
    adapter_version text collate "C",
    status text not null,                 -- running, succeeded, failed, cancelled
    fault text not null,                  -- none, stalled, diverging
    parameters jsonb,                     -- object of texts
    sequence integer not null,
    started_at timestamptz not null,
    updated_at timestamptz not null,
    last_point_at timestamptz,
    finished_at timestamptz,
    points bigint not null,
    point_timestamp timestamptz,          -- of the latest point; the next ones are the latest value of each
    step bigint,
    epoch double precision,
    training_loss double precision,
    validation_loss double precision,
    ewc_lambda double precision,
    fisher_matrix_size_bytes bigint,
    replay_buffer_size bigint,
    replay_buffer_capacity bigint,
    learning_rate double precision,
    samples bigint,                       -- trained on since the run began
    diverged boolean not null,            -- the latest loss was no number
    best_training_loss double precision,
    best_validation_loss double precision,
    summary text,
    primary key (tenant, id)
);

create index training_runs_started_at on training_runs (tenant, started_at);
create index training_runs_finished_at on training_runs (finished_at) where finished_at is not null;

-- What training runs reported over time.
create table training_metrics (
    tenant text collate "C" not null,
    run_id text collate "C" not null,
    number bigint not null,               -- counts the run's points from 1
    model text collate "C" not null,
    timestamp timestamptz not null,
    step bigint,
    epoch double precision,
    training_loss double precision,
    validation_loss double precision,
    ewc_lambda double precision,
    fisher_matrix_size_bytes bigint,
    replay_buffer_size bigint,
    replay_buffer_capacity bigint,
    learning_rate double precision,
    samples bigint,
    diverged boolean not null,            -- a loss was no number, and is null
    primary key (tenant, run_id, number)
);

create index training_metrics_timestamp on training_metrics (timestamp);

-- Actors that are to be woken though nobody calls them.
create table actor_wakes (
    actor_key text collate "C" not null primary key,
    due_at timestamptz not null
);

create index actor_wakes_due_at on actor_wakes (due_at);
