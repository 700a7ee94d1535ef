using System.Data;
using System.Runtime.CompilerServices;
using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Storage.Journal;
using Npgsql;

namespace Drift.Storage.Postgres;

internal sealed partial class PostgresJournal(PostgresDatabase database, PredictionDays days) : IGroupJournal
{
    // What comes back was appended: of the others, the sequence is taken. That is expected traffic, so it is no error in the server's log.
    private const string Entry = """
        with entry as (
            insert into drift_journal (actor_key, seq, kind, appended_at, payload, batch_ids)
            select actor_key, seq, kind, appended_at, payload, batch_ids
            from unnest($1, $2, $3, $4, $5, $6) as e (actor_key, seq, kind, appended_at, payload, batch_ids)
            on conflict do nothing
            returning actor_key, seq
        )
        """;

    // One statement, so one transaction and one round trip.
    private const string Insert = Entry + """

        select actor_key, seq from entry
        """;

    // The records hang on their entry, by its place in the group: without it, they are not written. All in one order: groups that name the
    // same ids at once wait for each other instead of ending in a deadlock. Of several records with one id the first stays; of predictions on
    // several days, readers take the first.
    private const string InsertWithRecords = Entry + """

        , appended as (
            select g.place, g.tenant, g.model, g.seq, g.appended_at
            from unnest($1, $2, $4, $7, $8) with ordinality as g (actor_key, seq, appended_at, tenant, model, place)
            join entry on entry.actor_key = g.actor_key and entry.seq = g.seq
        ), logged as (
            insert into predictions (tenant, model, id, timestamp, prediction, score, class_scores, label, segments, in_reference, logged_at, seq)
            select a.tenant, a.model, p.id, p.timestamp, p.prediction, p.score, p.class_scores::json, p.label, p.segments::json, p.in_reference, a.appended_at, a.seq
            from unnest($9, $10, $11, $12, $13, $14, $15, $16, $17) with ordinality
                as p (place, id, timestamp, prediction, score, class_scores, label, segments, in_reference, n)
            join appended a on a.place = p.place
            order by a.tenant collate "C", a.model collate "C", p.id collate "C", p.n
            on conflict do nothing
        ), kept as (
            insert into labels (tenant, model, id, label, timestamp, logged_at)
            select a.tenant, a.model, l.id, l.label, l.timestamp, a.appended_at
            from unnest($18, $19, $20, $21) with ordinality as l (place, id, label, timestamp, n)
            join appended a on a.place = l.place
            order by a.tenant collate "C", a.model collate "C", l.id collate "C", l.n
            on conflict do nothing
        )
        select actor_key, seq from entry
        """;

    // The entries that are not pruned are the last ones: walking down to the first pruned one touches only them.
    private const string SelectIds = """
        select seq, batch_ids from drift_journal
        where actor_key = $1 and batch_ids is not null and payload is not null
          and seq > coalesce((select seq from drift_journal
                              where actor_key = $1 and payload is null
                              order by seq desc limit 1), -9223372036854775808)
        order by seq
        """;

    private const string SelectPrunedIds = """
        select seq, batch_ids from drift_journal
        where actor_key = $1 and batch_ids is not null and payload is null
        order by seq desc
        """;

    private const string FindPruned = """
        select seq, batch_ids from drift_journal
        where actor_key = $1 and seq = any($2) and batch_ids is not null and payload is null
        """;

    // drift_batches has the ids that hosts of an older version move there: none any more when the last of them has ended and the ids are old enough.
    private const string SelectMovedIds = """
        select batch_id from drift_batches where actor_key = $1
        """;

    // The hours of the actor one by one, then each id in each of them.
    private const string FindMoved = """
        with recursive hours (hour) as (
            select min(b.hour) from drift_batches b where b.actor_key = $1
            union all
            select (select min(b.hour) from drift_batches b where b.actor_key = $1 and b.hour > h.hour) from hours h where h.hour is not null
        )
        select b.batch_id from unnest($2) as ids (batch_id)
        cross join hours h
        join drift_batches b on b.actor_key = $1 and b.hour = h.hour and b.batch_id = ids.batch_id
        """;

    // What is lost of pruning in a crash is done again: nobody need wait for the disk.
    private const string NotAtOnce = "set local synchronous_commit = off";

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

    private const string DropIds = """
        update drift_journal set batch_ids = null
        where actor_key = $1 and seq <= $2 and batch_ids is not null and payload is null
        """;

    private const string DropMovedIds = """
        delete from drift_batches where actor_key = $1 and hour <= $2 - interval '1 hour'
        """;

    // Entries come in order of time: walking up to the first that is young enough touches only what is to be deleted.
    private const string DropEntries = """
        delete from drift_journal
        where actor_key = $1 and payload is null and appended_at < $2 and seq <= $3
          and seq < coalesce((select seq from drift_journal
                              where actor_key = $1 and appended_at >= $2
                              order by seq limit 1), 9223372036854775807)
        """;

    public async Task<AppendOutcome> AppendAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RecordText.Check(entry);
        return (await AppendAsync([entry]).ConfigureAwait(false))[0];
    }

    public async Task<AppendOutcome[]> AppendAsync(IReadOnlyList<JournalEntry> entries)
    {
        // In order of actor, so that the groups of two hosts that write for the same actors do not wait for each other crosswise.
        var group = entries.Select((entry, index) => new Keyed(ActorKey.Model(entry.Model), entry, index))
            .OrderBy(e => e.Actor, StringComparer.Ordinal).ThenBy(e => e.Entry.Sequence)
            .Select((e, i) => e with { Place = i + 1 }).ToArray();
        var appended = await WriteAsync(group).ConfigureAwait(false);
        var outcomes = new AppendOutcome[group.Length];
        foreach (var (actor, entry, index, _) in group)
            outcomes[index] = appended.Contains((actor, entry.Sequence)) ? AppendOutcome.Appended : AppendOutcome.Conflict;
        return outcomes;
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

    public async Task<IReadOnlyList<EntryBatchIds>> ReadBatchIdsAsync(string actorKey, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            () => database.Command(SelectIds, Parameter.Text(actorKey)),
            Ids,
            cancellationToken).ConfigureAwait(false);

    public async IAsyncEnumerable<EntryBatchIds> ReadPrunedBatchIdsAsync(string actorKey, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in database.StreamAsync(() => database.Command(SelectPrunedIds, Parameter.Text(actorKey)), Ids, cancellationToken).ConfigureAwait(false))
            yield return entry;
        await foreach (var id in database.StreamAsync(() => database.Command(SelectMovedIds, Parameter.Text(actorKey)), row => row.GetString(0), cancellationToken).ConfigureAwait(false))
            yield return new EntryBatchIds(0, [id]);
    }

    public async Task<IReadOnlySet<string>> FindPrunedBatchIdsAsync(
        string actorKey, IReadOnlyCollection<long> sequences, IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken)
    {
        long[] entries = [.. sequences];
        string[] ids = [.. batchIds];
        var pruned = await database.QueryAsync(
            () => database.Command(FindPruned, Parameter.Text(actorKey), Parameter.Longs(entries, s => s)), Ids, cancellationToken).ConfigureAwait(false);
        var moved = await database.QueryAsync(
            () => database.Command(FindMoved, Parameter.Text(actorKey), Parameter.Texts(ids, id => id)), row => row.GetString(0), cancellationToken).ConfigureAwait(false);
        var found = pruned.SelectMany(e => e.BatchIds).Concat(moved).ToHashSet(StringComparer.Ordinal);
        found.IntersectWith(ids);
        return found;
    }

    public Task PruneAsync(string actorKey, long throughSequence, DateTimeOffset entriesBefore, long entriesThrough, long idsThrough, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            () => database.Batch(
                new NpgsqlBatchCommand(NotAtOnce),
                new NpgsqlBatchCommand(DropPayloads) { Parameters = { Parameter.Text(actorKey), Parameter.Long(throughSequence) } },
                new NpgsqlBatchCommand(DropIds) { Parameters = { Parameter.Text(actorKey), Parameter.Long(idsThrough) } },
                new NpgsqlBatchCommand(DropMovedIds) { Parameters = { Parameter.Text(actorKey), Parameter.Time(entriesBefore) } },
                new NpgsqlBatchCommand(DropEntries) { Parameters = { Parameter.Text(actorKey), Parameter.Time(entriesBefore), Parameter.Long(entriesThrough) } }),
            cancellationToken);

    private static EntryBatchIds Ids(NpgsqlDataReader row) => new(row.GetInt64(0), StorageJson.ReadTexts(row.GetString(1)));

    private static async Task<StoredEntry?> NextAsync(NpgsqlDataReader row, CancellationToken cancellationToken) =>
        await row.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? new StoredEntry(
                row.GetInt64(0),
                checked((byte)row.GetInt16(1)),
                row.Time(2),
                await row.GetFieldValueAsync<byte[]>(3, cancellationToken).ConfigureAwait(false))
            : null;

    private async Task<HashSet<(string Actor, long Sequence)>> WriteAsync(Keyed[] group)
    {
        var needed = group.Where(e => e.Entry.Predictions.Count > 0).Select(e => PredictionDays.DayOf(e.Entry.At)).Distinct().ToArray();
        for (var attempt = 1; ; attempt++)
        {
            await days.EnsureAsync(needed, CancellationToken.None).ConfigureAwait(false);
            try
            {
                return await TryCopyAsync(group).ConfigureAwait(false) ?? await StateAsync(group).ConfigureAwait(false);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.CheckViolation && attempt == 1)
            {
                // Another host dropped the day's partition, by a clock that is ahead; nothing of the group was written.
                days.Forget();
            }
        }
    }

    private async Task<HashSet<(string Actor, long Sequence)>> StateAsync(Keyed[] group) =>
        (await database.QueryAsync(() => Command(group), row => (row.GetString(0), row.GetInt64(1)), CancellationToken.None).ConfigureAwait(false)).ToHashSet();

    /// <param name="group">The entries.</param>
    /// <param name="copying">The connection that copies their predictions, so that the statement does without; null: the statement is all.</param>
    private NpgsqlCommand Command(Keyed[] group, NpgsqlConnection? copying = null)
    {
        var copied = copying is not null;
        var records = group.Any(e => e.Entry.Labels.Count > 0 || (!copied && e.Entry.Predictions.Count > 0));
        List<NpgsqlParameter> parameters =
        [
            Parameter.Texts(group, e => e.Actor),
            Parameter.Longs(group, e => e.Entry.Sequence),
            Parameter.Shorts(group, e => e.Entry.Kind),
            Parameter.Times(group, e => e.Entry.At),
            Parameter.Binaries(group, e => e.Entry.Payload),
            Parameter.Texts(group, e => StorageJson.Write(e.Entry.BatchIds)),
        ];
        if (records)
        {
            var predictions = copied ? [] : group.SelectMany(e => e.Entry.Predictions.Select(p => (e.Place, Record: p))).ToArray();
            var labels = group.SelectMany(e => e.Entry.Labels.Select(l => (e.Place, Record: l))).ToArray();
            parameters.AddRange([
                Parameter.Texts(group, e => e.Entry.Model.Tenant),
                Parameter.Texts(group, e => e.Entry.Model.Name),
                Parameter.Longs(predictions, p => p.Place),
                Parameter.Texts(predictions, p => p.Record.Id),
                Parameter.Times(predictions, p => p.Record.Time),
                Parameter.Texts(predictions, p => p.Record.Prediction),
                Parameter.Reals(predictions, p => p.Record.Score),
                Parameter.Texts(predictions, p => StorageJson.Write(p.Record.ClassScores)),
                Parameter.Texts(predictions, p => p.Record.Label),
                Parameter.Texts(predictions, p => StorageJson.Write(p.Record.Segments)),
                Parameter.Booleans(predictions, p => p.Record.InReference),
                Parameter.Longs(labels, l => l.Place),
                Parameter.Texts(labels, l => l.Record.Id),
                Parameter.Texts(labels, l => l.Record.Label),
                Parameter.Times(labels, l => l.Record.Time),
            ]);
        }

        return database.Command(copying, records ? InsertWithRecords : Insert, [.. parameters]);
    }

    /// <param name="Actor">The actor's key.</param>
    /// <param name="Entry">The entry.</param>
    /// <param name="Index">Its index as it was given.</param>
    /// <param name="Place">Its place in the statement, from 1 as PostgreSQL's ordinality counts.</param>
    private readonly record struct Keyed(string Actor, JournalEntry Entry, int Index, long Place = 0);
}
