using System.Runtime.CompilerServices;
using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Storage.Journal;

namespace Drift.Storage.Sqlite;

internal sealed class SqliteJournal(SqliteDatabase database) : IGroupJournal
{
    // Entries whose payloads are dropped before others have their turn with the writer.
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

    // The actor's hours one by one, then each id in each of them: nothing else is touched.
    private const string Known = """
        with recursive hours (hour) as (
            select min(hour) from drift_batches where actor_key = $actor_key
            union all
            select (select min(hour) from drift_batches where actor_key = $actor_key and hour > hours.hour) from hours where hour is not null
        )
        select b.batch_id
        from hours cross join json_each($batch_ids) given
        cross join drift_batches b on b.actor_key = $actor_key and b.hour = hours.hour and b.batch_id = given.value
        """;

    private const string SelectPrunedIds = """
        select batch_id from drift_batches where actor_key = $actor_key limit $most
        """;

    private const string SelectIds = """
        select seq, batch_ids from drift_journal where actor_key = $actor_key and batch_ids is not null order by seq
        """;

    // Pruned entries are the first ones: walking down from the last sequence to the last pruned one touches only what is to be pruned.
    private const string LastPruned = """
        select coalesce(max(seq), -9223372036854775808) from (
            select seq from drift_journal
            where actor_key = $actor_key and seq <= $through and payload is null
            order by seq desc limit 1)
        """;

    // Whose ids are moved at a time. Those of less would be strewn over as many pages, each written again for the next; more would keep others from the
    // writer for longer.
    private const string LastToPrune = """
        select max(seq) from (
            select seq, row_number() over (order by seq) as place, sum(length(batch_ids)) over (order by seq) as characters from (
                select seq, batch_ids from drift_journal
                where actor_key = $actor_key and seq > $after and seq <= $through and payload is not null
                order by seq limit 512))
        where place = 1 or coalesce(characters, 0) <= 524288
        """;

    // In order of id, so that neighbours are written together.
    private const string MoveIds = """
        insert into drift_batches (actor_key, hour, batch_id)
        select actor_key, appended_at - appended_at % 3600000000, value from drift_journal, json_each(batch_ids)
        where actor_key = $actor_key and seq > $after and seq <= $through and batch_ids is not null
        order by 2, 3
        on conflict do nothing
        """;

    // Both at once: each change of a row writes all that it keeps. Some at a time: an append waits while
    // their pages are freed.
    private const string DropPayloads = """
        update drift_journal set payload = null, batch_ids = null
        where actor_key = $actor_key and seq in (
            select seq from drift_journal
            where actor_key = $actor_key and seq > $after and seq <= $through and payload is not null
            order by seq limit $some)
        """;

    private const string Select = """
        select seq, kind, appended_at, payload from drift_journal
        where actor_key = $actor_key and seq > $after and payload is not null
        order by seq
        """;

    private const string DropIds = """
        delete from drift_batches where actor_key = $actor_key and hour <= $before - 3600000000
        """;

    // Entries come in order of time: walking up to the first that is young enough touches only what is to be deleted.
    private const string DropEntries = """
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
        entries is [{ Predictions.Count: 0, Labels.Count: 0, BatchIdsAreNew: true } or { Predictions.Count: 0, Labels.Count: 0, BatchIds.Count: 0 }]
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
            session =>
            {
                var entries = new List<EntryBatchIds>();
                using var row = session.Statement(SelectIds).Bind("$actor_key", actorKey).Query();
                while (row.Read())
                    entries.Add(new EntryBatchIds(row.GetInt64(0), StorageJson.ReadTexts(row.GetString(1))));
                return entries;
            },
            cancellationToken);

    public Task<IReadOnlySet<string>> FindPrunedBatchIdsAsync(string actorKey, IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken) =>
        database.ReadAsync(session => FindKnown(session, actorKey, [.. batchIds]), cancellationToken);

    public async IAsyncEnumerable<string> ReadPrunedBatchIdsAsync(string actorKey, int most, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var session = database.Rent();
        try
        {
            using var row = database.Translate(() => session.Statement(SelectPrunedIds).Bind("$actor_key", actorKey).Bind("$most", most).Query());
            var read = 0;
            while (database.Translate(() => row.Read() ? row.GetString(0) : null) is { } id)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return id;

                // There may be a million: others get room on this thread.
                if (++read % 1_000 == 0)
                    await Task.Yield();
            }
        }
        finally
        {
            database.Return(session);
        }
    }

    public async Task PruneAsync(string actorKey, long throughSequence, DateTimeOffset idsBefore, CancellationToken cancellationToken)
    {
        // SQLite works on the calling thread: an actor's turns must not wait for this.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var pruned = await database.ReadAsync(
            session => session.Statement(LastPruned).Bind("$actor_key", actorKey).Bind("$through", throughSequence).Integer(), cancellationToken).ConfigureAwait(false);
        while (pruned is { } after)
        {
            pruned = await database.TransactSoonAsync(session => MoveSome(session, actorKey, after, throughSequence), cancellationToken).ConfigureAwait(false);
            while (pruned is { } last && await database.TransactSoonAsync(
                session => session.Statement(DropPayloads).Bind("$actor_key", actorKey).Bind("$after", after).Bind("$through", last).Bind("$some", Some).Execute(),
                cancellationToken).ConfigureAwait(false) == Some)
            {
                // Others have their turn with the writer.
            }
        }

        await database.TransactSoonAsync(
            session => session.Statement(DropIds).Bind("$actor_key", actorKey).Bind("$before", idsBefore).Execute()
                + session.Statement(DropEntries).Bind("$actor_key", actorKey).Bind("$before", idsBefore).Execute(),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Moves the ids of some entries behind one that has no payload, and gives the last of them; null when there is none left.</summary>
    private static long? MoveSome(SqliteSession session, string actorKey, long after, long through)
    {
        if (session.Statement(LastToPrune).Bind("$actor_key", actorKey).Bind("$after", after).Bind("$through", through).Integer() is not { } last)
            return null;
        session.Statement(MoveIds).Bind("$actor_key", actorKey).Bind("$after", after).Bind("$through", last).Execute();
        return last;
    }

    private static AppendOutcome AppendEntry(SqliteSession session, JournalEntry entry)
    {
        var actorKey = ActorKey.Model(entry.Model);
        if (!entry.BatchIdsAreNew && FindKnown(session, actorKey, entry.BatchIds).Count > 0)
            return AppendOutcome.Duplicate;
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

    private static IReadOnlySet<string> FindKnown(SqliteSession session, string actorKey, IReadOnlyList<string> batchIds)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        if (batchIds.Count == 0)
            return known;
        using var row = session.Statement(Known).Bind("$actor_key", actorKey).Bind("$batch_ids", StorageJson.Write(batchIds)).Query();
        while (row.Read())
            known.Add(row.GetString(0));
        return known;
    }
}
