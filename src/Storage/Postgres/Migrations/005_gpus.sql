-- The last report of each node with GPUs.
create table gpu_nodes (
    node text collate "C" not null primary key,
    reported_at timestamptz not null,     -- an older report never replaces a newer one
    state text not null,                  -- of the driver: ok, no_devices, not_responding, …
    report jsonb not null                 -- the whole report
);

-- GPUs over time: as polled (raw), per minute and per hour. A minute or hour has means, the highest of what matters at its highest,
-- and the highest of counters. A measure that the board or its driver does not give is null.
create table gpu_samples (
    node text collate "C" not null,
    uuid text collate "C" not null,
    resolution text not null,             -- raw, minute, hour
    timestamp timestamptz not null,       -- of a minute or hour its beginning
    gpu integer not null,                 -- the driver's number
    samples integer not null,             -- polls in it
    utilization double precision,         -- percent of time a kernel ran, 0 to 100
    utilization_max double precision,
    memory_utilization double precision,  -- percent of time memory was read or written, 0 to 100
    memory_used_bytes double precision,
    memory_used_bytes_max double precision,
    memory_total_bytes double precision,
    temperature double precision,         -- degrees Celsius, as the next two
    temperature_max double precision,
    memory_temperature_max double precision,
    power_watts double precision,
    power_watts_max double precision,
    sm_clock_mhz double precision,
    memory_clock_mhz double precision,
    throttled double precision,           -- share of polls in which heat or lack of power held the clocks down, 0 to 1
    energy_millijoules double precision,  -- since the driver was loaded; of what only grows, the highest
    pcie_replays double precision,
    ecc_corrected double precision,
    ecc_uncorrected double precision,
    xid_errors double precision,          -- critical errors since polling began
    primary key (node, uuid, resolution, timestamp)
);

create index gpu_samples_node on gpu_samples (node, resolution, timestamp);
create index gpu_samples_resolution on gpu_samples (resolution, timestamp);
