using System.Data;
using System.Runtime.CompilerServices;
using Drift.Actors;
using Drift.Actors.Ports;
using Npgsql;

namespace Drift.Storage.Postgres;

internal sealed class PostgresJournal(PostgresDatabase database) : IJournal
{
    // Nothing comes back when the sequence or the batch id is taken. That is expected traffic, so it is no error in the server's log.
    private const string Insert = """
        insert into drift_journal (actor_key, seq, kind, batch_id, appended_at, payload) values ($1, $2, $3, $4, $5, $6)
        on conflict do nothing
        returning seq
        """;

    // One statement, so one transaction and one round trip. The records hang on the entry: without it, nothing is written.
    // unnest keeps the order of the arrays, so of several records with one id the first stays.
    private const string InsertWithRecords = """
        with entry as (
            insert into drift_journal (actor_key, seq, kind, batch_id, appended_at, payload) values ($1, $2, $3, $4, $5, $6)
            on conflict do nothing
            returning seq
        ), logged as (
            insert into predictions (tenant, model, id, timestamp, prediction, score, class_scores, label, segments, in_reference, logged_at)
            select $7, $8, p.id, p.timestamp, p.prediction, p.score, p.class_scores::json, p.label, p.segments::json, p.in_reference, $5
            from entry, unnest($9, $10, $11, $12, $13, $14, $15, $16)
                as p (id, timestamp, prediction, score, class_scores, label, segments, in_reference)
            on conflict do nothing
        ), kept as (
            insert into labels (tenant, model, id, label, timestamp, logged_at)
            select $7, $8, l.id, l.label, l.timestamp, $5
            from entry, unnest($17, $18, $19) as l (id, label, timestamp)
            on conflict do nothing
        )
        select seq from entry
        """;

    private const string Contains = """
        select true from drift_journal where actor_key = $1 and batch_id = $2
        """;

    private const string Select = """
        select seq, kind, appended_at, payload from drift_journal
        where actor_key = $1 and seq > $2 and payload is not null
        order by seq
        """;

    // Pruned entries are the first ones: walking down from the last sequence to the first pruned one touches only what is to be pruned.
    private const string DropPayloads = """
        update drift_journal set payload = null
        where actor_key = $1 and seq <= $2 and payload is not null
          and seq > coalesce((select seq from drift_journal
                              where actor_key = $1 and seq <= $2 and payload is null
                              order by seq desc limit 1), -9223372036854775808)
        """;

    // Entries come in order of time: walking up to the first that is young enough touches only what is to be deleted.
    private const string DropIds = """
        delete from drift_journal
        where actor_key = $1 and payload is null and appended_at < $2
          and seq < coalesce((select seq from drift_journal
                              where actor_key = $1 and appended_at >= $2
                              order by seq limit 1), 9223372036854775807)
        """;

    public async Task<AppendOutcome> AppendAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        RecordText.Check(entry);
        var appended = await database.ScalarAsync<long?>(() => Command(entry), cancellationToken).ConfigureAwait(false);
        if (appended is not null)
            return AppendOutcome.Appended;

        // What stood in the way is committed, so a second look finds it.
        var known = entry.BatchId is { } batchId
            && await ContainsAsync(ActorKey.Model(entry.Model), batchId, cancellationToken).ConfigureAwait(false);
        return known ? AppendOutcome.Duplicate : AppendOutcome.Conflict;
    }

    public async IAsyncEnumerable<StoredEntry> ReadAsync(
        string actorKey, long afterSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = database.Command(Select, Parameter.Text(actorKey), Parameter.Long(afterSequence));
        await using var row = await PostgresDatabase.RunAsync(
            token => command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, token), cancellationToken).ConfigureAwait(false);
        while (await PostgresDatabase.RunAsync(token => NextAsync(row, token), cancellationToken).ConfigureAwait(false) is { } entry)
        {
            // What has arrived already is read without asking the token.
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }
    }

    public Task<bool> ContainsAsync(string actorKey, string batchId, CancellationToken cancellationToken) =>
        database.ScalarAsync<bool>(() => database.Command(Contains, Parameter.Text(actorKey), Parameter.Text(batchId)), cancellationToken);

    public Task PruneAsync(string actorKey, long throughSequence, DateTimeOffset idsBefore, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            () => database.Batch(
                new NpgsqlBatchCommand(DropPayloads) { Parameters = { Parameter.Text(actorKey), Parameter.Long(throughSequence) } },
                new NpgsqlBatchCommand(DropIds) { Parameters = { Parameter.Text(actorKey), Parameter.Time(idsBefore) } }),
            cancellationToken);

    private static async Task<StoredEntry?> NextAsync(NpgsqlDataReader row, CancellationToken cancellationToken) =>
        await row.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? new StoredEntry(
                row.GetInt64(0),
                checked((byte)row.GetInt16(1)),
                row.Time(2),
                await row.GetFieldValueAsync<byte[]>(3, cancellationToken).ConfigureAwait(false))
            : null;

    private NpgsqlCommand Command(JournalEntry entry)
    {
        var bare = entry.Predictions.Count + entry.Labels.Count == 0;
        var command = database.Command(
            bare ? Insert : InsertWithRecords,
            Parameter.Text(ActorKey.Model(entry.Model)),
            Parameter.Long(entry.Sequence),
            Parameter.Short(entry.Kind),
            Parameter.Text(entry.BatchId),
            Parameter.Time(entry.At),
            Parameter.Bytes(entry.Payload));
        if (bare)
            return command;

        // All in one order: entries that name the same ids at once wait for each other instead of ending in a deadlock.
        var predictions = entry.Predictions.OrderBy(p => p.Id, StringComparer.Ordinal).ToArray();
        var labels = entry.Labels.OrderBy(l => l.Id, StringComparer.Ordinal).ToArray();
        foreach (var parameter in (ReadOnlySpan<NpgsqlParameter>)
        [
            Parameter.Text(entry.Model.Tenant),
            Parameter.Text(entry.Model.Name),
            Parameter.Texts(predictions, p => p.Id),
            Parameter.Times(predictions, p => p.Time),
            Parameter.Texts(predictions, p => p.Prediction),
            Parameter.Reals(predictions, p => p.Score),
            Parameter.Texts(predictions, p => StorageJson.Write(p.ClassScores)),
            Parameter.Texts(predictions, p => p.Label),
            Parameter.Texts(predictions, p => StorageJson.Write(p.Segments)),
            Parameter.Booleans(predictions, p => p.InReference),
            Parameter.Texts(labels, l => l.Id),
            Parameter.Texts(labels, l => l.Label),
            Parameter.Times(labels, l => l.Time),
        ])
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
