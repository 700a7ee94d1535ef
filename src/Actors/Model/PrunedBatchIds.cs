namespace Drift.Actors.Model;

/// <summary>
/// What an actor remembers of the batch ids that pruning moved out of its journal: enough to say of nearly every new id that it is none of
/// them, so that an append need not look. 4 bytes of each id's hash, between 4 and 8 bytes of memory per id, at most 16 MiB; it may take an
/// id for one of them that is none (one in ten thousand when 400 000 are remembered), never the other way round. Not thread-safe.
/// </summary>
/// <param name="horizon">How long an id is remembered at least; at most twice as long.</param>
/// <param name="createdAt">Now.</param>
internal sealed class PrunedBatchIds(TimeSpan horizon, DateTimeOffset createdAt)
{
    /// <summary>The most ids of one horizon; when more come, everything may be one of them.</summary>
    public const int Most = 1_500_000;

    private Prints _young = new();
    private Prints _old = new();
    private DateTimeOffset _youngSince = createdAt;
    private bool _complete;

    /// <summary>The ids that were pruned before it was made have been added, so many of them as there are, and at most <see cref="Most"/>.</summary>
    /// <param name="read">How many were read: when that is the most, some may have been left out, and everything may be one of them.</param>
    public void Complete(int read) => _complete = read < Most;

    /// <summary>Remembers ids.</summary>
    public void Add(ReadOnlySpan<UInt128> ids, DateTimeOffset now)
    {
        if (now - _youngSince >= horizon)
            (_old, _young, _youngSince) = (_young, new Prints(), now);
        foreach (var id in ids)
            _young.Add((uint)id);
    }

    /// <summary>False when none of the ids is one of them for certain.</summary>
    public bool MayHave(ReadOnlySpan<UInt128> ids)
    {
        if (ids.Length > 0 && (!_complete || _young.IsFull || _old.IsFull))
            return true;
        foreach (var id in ids)
        {
            if (_young.Contains((uint)id) || _old.Contains((uint)id))
                return true;
        }

        return false;
    }

    /// <summary>A set of numbers by open addressing; 0 stands for an empty place and counts as 1.</summary>
    private sealed class Prints
    {
        private uint[] _places = [];
        private int _count;

        /// <summary>Whether it took no more, so that anything may belong to it.</summary>
        public bool IsFull => _count >= Most;

        public void Add(uint print)
        {
            if (IsFull)
            {
                // What cannot be told apart any more need not be kept.
                _places = [];
                return;
            }

            if (4 * (_count + 1) > 3 * _places.Length)
                Grow();
            ref var place = ref Place(print = Math.Max(print, 1));
            if (place == print)
                return;
            place = print;
            _count++;
        }

        public bool Contains(uint print) => _places.Length > 0 && Place(Math.Max(print, 1)) != 0;

        private ref uint Place(uint print)
        {
            var mask = _places.Length - 1;
            // The lowest bits vary as much as any: they are those of a hash.
            var i = (int)print & mask;
            while (_places[i] != 0 && _places[i] != print)
                i = (i + 1) & mask;
            return ref _places[i];
        }

        private void Grow()
        {
            var before = _places;
            _places = new uint[Math.Max(64, 2 * before.Length)];
            foreach (var print in before)
            {
                if (print != 0)
                    Place(print) = print;
            }
        }
    }
}
