using Drift.Actors.Ports;

namespace Drift.Actors.Tests.Contract;

/// <summary>The real journal, which fails when the test says so.</summary>
public sealed class TouchyJournal(EngineHarness harness, IJournal inner) : IJournal
{
    public Task<AppendOutcome> AppendAsync(JournalEntry entry, CancellationToken cancellationToken) => harness.OnAppend is { } fail
        ? fail(entry, () => inner.AppendAsync(entry, cancellationToken))
        : inner.AppendAsync(entry, cancellationToken);

    public IAsyncEnumerable<StoredEntry> ReadAsync(string actorKey, long afterSequence, CancellationToken cancellationToken)
    {
        harness.CountJournalRead();
        return inner.ReadAsync(actorKey, afterSequence, cancellationToken);
    }

    public Task<IReadOnlyList<EntryBatchIds>> ReadBatchIdsAsync(string actorKey, CancellationToken cancellationToken) =>
        inner.ReadBatchIdsAsync(actorKey, cancellationToken);

    public IAsyncEnumerable<EntryBatchIds> ReadPrunedBatchIdsAsync(string actorKey, CancellationToken cancellationToken) => harness.OnReadPruned is { } fail
        ? fail(() => inner.ReadPrunedBatchIdsAsync(actorKey, cancellationToken))
        : inner.ReadPrunedBatchIdsAsync(actorKey, cancellationToken);

    public Task<IReadOnlySet<string>> FindPrunedBatchIdsAsync(
        string actorKey, IReadOnlyCollection<long> sequences, IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken) =>
        inner.FindPrunedBatchIdsAsync(actorKey, sequences, batchIds, cancellationToken);

    public Task PruneAsync(string actorKey, long throughSequence, DateTimeOffset entriesBefore, long entriesThrough, long idsThrough, CancellationToken cancellationToken) => harness.OnPrune is { } fail
        ? fail(() => inner.PruneAsync(actorKey, throughSequence, entriesBefore, entriesThrough, idsThrough, cancellationToken))
        : inner.PruneAsync(actorKey, throughSequence, entriesBefore, entriesThrough, idsThrough, cancellationToken);
}
