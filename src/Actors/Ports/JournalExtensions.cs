namespace Drift.Actors.Ports;

/// <summary>Shorter forms of what a journal is asked.</summary>
public static class JournalExtensions
{
    /// <summary>Whether a batch id of an actor was appended within the idempotency horizon.</summary>
    public static async Task<bool> ContainsAsync(this IJournal journal, string actorKey, string batchId, CancellationToken cancellationToken) =>
        (await journal.FindBatchIdsAsync(actorKey, [batchId], cancellationToken)).Count > 0;
}
