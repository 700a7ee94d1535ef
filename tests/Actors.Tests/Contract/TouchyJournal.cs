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

    public Task<IReadOnlySet<string>> FindPrunedBatchIdsAsync(string actorKey, IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken) =>
        inner.FindPrunedBatchIdsAsync(actorKey, batchIds, cancellationToken);

    public IAsyncEnumerable<string> ReadPrunedBatchIdsAsync(string actorKey, int most, CancellationToken cancellationToken) =>
        inner.ReadPrunedBatchIdsAsync(actorKey, most, cancellationToken);

    public Task PruneAsync(string actorKey, long throughSequence, DateTimeOffset idsBefore, CancellationToken cancellationToken) => harness.OnPrune is { } fail
        ? fail(() => inner.PruneAsync(actorKey, throughSequence, idsBefore, cancellationToken))
        : inner.PruneAsync(actorKey, throughSequence, idsBefore, cancellationToken);
}
