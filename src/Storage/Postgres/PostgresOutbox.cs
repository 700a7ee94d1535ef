using Drift.Actors.Ports;
using Npgsql;

namespace Drift.Storage.Postgres;

internal sealed class PostgresOutbox(PostgresDatabase database) : IOutbox
{
    private const string Insert = """
        insert into outbox (id, tenant, kind, destination, subject, payload, headers, created_at, queued_at, state, attempts, next_attempt_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', 0, $10)
        on conflict (id) do nothing
        """;

    private const string Columns = """
        id, tenant, kind, destination, subject, payload, headers, created_at, queued_at, state, attempts, next_attempt_at, settled_at, last_error
        """;

    // Several processes claim at once: each takes what no other one is taking.
    private const string Claim = $"""
        update outbox set attempts = attempts + 1, next_attempt_at = $3
        where id = any(array(
            select id from outbox where destination = $1 and state = 'pending' and next_attempt_at <= $2
            order by next_attempt_at limit $4 for update skip locked))
        returning {Columns}
        """;

    private const string Settle = """
        update outbox set state = $3, settled_at = $4, last_error = $5 where id = $1 and state = 'pending' and attempts = $2
        """;

    private const string Retry = """
        update outbox set next_attempt_at = $3, last_error = $4 where id = $1 and state = 'pending' and attempts = $2
        """;

    private const string List = $"""
        select {Columns} from outbox
        where tenant = $1 and ($2 is null or state = $2) and ($3 is null or destination = $3)
        order by created_at desc, id limit $4
        """;

    private const string Find = $"""
        select {Columns} from outbox where tenant = $1 and id = $2
        """;

    private const string Redeliver = $"""
        update outbox set state = 'pending', queued_at = $3, next_attempt_at = $3, settled_at = null
        where tenant = $1 and id = $2 and state <> 'pending'
        returning {Columns}
        """;

    private const string Measure = """
        select destination, count(*) filter (where state = 'pending'), count(*) filter (where state = 'dead'), min(queued_at) filter (where state = 'pending')
        from outbox where state <> 'delivered' group by destination order by destination
        """;

    /// <summary>Adds an entry, within a transaction of the caller.</summary>
    public static NpgsqlBatchCommand Add(OutboxEntry entry) => new(Insert)
    {
        Parameters =
        {
            Parameter.Text(entry.Id),
            Parameter.Text(entry.Tenant),
            Parameter.Text(entry.Kind),
            Parameter.Text(entry.Destination),
            Parameter.Text(entry.Subject),
            Parameter.Bytes(entry.Payload),
            Parameter.Json(StorageJson.Write(entry.Headers)),
            Parameter.Time(entry.CreatedAt),
            Parameter.Time(entry.QueuedAt),
            Parameter.Time(entry.NextAttemptAt),
        },
    };

    public Task AddAsync(IReadOnlyCollection<OutboxEntry> entries, CancellationToken cancellationToken) =>
        entries.Count == 0 ? Task.CompletedTask : database.ExecuteAsync(() => database.Batch([.. entries.Select(Add)]), cancellationToken);

    public async Task<IReadOnlyList<OutboxEntry>> ClaimAsync(
        string destination, DateTimeOffset now, TimeSpan lease, int limit, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            () => database.Command(
                Claim, Parameter.Text(destination), Parameter.Time(now), Parameter.Time(now + lease), Parameter.Integer(limit)),
            Read,
            cancellationToken).ConfigureAwait(false);

    public Task<bool> DeliveredAsync(OutboxEntry claimed, DateTimeOffset at, CancellationToken cancellationToken) =>
        SettleAsync(claimed, OutboxState.Delivered, at, null, cancellationToken);

    public async Task<bool> RetryAsync(OutboxEntry claimed, DateTimeOffset next, string error, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            () => database.Command(
                Retry, Parameter.Text(claimed.Id), Parameter.Integer(claimed.Attempts), Parameter.Time(next), Parameter.Text(StoredText.Clean(error))),
            cancellationToken).ConfigureAwait(false) == 1;

    public Task<bool> GiveUpAsync(OutboxEntry claimed, DateTimeOffset at, string error, CancellationToken cancellationToken) =>
        SettleAsync(claimed, OutboxState.Dead, at, StoredText.Clean(error), cancellationToken);

    public async Task<IReadOnlyList<OutboxEntry>> ListAsync(string tenant, OutboxQuery query, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            () => database.Command(
                List,
                Parameter.Text(tenant),
                Parameter.Text(query.State is { } state ? Names.Of(state) : null),
                Parameter.Text(query.Destination),
                Parameter.Integer(query.Limit)),
            Read,
            cancellationToken).ConfigureAwait(false);

    public Task<OutboxEntry?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        FirstAsync(() => database.Command(Find, Parameter.Text(tenant), Parameter.Text(id)), cancellationToken);

    public Task<OutboxEntry?> RedeliverAsync(string tenant, string id, DateTimeOffset at, CancellationToken cancellationToken) =>
        FirstAsync(() => database.Command(Redeliver, Parameter.Text(tenant), Parameter.Text(id), Parameter.Time(at)), cancellationToken);

    public async Task<IReadOnlyList<OutboxBacklog>> MeasureAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync(
            () => database.Command(Measure),
            row => new OutboxBacklog(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.TimeOrNull(3)),
            cancellationToken).ConfigureAwait(false);

    private async Task<bool> SettleAsync(OutboxEntry claimed, OutboxState state, DateTimeOffset at, string? error, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            () => database.Command(
                Settle,
                Parameter.Text(claimed.Id),
                Parameter.Integer(claimed.Attempts),
                Parameter.Text(Names.Of(state)),
                Parameter.Time(at),
                Parameter.Text(error)),
            cancellationToken).ConfigureAwait(false) == 1;

    private async Task<OutboxEntry?> FirstAsync(Func<NpgsqlCommand> create, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(create, Read, cancellationToken).ConfigureAwait(false);
        return rows.Count == 0 ? null : rows[0];
    }

    private static OutboxEntry Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetString(0),
        Tenant = row.GetString(1),
        Kind = row.GetString(2),
        Destination = row.GetString(3),
        Subject = row.Text(4),
        Payload = row.GetFieldValue<byte[]>(5),
        Headers = StorageJson.ReadHeaders(row.Text(6)),
        CreatedAt = row.Time(7),
        QueuedAt = row.Time(8),
        State = Names.ToOutboxState(row.GetString(9)),
        Attempts = row.GetInt32(10),
        NextAttemptAt = row.Time(11),
        SettledAt = row.TimeOrNull(12),
        LastError = row.Text(13),
    };
}
