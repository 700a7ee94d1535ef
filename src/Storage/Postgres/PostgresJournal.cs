using System.Data;
using System.Runtime.CompilerServices;
using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Storage.Journal;
using Npgsql;

namespace Drift.Storage.Postgres;

internal sealed class PostgresJournal(PostgresDatabase database, PredictionDays days) : IGroupJournal
{
    // What comes back was appended: of the others, the sequence or the batch id is taken. That is expected traffic, so it is no error in
    // the server's log.
    private const string Insert = """
        insert into drift_journal (actor_key, seq, kind, batch_id, appended_at, payload)
        select actor_key, seq, kind, batch_id, appended_at, payload
        from unnest($1, $2, $3, $4, $5, $6) as e (actor_key, seq, kind, batch_id, appended_at, payload)
        on conflict do nothing
        returning actor_key, seq
        """;

    // One statement, so one transaction and one round trip. The records hang on their entry, by its place in the group: without it,
    // they are not written. All in one order: groups that name the same ids at once wait for each other instead of ending in a
    // deadlock. Of several records with one id the first stays; of predictions on several days, readers take the first.
    private const string InsertWithRecords = """
        with entry as (
            insert into drift_journal (actor_key, seq, kind, batch_id, appended_at, payload)
            select actor_key, seq, kind, batch_id, appended_at, payload
            from unnest($1, $2, $3, $4, $5, $6) as e (actor_key, seq, kind, batch_id, appended_at, payload)
            on conflict do nothing
            returning actor_key, seq
        ), appended as (
            select g.place, g.tenant, g.model, g.seq, g.appended_at
            from unnest($1, $2, $5, $7, $8) with ordinality as g (actor_key, seq, appended_at, tenant, model, place)
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

    private const string Known = """
        select k.actor_key, k.batch_id from unnest($1, $2) as k (actor_key, batch_id)
        where exists (select from drift_journal j where j.actor_key = k.actor_key and j.batch_id = k.batch_id and j.batch_id is not null)
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
        cancellationToken.ThrowIfCancellationRequested();
        RecordText.Check(entry);
        return (await AppendAsync([entry]).ConfigureAwait(false))[0];
    }

    public async Task<AppendOutcome[]> AppendAsync(IReadOnlyList<JournalEntry> entries)
    {
        // In order of actor, so that the groups of two hosts that write for the same actors do not wait for each other crosswise.
        var group = entries.Select((entry, index) => new Keyed(ActorKey.Model(entry.Model), entry, index))
            .OrderBy(e => e.Actor, StringComparer.Ordinal).ThenBy(e => e.Entry.Sequence).ToArray();
        var appended = await WriteAsync(group).ConfigureAwait(false);
        var known = appended.Count == group.Length
            ? []
            : await KnownAsync([.. group.Where(e => e.Entry.BatchId is not null && !appended.Contains((e.Actor, e.Entry.Sequence)))]).ConfigureAwait(false);
        var outcomes = new AppendOutcome[group.Length];
        foreach (var (actor, entry, index) in group)
        {
            outcomes[index] = appended.Contains((actor, entry.Sequence)) ? AppendOutcome.Appended
                : entry.BatchId is { } batchId && known.Contains((actor, batchId)) ? AppendOutcome.Duplicate
                : AppendOutcome.Conflict;
        }

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

    private async Task<HashSet<(string Actor, long Sequence)>> WriteAsync(Keyed[] group)
    {
        var needed = group.Where(e => e.Entry.Predictions.Count > 0).Select(e => PredictionDays.DayOf(e.Entry.At)).Distinct().ToArray();
        for (var attempt = 1; ; attempt++)
        {
            await days.EnsureAsync(needed, CancellationToken.None).ConfigureAwait(false);
            try
            {
                return (await database.QueryAsync(() => Command(group), row => (row.GetString(0), row.GetInt64(1)), CancellationToken.None)
                    .ConfigureAwait(false)).ToHashSet();
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.CheckViolation && attempt == 1)
            {
                // Another host dropped the day's partition, by a clock that is ahead; nothing of the group was written.
                days.Forget();
            }
        }
    }

    // What stood in the way is committed, so a second look finds it.
    private async Task<HashSet<(string Actor, string BatchId)>> KnownAsync(Keyed[] entries) =>
        entries.Length == 0
            ? []
            : (await database.QueryAsync(
                () => database.Command(Known, Parameter.Texts(entries, e => e.Actor), Parameter.Texts(entries, e => e.Entry.BatchId)),
                row => (row.GetString(0), row.GetString(1)),
                CancellationToken.None).ConfigureAwait(false)).ToHashSet();

    private NpgsqlCommand Command(Keyed[] group)
    {
        var bare = group.All(e => e.Entry.Predictions.Count + e.Entry.Labels.Count == 0);
        var command = database.Command(
            bare ? Insert : InsertWithRecords,
            Parameter.Texts(group, e => e.Actor),
            Parameter.Longs(group, e => e.Entry.Sequence),
            Parameter.Shorts(group, e => e.Entry.Kind),
            Parameter.Texts(group, e => e.Entry.BatchId),
            Parameter.Times(group, e => e.Entry.At),
            Parameter.Binaries(group, e => e.Entry.Payload));
        if (bare)
            return command;

        // Places count from 1, as PostgreSQL's ordinality does.
        var predictions = group.SelectMany((e, i) => e.Entry.Predictions.Select(p => (Place: i + 1L, Record: p))).ToArray();
        var labels = group.SelectMany((e, i) => e.Entry.Labels.Select(l => (Place: i + 1L, Record: l))).ToArray();
        foreach (var parameter in (ReadOnlySpan<NpgsqlParameter>)
        [
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
        ])
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private readonly record struct Keyed(string Actor, JournalEntry Entry, int Index);
}
