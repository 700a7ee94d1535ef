using System.Collections.Concurrent;
using Drift.Actors.Ports;
using Drift.Storage.Journal;

namespace Drift.Storage.Tests.Support;

/// <summary>Keeps groups waiting until it is opened, and counts them. Without a journal behind it, everything is appended.</summary>
internal sealed class GatedJournal(IGroupJournal? inner = null) : IGroupJournal
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The groups so far, in order.</summary>
    public ConcurrentQueue<IReadOnlyList<JournalEntry>> Groups { get; } = [];

    /// <summary>Completes when the first group stands at the gate.</summary>
    public Task Entered => _entered.Task;

    /// <summary>Throws for a group that it does not like.</summary>
    public Action<IReadOnlyList<JournalEntry>>? OnAppend { get; set; }

    /// <summary>Lets all groups through from now on.</summary>
    public void Open() => _open.TrySetResult();

    public async Task<AppendOutcome[]> AppendAsync(IReadOnlyList<JournalEntry> entries)
    {
        Groups.Enqueue(entries);
        _entered.TrySetResult();
        await _open.Task;
        OnAppend?.Invoke(entries);
        return inner is null ? [.. entries.Select(_ => AppendOutcome.Appended)] : await inner.AppendAsync(entries);
    }

    public async Task<AppendOutcome> AppendAsync(JournalEntry entry, CancellationToken cancellationToken) => (await AppendAsync([entry]))[0];

    public IAsyncEnumerable<StoredEntry> ReadAsync(string actorKey, long afterSequence, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<EntryBatchIds>> ReadBatchIdsAsync(string actorKey, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<EntryBatchIds> ReadPrunedBatchIdsAsync(string actorKey, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlySet<string>> FindPrunedBatchIdsAsync(
        string actorKey, IReadOnlyCollection<long> sequences, IReadOnlyCollection<string> batchIds, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task PruneAsync(string actorKey, long throughSequence, DateTimeOffset entriesBefore, long entriesThrough, long idsThrough, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
