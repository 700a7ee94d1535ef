using Drift.Actors.Ports;

namespace Drift.Storage.Tests.Support;

internal static class JournalExtensions
{
    /// <summary>Whether an actor has a batch id, in an entry that is pruned or not.</summary>
    public static async Task<bool> ContainsAsync(this IJournal journal, string actorKey, string batchId, CancellationToken cancellationToken) =>
        (await journal.ReadBatchIdsAsync(actorKey, cancellationToken)).Any(e => e.BatchIds.Contains(batchId))
        || (await journal.PrunedAsync(actorKey)).Any(e => e.BatchIds.Contains(batchId));

    /// <summary>The pruned entries of an actor with their batch ids, as they come.</summary>
    public static async Task<List<EntryBatchIds>> PrunedAsync(this IJournal journal, string actorKey)
    {
        var entries = new List<EntryBatchIds>();
        await foreach (var entry in journal.ReadPrunedBatchIdsAsync(actorKey, default))
            entries.Add(entry);
        return entries;
    }
}
