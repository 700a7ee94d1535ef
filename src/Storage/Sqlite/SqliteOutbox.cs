using Drift.Actors.Ports;

namespace Drift.Storage.Sqlite;

internal sealed class SqliteOutbox(SqliteDatabase database) : IOutbox
{
    private const string Insert = """
        insert into outbox (id, tenant, kind, destination, subject, payload, headers, created_at, queued_at, state, attempts, next_attempt_at)
        values ($id, $tenant, $kind, $destination, $subject, $payload, $headers, $created_at, $queued_at, 'pending', 0, $next_attempt_at)
        on conflict (id) do nothing
        """;

    private const string Columns = """
        id, tenant, kind, destination, subject, payload, headers, created_at, queued_at, state, attempts, next_attempt_at, settled_at, last_error
        """;

    private const string Claim = $"""
        update outbox set attempts = attempts + 1, next_attempt_at = $until
        where id in (
            select id from outbox where destination = $destination and state = 'pending' and next_attempt_at <= $now order by next_attempt_at limit $limit)
        returning {Columns}
        """;

    private const string Due = """
        select 1 from outbox where destination = $destination and state = 'pending' and next_attempt_at <= $now limit 1
        """;

    private const string Settle = """
        update outbox set state = $state, settled_at = $at, last_error = $error where id = $id and state = 'pending' and attempts = $attempts
        """;

    private const string Retry = """
        update outbox set next_attempt_at = $next, last_error = $error where id = $id and state = 'pending' and attempts = $attempts
        """;

    private const string List = $"""
        select {Columns} from outbox
        where tenant = $tenant and ($state is null or state = $state) and ($destination is null or destination = $destination)
        order by created_at desc, id limit $limit
        """;

    private const string Find = $"""
        select {Columns} from outbox where tenant = $tenant and id = $id
        """;

    private const string Redeliver = $"""
        update outbox set state = 'pending', queued_at = $at, next_attempt_at = $at, settled_at = null
        where tenant = $tenant and id = $id and state <> 'pending'
        returning {Columns}
        """;

    private const string Measure = """
        select destination, sum(state = 'pending'), sum(state = 'dead'), min(case when state = 'pending' then queued_at end)
        from outbox where state <> 'delivered' group by destination order by destination
        """;

    /// <summary>Adds an entry, within a transaction of the caller.</summary>
    public static void Add(SqliteSession session, OutboxEntry entry) => session.Statement(Insert)
        .Bind("$id", entry.Id)
        .Bind("$tenant", entry.Tenant)
        .Bind("$kind", entry.Kind)
        .Bind("$destination", entry.Destination)
        .Bind("$subject", entry.Subject)
        .Bind("$payload", entry.Payload)
        .Bind("$headers", StorageJson.Write(entry.Headers))
        .Bind("$created_at", entry.CreatedAt)
        .Bind("$queued_at", entry.QueuedAt)
        .Bind("$next_attempt_at", entry.NextAttemptAt)
        .Execute();

    public Task AddAsync(IReadOnlyCollection<OutboxEntry> entries, CancellationToken cancellationToken) =>
        database.TransactAsync(
            session =>
            {
                foreach (var entry in entries)
                    Add(session, entry);

                return entries.Count;
            },
            cancellationToken);

    public async Task<IReadOnlyList<OutboxEntry>> ClaimAsync(
        string destination, DateTimeOffset now, TimeSpan lease, int limit, CancellationToken cancellationToken)
    {
        // Asked many times for each time that there is something: so as a reader, which holds up nobody.
        var due = await database.ReadAsync(
            session => session.Statement(Due).Bind("$destination", destination).Bind("$now", now).Integer(), cancellationToken).ConfigureAwait(false);
        if (due is null)
            return [];

        return await database.WriteAsync(
            session => Read(session.Statement(Claim)
                .Bind("$destination", destination).Bind("$now", now).Bind("$until", now + lease).Bind("$limit", limit)),
            cancellationToken).ConfigureAwait(false);
    }

    public Task<bool> DeliveredAsync(OutboxEntry claimed, DateTimeOffset at, CancellationToken cancellationToken) =>
        SettleAsync(claimed, OutboxState.Delivered, at, null, cancellationToken);

    public Task<bool> RetryAsync(OutboxEntry claimed, DateTimeOffset next, string error, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session => session.Statement(Retry)
                .Bind("$id", claimed.Id).Bind("$attempts", claimed.Attempts).Bind("$next", next).Bind("$error", StoredText.Clean(error)).Execute() == 1,
            cancellationToken);

    public Task<bool> GiveUpAsync(OutboxEntry claimed, DateTimeOffset at, string error, CancellationToken cancellationToken) =>
        SettleAsync(claimed, OutboxState.Dead, at, StoredText.Clean(error), cancellationToken);

    public Task<IReadOnlyList<OutboxEntry>> ListAsync(string tenant, OutboxQuery query, CancellationToken cancellationToken) =>
        database.ReadAsync(
            session => Read(session.Statement(List)
                .Bind("$tenant", tenant)
                .Bind("$state", query.State is { } state ? Names.Of(state) : null)
                .Bind("$destination", query.Destination)
                .Bind("$limit", query.Limit)),
            cancellationToken);

    public Task<OutboxEntry?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        database.ReadAsync(session => Read(session.Statement(Find).Bind("$tenant", tenant).Bind("$id", id)).FirstOrDefault(), cancellationToken);

    public Task<OutboxEntry?> RedeliverAsync(string tenant, string id, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session => Read(session.Statement(Redeliver).Bind("$tenant", tenant).Bind("$id", id).Bind("$at", at)).FirstOrDefault(), cancellationToken);

    public Task<IReadOnlyList<OutboxBacklog>> MeasureAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<OutboxBacklog>>(
            session =>
            {
                using var row = session.Statement(Measure).Query();
                var backlog = new List<OutboxBacklog>();
                while (row.Read())
                    backlog.Add(new OutboxBacklog(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.TimeOrNull(3)));

                return backlog;
            },
            cancellationToken);

    private Task<bool> SettleAsync(OutboxEntry claimed, OutboxState state, DateTimeOffset at, string? error, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session => session.Statement(Settle)
                .Bind("$id", claimed.Id).Bind("$attempts", claimed.Attempts).Bind("$state", Names.Of(state)).Bind("$at", at).Bind("$error", error).Execute() == 1,
            cancellationToken);

    private static IReadOnlyList<OutboxEntry> Read(SqliteStatement statement)
    {
        using var row = statement.Query();
        var entries = new List<OutboxEntry>();
        while (row.Read())
        {
            entries.Add(new OutboxEntry
            {
                Id = row.GetString(0),
                Tenant = row.GetString(1),
                Kind = row.GetString(2),
                Destination = row.GetString(3),
                Subject = row.Text(4),
                Payload = row.Bytes(5),
                Headers = StorageJson.ReadHeaders(row.Text(6)),
                CreatedAt = row.Time(7),
                QueuedAt = row.Time(8),
                State = Names.ToOutboxState(row.GetString(9)),
                Attempts = row.GetInt32(10),
                NextAttemptAt = row.Time(11),
                SettledAt = row.TimeOrNull(12),
                LastError = row.Text(13),
            });
        }

        return entries;
    }
}
