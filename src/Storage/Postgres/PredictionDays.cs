using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;

namespace Drift.Storage.Postgres;

/// <summary>
/// The partitions of <c>predictions</c>, one per UTC day of arrival: made ahead, made on the spot for a day that nobody foresaw (a clock
/// that jumped), and dropped whole. Thread-safe, also between processes.
/// </summary>
internal sealed class PredictionDays(PostgresDatabase database)
{
    /// <summary>Days from today that are made ahead: a host may lack the right to make them, and then <c>migrate</c> must have.</summary>
    public const int Ahead = 7;

    // Whoever makes or drops partitions holds it until its transaction ends. "days" in ASCII.
    private const string Lock = "select pg_advisory_xact_lock(1684109683)";

    // Dropping waits for whoever reads, and whoever comes later waits for it: not for long, the next sweep tries again.
    private const string DoNotWait = "set local lock_timeout = '1s'";

    // A bound is text that depends on the session's settings, so the session itself reads it. The first partition may begin at minvalue.
    private const string Bounds = """
        select c.relname,
            (regexp_match(bounds, 'FROM \(''([^'']+)''\)'))[1]::timestamptz,
            (regexp_match(bounds, 'TO \(''([^'']+)''\)'))[1]::timestamptz
        from pg_inherits i
        join pg_class c on c.oid = i.inhrelid
        cross join lateral pg_get_expr(c.relpartbound, c.oid) as bounds
        where i.inhparent = 'predictions'::regclass
        order by 3
        """;

    private readonly ConcurrentDictionary<DateOnly, bool> _covered = new();

    /// <summary>Makes the partitions from yesterday, for a host whose clock is behind, to <see cref="Ahead"/> days from now.</summary>
    public Task PrepareAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var today = DayOf(now);
        return EnsureAsync([.. Enumerable.Range(-1, Ahead + 2).Select(i => Math.Clamp(today.DayNumber + i, 0, DateOnly.MaxValue.DayNumber)).Distinct().Select(DateOnly.FromDayNumber)], cancellationToken);
    }

    /// <summary>Makes those of the days' partitions that are not there. Costs a look into a dictionary when they are known to be.</summary>
    /// <exception cref="Actors.DriftException"><see cref="Actors.DriftError.Unavailable"/>.</exception>
    public Task EnsureAsync(IReadOnlyCollection<DateOnly> days, CancellationToken cancellationToken) =>
        days.All(_covered.ContainsKey) ? Task.CompletedTask : CreateAsync(days, cancellationToken);

    /// <summary>Another process dropped what was known to be there.</summary>
    public void Forget() => _covered.Clear();

    /// <summary>Drops the partitions whose last moment is before a time, and says how many rows they held.</summary>
    public async Task<long> DropBeforeAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var end = StoredTime.ToDateTime(before);
        var rows = 0L;
        foreach (var (name, _, to) in await BoundsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (to > end)
                break;
            rows += await DropAsync(name, cancellationToken).ConfigureAwait(false);
        }

        if (rows > 0)
            Forget();
        return rows;
    }

    public static DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);

    private Task CreateAsync(IReadOnlyCollection<DateOnly> days, CancellationToken cancellationToken) =>
        PostgresDatabase.RunAsync(
            async token =>
            {
                await using var connection = await database.OpenAsync(token).ConfigureAwait(false);
                await using var transaction = await connection.BeginTransactionAsync(token).ConfigureAwait(false);
                await ExecuteAsync(connection, Lock, token).ConfigureAwait(false);
                var bounds = await BoundsAsync(connection, token).ConfigureAwait(false);
                foreach (var day in days)
                {
                    var start = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
                    // Bounds are midnights, so what holds the day's first moment holds the day.
                    if (!bounds.Exists(b => b.From <= start && start < b.To))
                        await ExecuteAsync(connection, Create(day), token).ConfigureAwait(false);
                }

                await transaction.CommitAsync(token).ConfigureAwait(false);
                foreach (var day in days)
                    _covered[day] = true;
                return days.Count;
            },
            cancellationToken);

    // Made beside the table and then attached, which does not wait for readers and writers as a partition made in place would.
    private static string Create(DateOnly day)
    {
        var from = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var to = day == DateOnly.MaxValue ? "maxvalue" : $"'{day.AddDays(1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} 00:00:00+00'";
        var name = $"predictions_{day.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}";
        return $"""
            create table {name} (like predictions including defaults including storage, primary key (tenant, model, id));
            alter table predictions attach partition {name} for values from ('{from} 00:00:00+00') to ({to});
            """;
    }

    private Task<long> DropAsync(string name, CancellationToken cancellationToken) =>
        PostgresDatabase.RunAsync(
            async token =>
            {
                await using var connection = await database.OpenAsync(token).ConfigureAwait(false);
                await using var transaction = await connection.BeginTransactionAsync(token).ConfigureAwait(false);
                await ExecuteAsync(connection, Lock, token).ConfigureAwait(false);
                // Another host may have dropped it meanwhile.
                if (!(await BoundsAsync(connection, token).ConfigureAwait(false)).Exists(b => b.Name == name))
                    return 0L;
                await using var count = Command(connection, $"select count(*) from {name}");
                var rows = (long)(await count.ExecuteScalarAsync(token).ConfigureAwait(false))!;
                await ExecuteAsync(connection, DoNotWait, token).ConfigureAwait(false);
                await ExecuteAsync(connection, $"drop table {name}", token).ConfigureAwait(false);
                await transaction.CommitAsync(token).ConfigureAwait(false);
                return rows;
            },
            cancellationToken);

    private Task<List<(string Name, DateTime From, DateTime To)>> BoundsAsync(CancellationToken cancellationToken) =>
        PostgresDatabase.RunAsync(
            async token =>
            {
                await using var connection = await database.OpenAsync(token).ConfigureAwait(false);
                return await BoundsAsync(connection, token).ConfigureAwait(false);
            },
            cancellationToken);

    private static async Task<List<(string Name, DateTime From, DateTime To)>> BoundsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, Bounds);
        await using var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var bounds = new List<(string, DateTime, DateTime)>();
        while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
            bounds.Add((row.GetString(0), row.IsDBNull(1) ? DateTime.MinValue : row.GetDateTime(1), row.IsDBNull(2) ? DateTime.MaxValue : row.GetDateTime(2)));

        return bounds;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql) =>
#pragma warning disable CA2100 // Constants, and names of partitions from the catalog or from a date.
        new(sql, connection);
#pragma warning restore CA2100
}
