using Drift.Actors;
using Drift.Actors.Ports;
using Npgsql;
using NpgsqlTypes;

namespace Drift.Storage.Postgres;

/// <summary>Many predictions go by COPY, which takes half of the server's time and two thirds of the log that a statement does.</summary>
internal sealed partial class PostgresJournal
{
    /// <summary>
    /// The predictions of a group from which it is copied: four round trips instead of one, which fewer rows do not win back.
    /// </summary>
    internal const int CopyFrom = 250;

    /// <summary>How many groups go by statement after one that could not be copied.</summary>
    internal const int Pause = 64;

    private const string Copy = """
        copy predictions (tenant, model, id, timestamp, prediction, score, class_scores, label, segments, in_reference, logged_at, seq) from stdin (format binary)
        """;

    private int _paused;

    /// <summary>
    /// Writes the entries and copies the predictions of those that were appended, in one transaction. Null when that is not the way for this
    /// group; then nothing was written.
    /// </summary>
    private async Task<HashSet<(string Actor, long Sequence)>?> TryCopyAsync(Keyed[] group)
    {
        if (group.Sum(e => e.Entry.Predictions.Count) < CopyFrom)
            return null;
        if (Volatile.Read(ref _paused) > 0)
        {
            Interlocked.Decrement(ref _paused);
            return null;
        }

        try
        {
            return await PostgresDatabase.RunAsync(token => CopyAsync(group, token), CancellationToken.None).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // COPY knows no ON CONFLICT, and an id of the group was logged before on its day. PostgreSQL has said so before the commit, so
            // nothing was written. Whoever sends ids again tends to go on with it: without a pause, each group would be sent twice.
            Volatile.Write(ref _paused, Pause);
            return null;
        }
    }

    private async Task<HashSet<(string Actor, long Sequence)>> CopyAsync(Keyed[] group, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        var appended = new HashSet<(string, long)>();
        await using (var command = Command(group, connection))
        {
            await using var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                appended.Add((row.GetString(0), row.GetInt64(1)));
        }

        var rows = Rows(group.Where(e => appended.Contains((e.Actor, e.Entry.Sequence))));
        if (rows.Count > 0)
            await CopyAsync(connection, rows, cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return appended;
    }

    // In the statement's order, so that groups that name the same ids at once wait for each other. (Letters beyond U+FFFF sort otherwise here;
    // a deadlock over them would be resolved and written again.) Of one id the first only, on a day: COPY could not leave out the others.
    private static List<(JournalEntry Entry, PredictionRecord Prediction)> Rows(IEnumerable<Keyed> entries)
    {
        var rows = entries.SelectMany(e => e.Entry.Predictions, (e, prediction) => (e.Entry, Prediction: prediction)).ToList();
        var seen = new HashSet<(string, string, string, DateOnly)>(rows.Count);
        rows.RemoveAll(r => !seen.Add((r.Entry.Model.Tenant, r.Entry.Model.Name, r.Prediction.Id, PredictionDays.DayOf(r.Entry.At))));
        rows.Sort((a, b) =>
            string.CompareOrdinal(a.Entry.Model.Tenant, b.Entry.Model.Tenant) is not 0 and var byTenant ? byTenant
            : string.CompareOrdinal(a.Entry.Model.Name, b.Entry.Model.Name) is not 0 and var byModel ? byModel
            : string.CompareOrdinal(a.Prediction.Id, b.Prediction.Id));
        return rows;
    }

    private static async Task CopyAsync(NpgsqlConnection connection, List<(JournalEntry Entry, PredictionRecord Prediction)> rows, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(Copy, cancellationToken).ConfigureAwait(false);
        foreach (var (entry, prediction) in rows)
        {
            await copy.StartRowAsync(cancellationToken).ConfigureAwait(false);
            await TextAsync(entry.Model.Tenant).ConfigureAwait(false);
            await TextAsync(entry.Model.Name).ConfigureAwait(false);
            await TextAsync(prediction.Id).ConfigureAwait(false);
            await copy.WriteAsync(StoredTime.ToDateTime(prediction.Time), NpgsqlDbType.TimestampTz, cancellationToken).ConfigureAwait(false);
            await TextAsync(prediction.Prediction).ConfigureAwait(false);
            await (Parameter.Finite(prediction.Score) is { } score
                ? copy.WriteAsync(score, NpgsqlDbType.Double, cancellationToken)
                : copy.WriteNullAsync(cancellationToken)).ConfigureAwait(false);
            await TextAsync(StorageJson.Write(prediction.ClassScores), NpgsqlDbType.Json).ConfigureAwait(false);
            await TextAsync(prediction.Label).ConfigureAwait(false);
            await TextAsync(StorageJson.Write(prediction.Segments), NpgsqlDbType.Json).ConfigureAwait(false);
            await copy.WriteAsync(prediction.InReference, NpgsqlDbType.Boolean, cancellationToken).ConfigureAwait(false);
            await copy.WriteAsync(StoredTime.ToDateTime(entry.At), NpgsqlDbType.TimestampTz, cancellationToken).ConfigureAwait(false);
            await copy.WriteAsync(entry.Sequence, NpgsqlDbType.Bigint, cancellationToken).ConfigureAwait(false);
        }

        await copy.CompleteAsync(cancellationToken).ConfigureAwait(false);

        Task TextAsync(string? value, NpgsqlDbType type = NpgsqlDbType.Text) =>
            value is null ? copy.WriteNullAsync(cancellationToken) : copy.WriteAsync(value, type, cancellationToken);
    }
}
