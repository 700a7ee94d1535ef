using Drift.Actors;
using Drift.Actors.Ports;

namespace Drift.Storage.Journal;

/// <summary>
/// Finds entries of which at most one can be appended: of one actor, with the same sequence or a batch id in common. The second one's
/// outcome depends on the first one's, so they do not go into one group. Not thread-safe.
/// </summary>
internal sealed class Rivals
{
    private readonly HashSet<(ModelId Model, long Sequence)> _sequences = [];
    private readonly HashSet<(ModelId Model, string BatchId)> _batches = [];

    /// <summary>Whether the entry has no rival among those added before; then it is added.</summary>
    public bool TryAdd(JournalEntry entry)
    {
        foreach (var batchId in entry.BatchIds)
        {
            if (_batches.Contains((entry.Model, batchId)))
                return false;
        }

        if (!_sequences.Add((entry.Model, entry.Sequence)))
            return false;
        foreach (var batchId in entry.BatchIds)
            _batches.Add((entry.Model, batchId));
        return true;
    }

    public void Clear()
    {
        _sequences.Clear();
        _batches.Clear();
    }
}
