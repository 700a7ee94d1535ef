using Drift.Actors.Ports;

namespace Drift.Storage.Tests.Support;

internal static class JournalExtensions
{
    /// <summary>Whether an actor has a batch id, in an entry or from a pruned one.</summary>
    public static async Task<bool> ContainsAsync(this IJournal journal, string actorKey, string batchId, CancellationToken cancellationToken) =>
        (await journal.ReadBatchIdsAsync(actorKey, cancellationToken)).Any(e => e.BatchIds.Contains(batchId))
        || (await journal.FindPrunedBatchIdsAsync(actorKey, [batchId], cancellationToken)).Contains(batchId);
}
