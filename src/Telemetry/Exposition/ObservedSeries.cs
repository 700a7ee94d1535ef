namespace Drift.Telemetry.Exposition;

/// <summary>
/// What the observable instruments of one family report in a scrape: series by their labels, each with a value. It is used for one family after
/// the other and takes no memory anew, and nothing of a series is kept until the next scrape. Not thread-safe.
/// </summary>
internal sealed class ObservedSeries
{
    private readonly List<(int Series, double Value)> _reports = [];

    // Labels, one after the other.
    private byte[] _bytes = new byte[4096];
    private int _used;

    // In the order in which they were reported first.
    private Entry[] _entries = new Entry[64];
    private int _count;

    // Open addressing over the hash of the key: 1 + the series, or 0. A power of two, at most half full.
    private int[] _table = new int[128];

    // Where they stood when the callback under way began.
    private int _countBefore;
    private int _usedBefore;

    /// <summary>How many series there are.</summary>
    public int Count => _count;

    /// <summary>Forgets all series.</summary>
    public void Clear() => RemoveFrom(0, 0);

    /// <summary>A callback begins to report.</summary>
    public void Begin() => (_countBefore, _usedBefore) = (_count, _used);

    /// <summary>Notes what a callback reports; false when there are as many series as may be, and this is none of them.</summary>
    /// <param name="labels">The labels, as written last.</param>
    /// <param name="value">The value.</param>
    /// <param name="limit">The most series.</param>
    public bool TryReport(LabelWriter labels, double value, int limit)
    {
        var key = labels.Key;
        var hash = KeyComparer.Instance.GetHashCode(key);
        var slot = Find(key, hash);
        var isNew = _table[slot] == 0;
        if (isNew && _count >= limit)
            return false;
        _reports.Add((isNew ? Add(labels, hash, slot) : _table[slot] - 1, value));
        return true;
    }

    /// <summary>The callback has reported all. Of a series reported twice the parts of a total are added; of a gauge the last report stands.</summary>
    public void Commit(bool isAdditive)
    {
        foreach (var (series, value) in _reports)
        {
            ref var entry = ref _entries[series];
            entry.Value = isAdditive && entry.IsReported ? entry.Value + value : value;
            entry.IsReported = true;
        }

        _reports.Clear();
    }

    /// <summary>The callback threw: nothing that it reported is shown, as a part of a snapshot would look like vanished series.</summary>
    public void Rollback()
    {
        _reports.Clear();
        RemoveFrom(_countBefore, _usedBefore);
    }

    /// <summary>The text between a sample's braces.</summary>
    public ReadOnlySpan<byte> Labels(int series) => _bytes.AsSpan(_entries[series].Text, _entries[series].TextLength);

    /// <summary>The value of a series.</summary>
    public double Value(int series) => _entries[series].Value;

    /// <summary>The series in the order of their keys.</summary>
    /// <param name="order">Their order in the scrape before, which mostly still holds; the present one is left in it.</param>
    public ReadOnlySpan<int> Sort(ref int[] order)
    {
        if (order.Length != _count)
        {
            order = new int[_count];
            for (var i = 0; i < order.Length; i++)
                order[i] = i;
        }

        if (!IsSorted(order))
            order.AsSpan().Sort(new ByKey(this));
        return order;
    }

    private bool IsSorted(int[] order)
    {
        for (var i = 1; i < order.Length; i++)
        {
            if (Key(order[i - 1]).SequenceCompareTo(Key(order[i])) > 0)
                return false;
        }

        return true;
    }

    private ReadOnlySpan<byte> Key(int series) => _bytes.AsSpan(_entries[series].Key, _entries[series].KeyLength);

    private int Find(ReadOnlySpan<byte> key, int hash)
    {
        var slot = hash & (_table.Length - 1);
        while (_table[slot] is not 0 and var series && !(_entries[series - 1].Hash == hash && Key(series - 1).SequenceEqual(key)))
            slot = (slot + 1) & (_table.Length - 1);
        return slot;
    }

    private int Add(LabelWriter labels, int hash, int slot)
    {
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, 2 * _count);
            _table = new int[4 * _count];
            for (var series = 0; series < _count; series++)
                Place(series, FreeSlot(_entries[series].Hash));
            slot = FreeSlot(hash);
        }

        var key = labels.Key;
        var text = labels.Text;
        ref var entry = ref _entries[_count];
        entry = new Entry { Hash = hash, Key = Append(key), KeyLength = key.Length, TextLength = text.Length };
        entry.Text = text.SequenceEqual(key) ? entry.Key : Append(text);
        Place(_count, slot);
        return _count++;
    }

    private void Place(int series, int slot)
    {
        _table[slot] = series + 1;
        _entries[series].Slot = slot;
    }

    private int FreeSlot(int hash)
    {
        var slot = hash & (_table.Length - 1);
        while (_table[slot] != 0)
            slot = (slot + 1) & (_table.Length - 1);
        return slot;
    }

    private int Append(ReadOnlySpan<byte> bytes)
    {
        if (_used + bytes.Length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _used + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(_used));
        _used += bytes.Length;
        return _used - bytes.Length;
    }

    // The latest first: the table is then as it was before they came.
    private void RemoveFrom(int count, int used)
    {
        while (_count > count)
            _table[_entries[--_count].Slot] = 0;
        _used = used;
    }

    private struct Entry
    {
        public int Hash;
        public int Slot;
        public int Key;
        public int KeyLength;
        public int Text;
        public int TextLength;
        public bool IsReported;
        public double Value;
    }

    private readonly struct ByKey(ObservedSeries series) : IComparer<int>
    {
        public int Compare(int x, int y) => series.Key(x).SequenceCompareTo(series.Key(y));
    }
}
