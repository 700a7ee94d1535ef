using System.Runtime.CompilerServices;
using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Storage.Journal;

namespace Drift.Storage.Sqlite;

internal sealed class SqliteJournal(SqliteDatabase database) : IGroupJournal
{
    private const string Insert = """
        insert into drift_journal (actor_key, seq, kind, batch_id, appended_at, payload)
        values ($actor_key, $seq, $kind, $batch_id, $appended_at, $payload)
        on conflict do nothing
        """;

    private const string InsertPrediction = """
        insert into predictions (tenant, model, id, timestamp, prediction, score, class_scores, label, segments, in_reference, logged_at)
        values ($tenant, $model, $id, $timestamp, $prediction, $score, $class_scores, $label, $segments, $in_reference, $logged_at)
        on conflict do nothing
        """;

    private const string InsertLabel = """
        insert into labels (tenant, model, id, label, timestamp, logged_at)
        values ($tenant, $model, $id, $label, $timestamp, $logged_at)
        on conflict do nothing
        """;

    private const string Contains = """
        select 1 from drift_journal where actor_key = $actor_key and batch_id = $batch_id
        """;

    private const string Select = """
        select seq, kind, appended_at, payload from drift_journal
        where actor_key = $actor_key and seq > $after and payload is not null
        order by seq
        """;

    // Pruned entries are the first ones: walking down from the last sequence to the first pruned one touches only what is to be pruned.
    private const string DropPayloads = """
        update drift_journal set payload = null
        where actor_key = $actor_key and seq <= $through and payload is not null
          and seq > coalesce((select seq from drift_journal
                              where actor_key = $actor_key and seq <= $through and payload is null
                              order by seq desc limit 1), -9223372036854775808)
        """;

    // Entries come in order of time: walking up to the first that is young enough touches only what is to be deleted.
    private const string DropIds = """
        delete from drift_journal
        where actor_key = $actor_key and payload is null and appended_at < $before
          and seq < coalesce((select seq from drift_journal
                              where actor_key = $actor_key and appended_at >= $before
                              order by seq limit 1), 9223372036854775807)
        """;

    public async Task<AppendOutcome> AppendAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RecordText.Check(entry);
        return (await AppendAsync([entry]).ConfigureAwait(false))[0];
    }

    // One commit, so one wait for the disk. A single entry without records is a transaction by itself.
    public Task<AppendOutcome[]> AppendAsync(IReadOnlyList<JournalEntry> entries) =>
        entries is [{ Predictions.Count: 0, Labels.Count: 0 }]
            ? database.WriteAsync(session => new[] { AppendEntry(session, entries[0]) }, CancellationToken.None)
            : database.TransactAsync(session => AppendGroup(session, entries), CancellationToken.None);

    public async IAsyncEnumerable<StoredEntry> ReadAsync(
        string actorKey, long afterSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var session = database.Rent();
        try
        {
            using var row = database.Translate(() => session.Statement(Select).Bind("$actor_key", actorKey).Bind("$after", afterSequence).Query());
            Func<StoredEntry?> next = () => row.Read() ? new StoredEntry(row.GetInt64(0), row.GetByte(1), row.Time(2), row.Bytes(3)) : null;
            while (database.Translate(next) is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return entry;

                // A long replay leaves room for others on its thread.
                if (entry.Sequence % 64 == 0)
                    await Task.Yield();
            }
        }
        finally
        {
            database.Return(session);
        }
    }

    public Task<bool> ContainsAsync(string actorKey, string batchId, CancellationToken cancellationToken) =>
        database.ReadAsync(session => IsKnown(session, actorKey, batchId), cancellationToken);

    // On another thread: the caller goes on while the disk writes.
    public Task PruneAsync(string actorKey, long throughSequence, DateTimeOffset idsBefore, CancellationToken cancellationToken) =>
        Task.Run(
            () => database.TransactAsync(
                session => session.Statement(DropPayloads).Bind("$actor_key", actorKey).Bind("$through", throughSequence).Execute()
                    + session.Statement(DropIds).Bind("$actor_key", actorKey).Bind("$before", idsBefore).Execute(),
                cancellationToken),
            cancellationToken);

    private static AppendOutcome AppendEntry(SqliteSession session, JournalEntry entry)
    {
        var actorKey = ActorKey.Model(entry.Model);
        var appended = session.Statement(Insert)
            .Bind("$actor_key", actorKey)
            .Bind("$seq", entry.Sequence)
            .Bind("$kind", entry.Kind)
            .Bind("$batch_id", entry.BatchId)
            .Bind("$appended_at", entry.At)
            .Bind("$payload", entry.Payload)
            .Execute();
        if (appended == 1)
            return AppendOutcome.Appended;

        return entry.BatchId is { } batchId && IsKnown(session, actorKey, batchId) ? AppendOutcome.Duplicate : AppendOutcome.Conflict;
    }

    private static AppendOutcome[] AppendGroup(SqliteSession session, IReadOnlyList<JournalEntry> entries)
    {
        var outcomes = new AppendOutcome[entries.Count];
        for (var i = 0; i < outcomes.Length; i++)
            outcomes[i] = AppendAll(session, entries[i]);

        return outcomes;
    }

    private static AppendOutcome AppendAll(SqliteSession session, JournalEntry entry)
    {
        var outcome = AppendEntry(session, entry);
        if (outcome != AppendOutcome.Appended)
            return outcome;

        foreach (var prediction in entry.Predictions)
        {
            session.Statement(InsertPrediction)
                .Bind("$tenant", entry.Model.Tenant)
                .Bind("$model", entry.Model.Name)
                .Bind("$id", prediction.Id)
                .Bind("$timestamp", prediction.Time)
                .Bind("$prediction", prediction.Prediction)
                .Bind("$score", prediction.Score)
                .Bind("$class_scores", StorageJson.Write(prediction.ClassScores))
                .Bind("$label", prediction.Label)
                .Bind("$segments", StorageJson.Write(prediction.Segments))
                .Bind("$in_reference", prediction.InReference)
                .Bind("$logged_at", entry.At)
                .Execute();
        }

        foreach (var label in entry.Labels)
        {
            session.Statement(InsertLabel)
                .Bind("$tenant", entry.Model.Tenant)
                .Bind("$model", entry.Model.Name)
                .Bind("$id", label.Id)
                .Bind("$label", label.Label)
                .Bind("$timestamp", label.Time)
                .Bind("$logged_at", entry.At)
                .Execute();
        }

        return outcome;
    }

    private static bool IsKnown(SqliteSession session, string actorKey, string batchId) =>
        session.Statement(Contains).Bind("$actor_key", actorKey).Bind("$batch_id", batchId).Integer() is not null;
}
