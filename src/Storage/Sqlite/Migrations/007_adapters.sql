-- LoRA versions as they are. What is decided about them is in the snapshot of their catalog's actor; these rows are written with it.
create table lora_adapters (
    tenant text not null,
    base_model text not null,
    version text not null,
    model text,                           -- the monitored model whose rows carry the version
    lora_name text not null,              -- its name in the serving engine
    deployer text not null,               -- none: nobody is asked to load it
    training_job_id text,
    rank integer,
    alpha real,
    dropout real,
    num_epochs real,
    learning_rate real,
    batch_size integer,
    training_loss real,
    validation_loss real,
    training_time_seconds real,
    artifact_uri text,
    metadata text,                        -- JSON object of texts
    state text not null,                  -- registered, training, trained, validating, ready, loading, serving, draining, retired, failed, rolled_back
    role text,                            -- canary, champion; while loading or serving
    is_active integer not null,           -- whether it is the champion, 0 or 1
    created_at integer not null,
    deployed_at integer,                  -- when it began to serve last
    updated_at integer not null,
    sequence integer not null,            -- of its latest transition
    message text,                         -- what that transition said
    replaced text,                        -- the version that was champion before it
    deployment_id text,                   -- the request to the deployer that is not answered
    share real,                           -- of requests that it is given as canary, as the caller said
    canary text,                          -- JSON: how it compares, or compared, with the champion
    primary key (tenant, base_model, version)
);

-- The last line: the actor sees to it that there is one champion, and no bug of it can store two.
create unique index lora_adapters_champion on lora_adapters (tenant, base_model) where is_active = 1;
create index lora_adapters_created on lora_adapters (tenant, created_at);

-- Every transition of every version: who, when, why.
create table lora_transitions (
    tenant text not null,
    base_model text not null,
    sequence integer not null,            -- counts the transitions of the base model's versions
    version text not null,
    timestamp integer not null,
    command text,                         -- null of the registration
    from_state text,
    from_role text,
    to_state text not null,
    to_role text,
    changed_by text not null,
    reason text,
    primary key (tenant, base_model, sequence)
);

create index lora_transitions_version on lora_transitions (tenant, base_model, version, sequence);
create index lora_transitions_timestamp on lora_transitions (timestamp);

-- Figures of versions over time: measured here while they serve, or posted by whoever measured them.
create table lora_performance (
    tenant text not null,
    base_model text not null,
    adapter_version text not null,
    metric_name text not null,
    metric_value real not null,
    sample_count integer not null,        -- rows behind it
    timestamp integer not null,
    metadata text,                        -- JSON object of texts
    primary key (tenant, base_model, adapter_version, metric_name, timestamp)
);

create index lora_performance_timestamp on lora_performance (timestamp);
