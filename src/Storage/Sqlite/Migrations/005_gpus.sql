-- The last report of each node with GPUs.
create table gpu_nodes (
    node text not null primary key,
    reported_at integer not null,         -- an older report never replaces a newer one
    state text not null,                  -- of the driver: ok, no_devices, not_responding, …
    report text not null                  -- the whole report
);

-- GPUs over time: as polled (raw), per minute and per hour. A minute or hour has means, the highest of what matters at its highest,
-- and the highest of counters. A measure that the board or its driver does not give is null.
create table gpu_samples (
    node text not null,
    uuid text not null,
    resolution text not null,             -- raw, minute, hour
    timestamp integer not null,           -- of a minute or hour its beginning
    gpu integer not null,                 -- the driver's number
    samples integer not null,             -- polls in it
    utilization real,                     -- percent of time a kernel ran, 0 to 100
    utilization_max real,
    memory_utilization real,              -- percent of time memory was read or written, 0 to 100
    memory_used_bytes real,
    memory_used_bytes_max real,
    memory_total_bytes real,
    temperature real,                     -- degrees Celsius, as the next two
    temperature_max real,
    memory_temperature_max real,
    power_watts real,
    power_watts_max real,
    sm_clock_mhz real,
    memory_clock_mhz real,
    throttled real,                       -- share of polls in which heat or lack of power held the clocks down, 0 to 1
    energy_millijoules real,              -- since the driver was loaded; of what only grows, the highest
    pcie_replays real,
    ecc_corrected real,
    ecc_uncorrected real,
    xid_errors real,                      -- critical errors since polling began
    primary key (node, uuid, resolution, timestamp)
);

create index gpu_samples_node on gpu_samples (node, resolution, timestamp);
create index gpu_samples_resolution on gpu_samples (resolution, timestamp);
