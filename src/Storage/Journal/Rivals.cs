using Drift.Actors;
using Drift.Actors.Ports;

namespace Drift.Storage.Journal;

/// <summary>
/// Finds entries of which at most one can be appended: of one actor, with the same sequence. The second one's outcome depends on the first
/// one's, so they do not go into one group. Not thread-safe.
/// </summary>
internal sealed class Rivals
{
    private readonly HashSet<(ModelId Model, long Sequence)> _sequences = [];

    /// <summary>Whether the entry has no rival among those added before; then it is added.</summary>
    public bool TryAdd(JournalEntry entry) => _sequences.Add((entry.Model, entry.Sequence));

    public void Clear() => _sequences.Clear();
}
