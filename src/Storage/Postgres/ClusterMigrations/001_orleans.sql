-- What Orleans' ADO.NET providers work on: three tables, and the statements they read from OrleansQuery when a silo starts. The name of
-- that table, its columns, the keys, and the names of parameters and result columns are their contract; all else is ours. Every statement
-- that may race says so in one statement: it locks the row it decides by, or lets a key decide.
-- A database belongs to one cluster. A statement that changes takes effect in a silo with its next start.

create table orleansquery (
    querykey text primary key,
    querytext text not null
);

-- One row per cluster: whoever changes the membership raises the version, so that two changes at once cannot both succeed.
create table orleans_membership_version (
    deployment_id text collate "C" primary key,
    version integer not null,
    changed_at timestamptz not null
);

create table orleans_membership (
    deployment_id text collate "C" not null references orleans_membership_version,
    address text collate "C" not null,
    port integer not null,
    generation integer not null,
    silo_name text not null,
    host_name text not null,
    status integer not null,              -- 1 created, 2 joining, 3 active, 4 shutting down, 5 stopping, 6 dead
    proxy_port integer,
    suspect_times text,
    start_time timestamptz not null,
    i_am_alive_time timestamptz not null,
    primary key (deployment_id, address, port, generation)
);

create table orleans_reminders (
    service_id text collate "C" not null,
    grain_id text collate "C" not null,
    reminder_name text collate "C" not null,
    start_time timestamptz not null,
    period bigint not null,               -- milliseconds
    grain_hash integer not null,
    version integer not null,
    primary key (service_id, grain_id, reminder_name)
);

create index orleans_reminders_hash on orleans_reminders (service_id, grain_hash);

-- Membership.

insert into orleansquery (querykey, querytext) values
('InsertMembershipVersionKey', $statement$
    with written as (
        insert into orleans_membership_version (deployment_id, version, changed_at) values (@DeploymentId, 0, now())
        on conflict (deployment_id) do nothing
        returning 1
    )
    select count(*) = 1 from written
$statement$),

('InsertMembershipKey', $statement$
    with raised as (
        update orleans_membership_version set version = version + 1, changed_at = now()
        where deployment_id = @DeploymentId and version = @Version
            and not exists (
                select 1 from orleans_membership m
                where m.deployment_id = @DeploymentId and m.address = @Address and m.port = @Port and m.generation = @Generation)
        returning 1
    ), written as (
        insert into orleans_membership (
            deployment_id, address, port, generation, silo_name, host_name, status, proxy_port, start_time, i_am_alive_time)
        select @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime from raised
        returning 1
    )
    select count(*) = 1 from written
$statement$),

('UpdateMembershipKey', $statement$
    with raised as (
        update orleans_membership_version set version = version + 1, changed_at = now()
        where deployment_id = @DeploymentId and version = @Version
            and exists (
                select 1 from orleans_membership m
                where m.deployment_id = @DeploymentId and m.address = @Address and m.port = @Port and m.generation = @Generation)
        returning 1
    ), written as (
        update orleans_membership set status = @Status, suspect_times = @SuspectTimes, i_am_alive_time = @IAmAliveTime
        where deployment_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation and exists (select 1 from raised)
        returning 1
    )
    select count(*) = 1 from written
$statement$),

('UpdateIAmAlivetimeKey', $statement$
    update orleans_membership set i_am_alive_time = @IAmAliveTime
    where deployment_id = @DeploymentId and address = @Address and port = @Port and generation = @Generation
$statement$),

('MembershipReadRowKey', $statement$
    select v.deployment_id as DeploymentId, m.address as Address, m.port as Port, m.generation as Generation, m.silo_name as SiloName,
        m.host_name as HostName, m.status as Status, m.proxy_port as ProxyPort, m.suspect_times as SuspectTimes,
        m.start_time as StartTime, m.i_am_alive_time as IAmAliveTime, v.version as Version
    from orleans_membership_version v
    left join orleans_membership m
        on m.deployment_id = v.deployment_id and m.address = @Address and m.port = @Port and m.generation = @Generation
    where v.deployment_id = @DeploymentId
$statement$),

('MembershipReadAllKey', $statement$
    select v.deployment_id as DeploymentId, m.address as Address, m.port as Port, m.generation as Generation, m.silo_name as SiloName,
        m.host_name as HostName, m.status as Status, m.proxy_port as ProxyPort, m.suspect_times as SuspectTimes,
        m.start_time as StartTime, m.i_am_alive_time as IAmAliveTime, v.version as Version
    from orleans_membership_version v
    left join orleans_membership m on m.deployment_id = v.deployment_id
    where v.deployment_id = @DeploymentId
$statement$),

('GatewaysQueryKey', $statement$
    select address as Address, proxy_port as ProxyPort, generation as Generation
    from orleans_membership
    where deployment_id = @DeploymentId and status = @Status and proxy_port > 0
$statement$),

('DeleteMembershipTableEntriesKey', $statement$
    with members as (delete from orleans_membership where deployment_id = @DeploymentId)
    delete from orleans_membership_version where deployment_id = @DeploymentId
$statement$),

-- All that are not active and were not heard of since.
('CleanupDefunctSiloEntriesKey', $statement$
    delete from orleans_membership where deployment_id = @DeploymentId and i_am_alive_time < @IAmAliveTime and status <> 3
$statement$),

-- Reminders. A range of the ring that wraps around is asked for by another key than one that does not.

('UpsertReminderRowKey', $statement$
    insert into orleans_reminders (service_id, grain_id, reminder_name, start_time, period, grain_hash, version)
    values (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash, 0)
    on conflict (service_id, grain_id, reminder_name) do update
    set start_time = excluded.start_time, period = excluded.period, grain_hash = excluded.grain_hash, version = orleans_reminders.version + 1
    returning version as Version
$statement$),

('ReadReminderRowsKey', $statement$
    select grain_id as GrainId, reminder_name as ReminderName, start_time as StartTime, period as Period, version as Version
    from orleans_reminders
    where service_id = @ServiceId and grain_id = @GrainId
$statement$),

('ReadReminderRowKey', $statement$
    select grain_id as GrainId, reminder_name as ReminderName, start_time as StartTime, period as Period, version as Version
    from orleans_reminders
    where service_id = @ServiceId and grain_id = @GrainId and reminder_name = @ReminderName
$statement$),

('ReadRangeRows1Key', $statement$
    select grain_id as GrainId, reminder_name as ReminderName, start_time as StartTime, period as Period, version as Version
    from orleans_reminders
    where service_id = @ServiceId and grain_hash > @BeginHash and grain_hash <= @EndHash
$statement$),

('ReadRangeRows2Key', $statement$
    select grain_id as GrainId, reminder_name as ReminderName, start_time as StartTime, period as Period, version as Version
    from orleans_reminders
    where service_id = @ServiceId and (grain_hash > @BeginHash or grain_hash <= @EndHash)
$statement$),

('DeleteReminderRowKey', $statement$
    with deleted as (
        delete from orleans_reminders
        where service_id = @ServiceId and grain_id = @GrainId and reminder_name = @ReminderName and version = @Version
        returning 1
    )
    select count(*) = 1 from deleted
$statement$),

('DeleteReminderRowsKey', $statement$
    delete from orleans_reminders where service_id = @ServiceId
$statement$),

-- Grain state is actor_state, the table that a single process uses too: a database that outgrew one machine is the cluster's as it is. The
-- payload's first eight bytes are the journal sequence, the ninth is 1 when both copies are replaced. A version that is not the stored one writes nothing, and a second first insert
-- meets the primary key: both are answered without a version, which Orleans takes for the inconsistency it is.

('ReadFromStorageKey', $statement$
    select int8send(journal_seq) || '\x00'::bytea || payload as PayloadBinary, now() as ModifiedOn, version::integer as Version
    from actor_state
    where actor_key = @GrainIdExtensionString
$statement$),

('WriteToStorageKey', $statement$
    with sent as (
        select ('x' || encode(substring(@PayloadBinary from 1 for 8), 'hex'))::bit(64)::bigint as journal_seq,
            get_byte(@PayloadBinary, 8) = 1 as both_copies, substring(@PayloadBinary from 10) as payload
    ), inserted as (
        insert into actor_state (actor_key, version, journal_seq, payload, saved_at, previous_version, previous_journal_seq, previous_payload)
        select @GrainIdExtensionString, 1, journal_seq, payload, now(),
            case when both_copies then 1 end, case when both_copies then journal_seq end, case when both_copies then payload end
        from sent where @GrainStateVersion is null
        on conflict (actor_key) do nothing
        returning version
    ), updated as (
        update actor_state set version = version + 1, journal_seq = sent.journal_seq, payload = sent.payload, saved_at = now(),
            previous_version = case when both_copies then version + 1 else version end,
            previous_journal_seq = case when both_copies then sent.journal_seq else actor_state.journal_seq end,
            previous_payload = case when both_copies then sent.payload else actor_state.payload end
        from sent
        where actor_key = @GrainIdExtensionString and version = @GrainStateVersion
        returning version
    )
    select coalesce((select version from inserted), (select version from updated))::integer as NewGrainStateVersion
$statement$),

('ClearStorageKey', $statement$
    with deleted as (
        delete from actor_state where actor_key = @GrainIdExtensionString and version = @GrainStateVersion
        returning version
    )
    select (select version + 1 from deleted)::integer as NewGrainStateVersion
$statement$);
