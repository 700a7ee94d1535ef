-- LoRA versions as they are. What is decided about them is in the snapshot of their catalog's actor; these rows are written with it.
create table lora_adapters (
    tenant text collate "C" not null,
    base_model text collate "C" not null,
    version text collate "C" not null,
    model text collate "C",               -- the monitored model whose rows carry the version
    lora_name text not null,              -- its name in the serving engine
    deployer text not null,               -- none: nobody is asked to load it
    training_job_id text,
    rank integer,
    alpha double precision,
    dropout double precision,
    num_epochs double precision,
    learning_rate double precision,
    batch_size integer,
    training_loss double precision,
    validation_loss double precision,
    training_time_seconds double precision,
    artifact_uri text,
    metadata jsonb,                       -- an object of texts
    state text not null,                  -- registered, training, trained, validating, ready, loading, serving, draining, retired, failed, rolled_back
    role text,                            -- canary, champion; while loading or serving
    is_active boolean not null,           -- whether it is the champion
    created_at timestamptz not null,
    deployed_at timestamptz,              -- when it began to serve last
    updated_at timestamptz not null,
    sequence bigint not null,             -- of its latest transition
    message text,                         -- what that transition said
    replaced text collate "C",            -- the version that was champion before it
    deployment_id text,                   -- the request to the deployer that is not answered
    share double precision,               -- of requests that it is given as canary, as the caller said
    canary jsonb,                         -- how it compares, or compared, with the champion
    primary key (tenant, base_model, version)
);

-- The last line: the actor sees to it that there is one champion, and no bug of it can store two.
create unique index lora_adapters_champion on lora_adapters (tenant, base_model) where is_active;
create index lora_adapters_created on lora_adapters (tenant, created_at);

-- Every transition of every version: who, when, why.
create table lora_transitions (
    tenant text collate "C" not null,
    base_model text collate "C" not null,
    sequence bigint not null,             -- counts the transitions of the base model's versions
    version text collate "C" not null,
    timestamp timestamptz not null,
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
    tenant text collate "C" not null,
    base_model text collate "C" not null,
    adapter_version text collate "C" not null,
    metric_name text collate "C" not null,
    metric_value double precision not null,
    sample_count bigint not null,         -- rows behind it
    timestamp timestamptz not null,
    metadata jsonb,                       -- an object of texts
    primary key (tenant, base_model, adapter_version, metric_name, timestamp)
);

create index lora_performance_timestamp on lora_performance (timestamp);
