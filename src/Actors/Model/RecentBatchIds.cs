namespace Drift.Actors.Model;

/// <summary>
/// The batch ids of the journal entries that are not pruned yet, as their hashes: a hundred thousand texts that live for seconds would be
/// what the collector works on most. Those of pruned entries are known to the journal. Not thread-safe.
/// </summary>
internal sealed class RecentBatchIds
{
    private readonly Queue<(long Sequence, UInt128[] Ids)> _entries = new();
    private readonly HashSet<UInt128> _ids = [];

    /// <summary>How many there are.</summary>
    public int Count => _ids.Count;

    /// <summary>The first entry that has ids; without one the highest number.</summary>
    public long First => _entries.TryPeek(out var entry) ? entry.Sequence : long.MaxValue;

    /// <summary>Adds the ids of the next entry.</summary>
    public void Add(long sequence, UInt128[] ids)
    {
        if (ids.Length == 0)
            return;
        _entries.Enqueue((sequence, ids));
        foreach (var id in ids)
            _ids.Add(id);
    }

    /// <summary>Those of the ids that are among them.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="hashes">Their hashes, in their order.</param>
    public IReadOnlyList<string> Find(IReadOnlyList<string> ids, UInt128[] hashes)
    {
        List<string>? found = null;
        for (var i = 0; i < hashes.Length; i++)
        {
            if (_ids.Contains(hashes[i]))
                (found ??= []).Add(ids[i]);
        }

        return found ?? (IReadOnlyList<string>)[];
    }

    /// <summary>Forgets the ids of the entries up to a sequence, which were pruned, and tells what they were.</summary>
    public void Forget(long through, PrunedBatchIds pruned, TimeSpan uptime)
    {
        while (_entries.TryPeek(out var entry) && entry.Sequence <= through)
        {
            foreach (var id in entry.Ids)
                _ids.Remove(id);
            pruned.Add(entry.Sequence, entry.Ids, uptime);
            _entries.Dequeue();
        }
    }
}
