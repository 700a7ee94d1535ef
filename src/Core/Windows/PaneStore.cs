using System.Buffers;
using Drift.Core.Codec;
using Drift.Core.Plans;
using Drift.Core.Profiles;

namespace Drift.Core.Windows;

/// <summary>
/// The panes of one model under one plan, per segment. Panes that rows still arrive in are held open; the others are held encoded,
/// which takes about six bytes per filled bin of a numeric column and two of a categorical one, on a shelf where there is one and they are not
/// tiny. Minutes roll up into hours and hours into days as they age. Not thread-safe.
/// </summary>
/// <remarks>
/// Disposing it takes its panes from the shelf. Afterwards it neither takes, merges nor writes any: what would come out holds nothing, and looks
/// like a model that never had a row.
/// </remarks>
public sealed class PaneStore : IDisposable
{
    /// <summary>The segment that holds all rows.</summary>
    public const string AllRows = "";

    /// <summary>Segments kept apart; rows of further ones count in one named <see cref="OtherSegments"/>.</summary>
    public const int MaxSegments = 200;

    /// <summary>The segment of the rows beyond <see cref="MaxSegments"/>.</summary>
    public const string OtherSegments = "(other)";

    // A smaller one takes hardly more memory than what says where it lies.
    private const int LeastShelved = 512;

    // Rows are late by about the same, so a few panes of the past stay open until the next minute, so many for each segment. An open one
    // has arrays of all bins and takes a multiple of an encoded one, and an upload of history would open them all.
    private const int MostLate = 4;

    private readonly Plan _plan;
    private readonly IPaneShelf? _shelf;
    private readonly Dictionary<string, SortedDictionary<PaneKey, Pane>> _segments = new(StringComparer.Ordinal);

    // Per length of a window, the merge of the encoded panes of all rows in it: they change at most once a minute, and decoding them
    // (up to two hundred) for each evaluation would cost more than everything else that a row does.
    private readonly Dictionary<TimeSpan, (DateTimeOffset From, byte[] Merge)> _settled = [];

    // Panes that had ended when rows came for them, in the order in which they were opened.
    private readonly Queue<Pane> _late = [];

    private bool _disposed;

    // What panes are encoded with, until all that are due are closed.
    private ByteWriter? _writer;

    // The minute that panes were last rolled up for.
    private long _rolledUpMinute = -1;

    /// <summary>Creates an empty store for profiles of one plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="shelf">Where encoded panes lie; null: in memory.</param>
    public PaneStore(Plan plan, IPaneShelf? shelf = null) => (_plan, _shelf) = (plan, shelf);

    /// <summary>Whether a pane could not be read from the shelf: what the store holds is not all that was counted, and it is of no more use.</summary>
    public bool IsLost { get; private set; }

    /// <summary>The segments that have panes, <see cref="AllRows"/> among them, by name.</summary>
    public IEnumerable<string> Segments => _segments.Keys.Order(StringComparer.Ordinal);

    /// <summary>How many panes there are over all segments.</summary>
    public int Count => _segments.Values.Sum(s => s.Count);

    /// <summary>How many of them are held open.</summary>
    public int OpenCount => _segments.Values.Sum(s => s.Values.Count(p => p.IsOpen));

    /// <summary>Whether a pane says how its rows were served.</summary>
    public bool HasServing => _segments.Values.Any(s => s.Values.Any(p => p.HasServing));

    /// <summary>End of the newest pane of all rows, or null without any.</summary>
    public DateTimeOffset? Newest => _segments.TryGetValue(AllRows, out var panes) && panes.Count > 0 ? panes.Keys.Last().End : null;

    /// <summary>Adds a profile's counts to a pane.</summary>
    public void Merge(string segment, PaneKey key, Profile profile)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_segments.TryGetValue(segment, out var panes))
        {
            if (segment is not AllRows and not OtherSegments && _segments.Keys.Count(s => s is not AllRows and not OtherSegments) >= MaxSegments)
            {
                Merge(OtherSegments, key, profile);
                return;
            }

            _segments.Add(segment, panes = []);
        }

        if (!panes.TryGetValue(key, out var pane))
            panes.Add(key, pane = new Pane(this));
        else if (!pane.IsOpen && segment == AllRows)
            _settled.Clear();
        var opens = !pane.IsOpen;
        pane.Open().Merge(profile);
        if (!opens || key.End.UtcTicks > _rolledUpMinute * TimeSpan.TicksPerMinute)
            return;
        _late.Enqueue(pane);
        if (_late.Count <= MostLate * _segments.Count)
            return;
        _late.Dequeue().Close(_writer ??= new ByteWriter(4096));
        _settled.Clear();
    }

    /// <summary>
    /// Rolls panes up that have aged, drops those past the horizon, and encodes those that ended. What is due changes just after
    /// whole minutes only, and windows do not depend on it, so further calls within the minute do nothing.
    /// </summary>
    public void RollUp(DateTimeOffset now)
    {
        var minute = (now.UtcTicks - 1) / TimeSpan.TicksPerMinute;
        if (minute == _rolledUpMinute)
            return;
        _rolledUpMinute = minute;
        _settled.Clear();
        foreach (var (segment, panes) in _segments.ToArray())
        {
            foreach (var (key, pane) in panes.ToArray())
            {
                // By the end of its day, so that what is dropped does not depend on how far the pane was rolled up.
                if (now - PaneKey.Of(key.Start, Granularity.Day).End > PaneKey.DaysKept)
                {
                    panes.Remove(key);
                    pane.Leave();
                }
                else if (PaneKey.For(key.Start, now) is var due && due.Granularity > key.Granularity)
                {
                    panes.Remove(key);
                    Merge(segment, due, pane.TakeOut());
                }
            }

            if (panes.Count == 0)
                _segments.Remove(segment);
        }

        Close(key => key.End < now);
    }

    /// <summary>Encodes all panes: those of a model that no rows arrive for take the least memory so.</summary>
    public void Rest() => Close(_ => true);

    private void Close(Predicate<PaneKey> which)
    {
        _settled.Clear();
        foreach (var panes in _segments.Values)
        {
            foreach (var (key, pane) in panes)
            {
                if (pane.IsOpen && which(key))
                    pane.Close(_writer ??= new ByteWriter(4096));
            }
        }

        _late.Clear();
        _writer = null;
    }

    /// <summary>
    /// The merge of a segment's panes that overlap [from, to). The far end of a window therefore reaches back to the start of the
    /// pane it falls into: up to an hour more than 24 h, up to a day more than 7 d and 30 d.
    /// </summary>
    public Profile MergeRange(string segment, DateTimeOffset from, DateTimeOffset to)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var merged = new Profile(_plan);
        if (!_segments.TryGetValue(segment, out var panes))
            return merged;
        Profile? scratch = null;
        foreach (var (key, pane) in panes)
        {
            if (key.Start < to && key.End > from)
                merged.Merge(pane.Peek(ref scratch));
        }

        return merged;
    }

    /// <summary>
    /// The merge of a segment's panes in a window that ends now; rows ahead of now by clock skew count as well. Its far end is the
    /// start of the pane that is due there by age, so the result does not depend on when panes were last rolled up.
    /// </summary>
    public Profile MergeWindow(string segment, Window window, DateTimeOffset now)
    {
        var from = PaneKey.For(now - window.Length, now).Start;
        if (segment != AllRows || !_segments.TryGetValue(segment, out var panes) || panes.Count < 3)
            return MergeRange(segment, from, DateTimeOffset.MaxValue);

        var merged = new Profile(_plan);
        if (_settled.TryGetValue(window.Length, out var settled) && settled.From == from)
        {
            var reader = new ByteReader(settled.Merge, "window");
            merged.Load(ref reader);
            merged.LoadServing(ref reader, optional: true);
        }
        else
        {
            Profile? scratch = null;
            foreach (var (key, pane) in panes)
            {
                if (!pane.IsOpen && key.End > from)
                    merged.Merge(pane.Peek(ref scratch));
            }

            var writer = new ByteWriter(4096);
            merged.Write(writer);
            merged.WriteServing(writer, optional: true);
            _settled[window.Length] = (from, writer.ToArray());
        }

        Profile? unused = null;
        foreach (var (key, pane) in panes)
        {
            if (pane.IsOpen && key.End > from)
                merged.Merge(pane.Peek(ref unused));
        }

        return merged;
    }

    /// <summary>Encodes all panes.</summary>
    public void Write(ByteWriter writer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var scratch = new ByteWriter(4096);
        writer.WriteVarint((ulong)_segments.Count);
        foreach (var segment in Segments)
        {
            writer.WriteString(segment);
            writer.WriteVarint((ulong)_segments[segment].Count);
            foreach (var (key, pane) in _segments[segment])
            {
                writer.WriteByte((byte)key.Granularity);
                writer.WriteCount(key.StartMinute);
                writer.WriteBytes(pane.Encoded(scratch));
            }
        }
    }

    /// <summary>Decodes panes that <see cref="Write"/> wrote under the same plan.</summary>
    /// <param name="reader">Where they begin.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="shelf">Where encoded panes lie; null: in memory.</param>
    /// <exception cref="CodecException">The bytes are damaged.</exception>
    public static PaneStore Read(ref ByteReader reader, Plan plan, IPaneShelf? shelf = null)
    {
        var store = new PaneStore(plan, shelf);
        try
        {
            store.Read(ref reader);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        foreach (var panes in _segments.Values)
        {
            foreach (var pane in panes.Values)
                pane.Leave();
        }

        _segments.Clear();
    }

    private void Read(ref ByteReader reader)
    {
        var checkedInto = new Profile(_plan);
        for (var segments = reader.ReadLength(2); segments > 0; segments--)
        {
            var panes = new SortedDictionary<PaneKey, Pane>();
            _segments[reader.ReadString()] = panes;
            for (var left = reader.ReadLength(3); left > 0; left--)
            {
                var key = PaneKey.Read(ref reader);
                var encoded = reader.ReadBytes();
                var inner = new ByteReader(encoded, $"pane {key}");
                // Read once here, so that damage is found while the snapshot is opened and not at the first verdict.
                checkedInto.Load(ref inner);
                checkedInto.LoadServing(ref inner, optional: true);
                inner.End();
                var pane = new Pane(this);
                pane.Keep(encoded, checkedInto.Serving is { IsEmpty: false });
                panes[key] = pane;
            }
        }
    }

    /// <summary>Reads a pane from the shelf.</summary>
    private void Fetch(ShelvedPane shelved, Span<byte> pane)
    {
        try
        {
            _shelf!.Read(shelved, pane);
        }
        catch
        {
            IsLost = true;
            throw;
        }
    }

    /// <summary>Counts in one of three forms, or none yet: open, encoded, encoded on the shelf.</summary>
    private sealed class Pane(PaneStore store)
    {
        private Profile? _open;
        private byte[]? _encoded;
        private ShelvedPane? _shelved;
        private bool _serving;

        public bool HasServing => _open is null ? _serving : _open.Serving is { IsEmpty: false };

        public bool IsOpen => _open is not null;

        /// <summary>The counts, to be changed.</summary>
        public Profile Open()
        {
            if (_open is null)
            {
                Profile? own = null;
                var open = Peek(ref own);
                Leave();
                _open = open;
            }

            return _open;
        }

        /// <summary>The counts; the pane has none afterwards.</summary>
        public Profile TakeOut()
        {
            var counts = Open();
            Leave();
            return counts;
        }

        /// <summary>The counts, only to be read, and only until the next pane is read with the same scratch.</summary>
        public Profile Peek(ref Profile? scratch)
        {
            if (_open is not null)
                return _open;
            scratch ??= new Profile(store._plan);
            if (_shelved is not { } shelved)
            {
                if (_encoded is not null)
                    Load(_encoded, scratch);
                return scratch;
            }

            var fetched = ArrayPool<byte>.Shared.Rent(shelved.Length);
            try
            {
                store.Fetch(shelved, fetched.AsSpan(0, shelved.Length));
                Load(fetched.AsSpan(0, shelved.Length), scratch);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(fetched);
            }

            return scratch;
        }

        /// <summary>Encodes the counts, if they are open.</summary>
        public void Close(ByteWriter writer)
        {
            if (_open is null)
                return;
            var serving = HasServing;
            Keep(Encoded(writer), serving);
        }

        /// <summary>Takes encoded counts, which are copied.</summary>
        public void Keep(ReadOnlySpan<byte> encoded, bool serving)
        {
            Leave();
            _serving = serving;
            if (encoded.Length >= LeastShelved && store._shelf?.TryPut(encoded, out var shelved) == true)
                _shelved = shelved;
            else
                _encoded = encoded.ToArray();
        }

        /// <summary>The encoded counts, until the writer is next used.</summary>
        public ReadOnlySpan<byte> Encoded(ByteWriter writer)
        {
            if (_encoded is not null)
                return _encoded;
            writer.Reset();
            if (_shelved is { } shelved)
            {
                store.Fetch(shelved, writer.Append(shelved.Length));
            }
            else if (_open is not null)
            {
                _open.Write(writer);
                _open.WriteServing(writer, optional: true);
            }

            return writer.Written;
        }

        /// <summary>Forgets the counts, in whatever form they are.</summary>
        public void Leave()
        {
            _open = null;
            _encoded = null;
            if (_shelved is { } shelved)
                store._shelf!.Remove(shelved);
            _shelved = null;
        }

        private static void Load(ReadOnlySpan<byte> encoded, Profile into)
        {
            var reader = new ByteReader(encoded, "pane");
            into.Load(ref reader);
            into.LoadServing(ref reader, optional: true);
        }
    }
}
