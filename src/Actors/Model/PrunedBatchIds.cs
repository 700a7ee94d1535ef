using System.Numerics;

namespace Drift.Actors.Model;

/// <summary>
/// Where the batch ids of pruned journal entries are: of each id 4 bytes of its hash and 4 of its entry's sequence, between 11 and 22 bytes of
/// memory per id. Of nearly every new id it says at once that no pruned entry had it; for the others it names the few entries to look into.
/// It never leaves out the entry of an id that it remembers. Not thread-safe.
/// </summary>
/// <param name="horizon">How long an id is remembered at least, unless <paramref name="most"/> others came after it; at most twice as long.</param>
/// <param name="most">How many ids are remembered at least when more come within the horizon; at most twice as many.</param>
/// <param name="uptime">Now, as a time that passes evenly: a wall clock that jumps by a day would make it forget what came a moment ago.</param>
internal sealed class PrunedBatchIds(TimeSpan horizon, int most, TimeSpan uptime)
{
    private Places _young = new();
    private Places _old = new();
    private TimeSpan _youngSince = uptime;

    /// <summary>Up to which sequence the ids of entries were forgotten; 0: of none.</summary>
    public long ForgottenThrough { get; private set; }

    /// <summary>The last entry that may be older than the horizon, whatever the wall clock says; all may that were pruned before this was made.</summary>
    public long AgedThrough => _young.Count == 0 ? long.MaxValue : _young.First - 1;

    /// <summary>Remembers the ids of an entry that was pruned now.</summary>
    public void Add(long sequence, ReadOnlySpan<UInt128> ids, TimeSpan uptime)
    {
        if (uptime - _youngSince >= horizon || _young.Count >= most)
        {
            ForgottenThrough = Math.Max(ForgottenThrough, _old.Last);
            (_old, _young, _youngSince) = (_young, new Places(), uptime);
        }

        _young.Add(sequence, ids);
    }

    /// <summary>Remembers the ids of an entry that was pruned before this was made; of several, the youngest comes first.</summary>
    /// <returns>Whether there is room for more.</returns>
    public bool AddEarlier(long sequence, ReadOnlySpan<UInt128> ids)
    {
        _old.Add(sequence, ids);
        return _old.Count < most;
    }

    /// <summary>The sequences of the entries that may have had one of the ids; none for nearly all that are new.</summary>
    public IReadOnlyCollection<long> EntriesOf(ReadOnlySpan<UInt128> ids)
    {
        HashSet<long>? entries = null;
        foreach (var id in ids)
        {
            _young.Find(id, ref entries);
            _old.Find(id, ref entries);
        }

        return entries ?? (IReadOnlyCollection<long>)[];
    }

    /// <summary>
    /// Ids with their entries by open addressing. A place holds the lowest 32 bits of an id's hash, 0 counting as 1, above the lowest 32 bits of
    /// a sequence: no model has four thousand million entries within the horizon. 0 is an empty place.
    /// </summary>
    private sealed class Places
    {
        private ulong[] _places = [];

        public int Count { get; private set; }

        /// <summary>The lowest sequence of its entries.</summary>
        public long First { get; private set; } = long.MaxValue;

        /// <summary>The highest sequence of its entries.</summary>
        public long Last { get; private set; }

        public void Add(long sequence, ReadOnlySpan<UInt128> ids)
        {
            First = Math.Min(First, sequence);
            Last = Math.Max(Last, sequence);
            if (4L * (Count + ids.Length) > 3L * _places.Length)
                Grow(Count + ids.Length);
            foreach (var id in ids)
            {
                ref var place = ref Place(PrintOf(id) | (uint)sequence);
                if (place != 0)
                    continue;
                place = PrintOf(id) | (uint)sequence;
                Count++;
            }
        }

        public void Find(UInt128 id, ref HashSet<long>? entries)
        {
            if (Count == 0)
                return;
            var print = PrintOf(id);
            for (var i = PlaceOf(print); _places[i] != 0; i = Next(i))
            {
                if ((_places[i] & ~(ulong)uint.MaxValue) == print)
                    (entries ??= []).Add(Last - (uint)((uint)Last - (uint)_places[i]));
            }
        }

        private static ulong PrintOf(UInt128 id) => (ulong)Math.Max((uint)id, 1) << 32;

        // The lowest bits vary as much as any: they are those of a hash.
        private int PlaceOf(ulong print) => (int)(print >> 32) & (_places.Length - 1);

        private int Next(int place) => (place + 1) & (_places.Length - 1);

        /// <summary>Where the same stands, or the empty place for it.</summary>
        private ref ulong Place(ulong value)
        {
            var i = PlaceOf(value);
            while (_places[i] != 0 && _places[i] != value)
                i = Next(i);
            return ref _places[i];
        }

        private void Grow(int count)
        {
            var before = _places;
            _places = new ulong[Math.Max(64, (int)BitOperations.RoundUpToPowerOf2((uint)(count + (count / 3) + 1)))];
            foreach (var value in before)
            {
                if (value != 0)
                    Place(value) = value;
            }
        }
    }
}
