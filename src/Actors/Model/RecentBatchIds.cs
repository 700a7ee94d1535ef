namespace Drift.Actors.Model;

/// <summary>The batch ids of the journal entries that are not pruned yet. Those before are known to the journal. Not thread-safe.</summary>
internal sealed class RecentBatchIds
{
    private readonly Queue<(long Sequence, IReadOnlyList<string> Ids)> _entries = new();
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count => _ids.Count;

    /// <summary>Adds the ids of the next entry.</summary>
    public void Add(long sequence, IReadOnlyList<string> ids)
    {
        if (ids.Count == 0)
            return;
        _entries.Enqueue((sequence, ids));
        foreach (var id in ids)
            _ids.Add(id);
    }

    /// <summary>Those of the ids that are among them.</summary>
    public IReadOnlyList<string> Find(IReadOnlyList<string> ids)
    {
        List<string>? found = null;
        foreach (var id in ids)
        {
            if (_ids.Contains(id))
                (found ??= []).Add(id);
        }

        return found ?? (IReadOnlyList<string>)[];
    }

    /// <summary>Forgets the ids of the entries up to a sequence: they were pruned.</summary>
    public void Forget(long through)
    {
        while (_entries.TryPeek(out var entry) && entry.Sequence <= through)
        {
            foreach (var id in entry.Ids)
                _ids.Remove(id);
            _entries.Dequeue();
        }
    }
}
