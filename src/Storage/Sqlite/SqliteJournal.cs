using System.Runtime.CompilerServices;
using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Storage.Journal;
using Microsoft.Data.Sqlite;

namespace Drift.Storage.Sqlite;

internal sealed class SqliteJournal(SqliteDatabase database) : IGroupJournal
{
    // Entries that lose their payloads or their ids before others have their turn with the writer.
    private const int Some = 32;

    private const string Insert = """
        insert into drift_journal (actor_key, seq, kind, batch_ids, appended_at, payload)
        values ($actor_key, $seq, $kind, $batch_ids, $appended_at, $payload)
        on conflict do nothing
        """;

    // The first of a day stays; of those of several days, readers take the first.
    private const string InsertPrediction = """
        insert into predictions (tenant, model, id, timestamp, prediction, score, class_scores, label, segments, in_reference, logged_at, seq)
        values ($tenant, $model, $id, $timestamp, $prediction, $score, $class_scores, $label, $segments, $in_reference, $logged_at, $seq)
        on conflict do nothing
        """;

    private const string InsertLabel = """
        insert into labels (tenant, model, id, label, timestamp, logged_at)
        values ($tenant, $model, $id, $label, $timestamp, $logged_at)
        on conflict do nothing
        """;

    // The entries that are not pruned are the last ones: walking down to the first pruned one touches only them.
    private const string SelectIds = """
        select seq, batch_ids from drift_journal
        where actor_key = $actor_key and batch_ids is not null and payload is not null
          and seq > coalesce((select seq from drift_journal
                              where actor_key = $actor_key and payload is null
                              order by seq desc limit 1), -9223372036854775808)
        order by seq
        """;

    private const string SelectPrunedIds = """
        select seq, batch_ids from drift_journal
        where actor_key = $actor_key and batch_ids is not null and payload is null
        order by seq desc
        """;

    private const string FindPruned = """
        select j.seq, j.batch_ids from json_each($sequences) given
        cross join drift_journal j on j.actor_key = $actor_key and j.seq = given.value
        where j.batch_ids is not null and j.payload is null
        """;

    // drift_batches has the ids that an older version moved there: none any more when they are old enough.
    private const string SelectMovedIds = """
        select batch_id from drift_batches where actor_key = $actor_key
        """;

    // The actor's hours one by one, then each id in each of them: nothing else is touched.
    private const string FindMoved = """
        with recursive hours (hour) as (
            select min(hour) from drift_batches where actor_key = $actor_key
            union all
            select (select min(hour) from drift_batches where actor_key = $actor_key and hour > hours.hour) from hours where hour is not null
        )
        select b.batch_id
        from hours cross join json_each($batch_ids) given
        cross join drift_batches b on b.actor_key = $actor_key and b.hour = hours.hour and b.batch_id = given.value
        """;

    // Pruned entries are the first ones: walking down from the last sequence to the last pruned one touches only what is to be pruned.
    private const string LastPruned = """
        select seq from drift_journal
        where actor_key = $actor_key and seq <= $through and payload is null
        order by seq desc limit 1
        """;

    // Some at a time: an append waits while the pages of their payloads are freed.
    private const string DropPayloads = """
        update drift_journal set payload = null
        where actor_key = $actor_key and seq in (
            select seq from drift_journal
            where actor_key = $actor_key and seq > $after and seq <= $through and payload is not null
            order by seq limit $some)
        """;

    private const string DropIds = """
        update drift_journal set batch_ids = null
        where actor_key = $actor_key and seq in (
            select seq from drift_journal
            where actor_key = $actor_key and seq <= $through and batch_ids is not null and payload is null
            order by seq limit $some)
        """;

    private const string Select = """
        select seq, kind, appended_at, payload from drift_journal
        where actor_key = $actor_key and seq > $after and payload is not null
        order by seq
        """;

    private const string DropMovedIds = """
        delete from drift_batches where actor_key = $actor_key and hour <= $before - 3600000000
        """;

    // Entries come in order of time: walking up to the first that is young enough touches only what is to be deleted.
    private const string DropEntries = """
        delete from drift_journal
        where actor_key = $actor_key and payload is null and appended_at < $before and seq <= $through
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

    public Task<IReadOnlyList<EntryBatchIds>> ReadBatchIdsAsync(string actorKey, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<EntryBatchIds>>(
            session => ReadAll(session.Statement(SelectIds).Bind("$actor_key", actorKey), Ids), cancellationToken);

    public async IAsyncEnumerable<EntryBatchIds> ReadPrunedBatchIdsAsync(string actorKey, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var session = database.Rent();
        try
        {
            foreach (var (sql, read) in ((string, Func<SqliteDataReader, EntryBatchIds>)[])[(SelectPrunedIds, Ids), (SelectMovedIds, row => new EntryBatchIds(0, [row.GetString(0)]))])
            {
                using var row = database.Translate(() => session.Statement(sql).Bind("$actor_key", actorKey).Query());
                var entries = 0;
                while (database.Translate(() => row.Read() ? read(row) : null) is { } entry)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return entry;

                    // There may be a million ids: others get room on this thread.
                    if (++entries % 64 == 0)
                        await Task.Yield();
                }
            }
        }
        finally
        {
            database.Return(session);
        }
    }

    public Task<IReadOnlySet<string>> FindPrunedBatchIdsAsync(
        string actorKey, IReadOnlyCollection<long> sequences, IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlySet<string>>(
            session =>
            {
                var pruned = ReadAll(
                    session.Statement(FindPruned).Bind("$actor_key", actorKey).Bind("$sequences", StorageJson.Write(sequences)), Ids);
                var moved = ReadAll(
                    session.Statement(FindMoved).Bind("$actor_key", actorKey).Bind("$batch_ids", StorageJson.Write([.. batchIds])), row => row.GetString(0));
                var found = pruned.SelectMany(e => e.BatchIds).Concat(moved).ToHashSet(StringComparer.Ordinal);
                found.IntersectWith(batchIds);
                return found;
            },
            cancellationToken);

    public async Task PruneAsync(string actorKey, long throughSequence, DateTimeOffset entriesBefore, long entriesThrough, long idsThrough, CancellationToken cancellationToken)
    {
        // SQLite works on the calling thread: an actor's turns must not wait for this.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var pruned = await database.ReadAsync(
            session => session.Statement(LastPruned).Bind("$actor_key", actorKey).Bind("$through", throughSequence).Integer() ?? long.MinValue,
            cancellationToken).ConfigureAwait(false);
        await SomeAtATimeAsync(session => session.Statement(DropPayloads).Bind("$actor_key", actorKey).Bind("$after", pruned).Bind("$through", throughSequence)).ConfigureAwait(false);
        await SomeAtATimeAsync(session => session.Statement(DropIds).Bind("$actor_key", actorKey).Bind("$through", idsThrough)).ConfigureAwait(false);
        await database.TransactSoonAsync(
            session => session.Statement(DropMovedIds).Bind("$actor_key", actorKey).Bind("$before", entriesBefore).Execute()
                + session.Statement(DropEntries).Bind("$actor_key", actorKey).Bind("$before", entriesBefore).Bind("$through", entriesThrough).Execute(),
            cancellationToken).ConfigureAwait(false);

        async Task SomeAtATimeAsync(Func<SqliteSession, SqliteStatement> change)
        {
            while (await database.TransactSoonAsync(session => change(session).Bind("$some", Some).Execute(), cancellationToken).ConfigureAwait(false) == Some)
            {
                // Others have their turn with the writer.
            }
        }
    }

    private static EntryBatchIds Ids(SqliteDataReader row) => new(row.GetInt64(0), StorageJson.ReadTexts(row.GetString(1)));

    private static List<T> ReadAll<T>(SqliteStatement statement, Func<SqliteDataReader, T> read)
    {
        var rows = new List<T>();
        using var row = statement.Query();
        while (row.Read())
            rows.Add(read(row));
        return rows;
    }

    private static AppendOutcome AppendEntry(SqliteSession session, JournalEntry entry)
    {
        var actorKey = ActorKey.Model(entry.Model);
        var appended = session.Statement(Insert)
            .Bind("$actor_key", actorKey)
            .Bind("$seq", entry.Sequence)
            .Bind("$kind", entry.Kind)
            .Bind("$batch_ids", StorageJson.Write(entry.BatchIds))
            .Bind("$appended_at", entry.At)
            .Bind("$payload", entry.Payload)
            .Execute();
        return appended == 1 ? AppendOutcome.Appended : AppendOutcome.Conflict;
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
                .Bind("$seq", entry.Sequence)
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
}
