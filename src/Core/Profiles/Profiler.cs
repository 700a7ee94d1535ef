using System.Buffers;
using System.Runtime.InteropServices;
using Drift.Core.Codec;
using Drift.Core.Plans;
using Drift.Core.Rows;
using Drift.Core.Windows;

namespace Drift.Core.Profiles;

/// <summary>
/// Bins batches under a plan into deltas. Holds scratch memory, so one profiler serves one batch at a time; rent one per request.
/// Not thread-safe.
/// </summary>
public sealed class Profiler
{
    // Groups beyond are not kept for the next batch.
    private const int MostGroups = 1000;

    private readonly ByteWriter _writer = new(16 * 1024);
    private readonly Dictionary<(string Segment, PaneKey Pane), RowGroup> _groups = [];
    private readonly ArrivedRows[] _one = new ArrivedRows[1];
    private Profile? _scratch;
    private int[] _allRows = [];

    /// <summary>Bins all rows of a batch.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="plan">The plan to bin under.</param>
    /// <param name="now">Time of arrival: the event time of rows without one, and what ages are measured from.</param>
    /// <returns>The delta's bytes.</returns>
    public byte[] Bin(RowBatch batch, Plan plan, DateTimeOffset now)
    {
        _one[0] = new ArrivedRows(batch, now);
        var delta = Bin(_one, plan);
        _one[0] = default;
        return delta;
    }

    /// <summary>Bins all rows of several batches into one delta, the same as that of one batch with all of them.</summary>
    /// <param name="batches">The rows.</param>
    /// <param name="plan">The plan to bin under.</param>
    /// <returns>The delta's bytes.</returns>
    public byte[] Bin(IReadOnlyList<ArrivedRows> batches, Plan plan)
    {
        if (!ReferenceEquals(_scratch?.Plan, plan))
            _scratch = new Profile(plan);
        var count = 0;
        bool adapters = false, serving = false;
        foreach (var batch in batches)
        {
            count += batch.Count;
            adapters |= batch.Rows.Serving.HasAdapters;
            serving |= batch.Rows.Serving.HasMeasures;
        }

        if (plan.Segments.Count == 0 && !adapters && TryOnePane(batches, out var only))
        {
            Delta.Begin(_writer, plan, count, 1, serving);
            _scratch.Clear();
            foreach (var batch in batches)
                _scratch.Add(batch.Rows, AllRows(batch.First + batch.Count)[batch.First..]);
            Delta.Append(_writer, PaneStore.AllRows, only, _scratch, serving);
            return Delta.End(_writer);
        }

        foreach (var group in _groups.Values)
            group.Clear();
        for (var i = 0; i < batches.Count; i++)
            Group(i, batches[i], plan);

        var parts = 0;
        foreach (var group in _groups.Values)
            parts += group.IsEmpty ? 0 : 1;
        Delta.Begin(_writer, plan, count, parts, serving);
        foreach (var ((segment, pane), group) in _groups)
        {
            if (group.IsEmpty)
                continue;
            _scratch.Clear();
            group.AddTo(_scratch, batches);
            Delta.Append(_writer, segment, pane, _scratch, serving);
        }

        if (_groups.Count > MostGroups)
            _groups.Clear();
        return Delta.End(_writer);
    }

    /// <summary>Name of the segment of a value: <c>region=eu</c>.</summary>
    public static string SegmentOf(string column, string value) => $"{column}={value}";

    /// <summary>
    /// The columns by whose values rows are sliced: those that are asked for, and the adapter, which always slices. Where a column that is asked
    /// for is called like it, <c>Instead</c> is the adapter: a row that has one is in its segment already, and must not count there twice.
    /// </summary>
    public static IEnumerable<(string Name, Cells Cells, Cells? Instead)> SlicingOf(RowBatch batch, IReadOnlyList<string> segments)
    {
        var adapter = batch.Serving.HasAdapters ? batch.Serving.Adapter : null;
        if (adapter is not null)
            yield return (ServingCells.AdapterName, adapter, null);
        foreach (var name in segments)
        {
            if (batch.FindSegment(name) is { } cells)
                yield return (name, cells, name == ServingCells.AdapterName ? adapter : null);
        }
    }

    private ReadOnlySpan<int> AllRows(int count)
    {
        if (_allRows.Length < count)
        {
            _allRows = new int[Math.Max(count, 2 * _allRows.Length)];
            for (var row = 0; row < _allRows.Length; row++)
                _allRows[row] = row;
        }

        return _allRows.AsSpan(0, count);
    }

    /// <summary>Whether all rows fall into one pane, as those of nearly all batches do.</summary>
    private static bool TryOnePane(IReadOnlyList<ArrivedRows> batches, out PaneKey pane)
    {
        pane = default;
        var known = false;
        foreach (var (rows, at, first, count) in batches)
        {
            if (count == 0)
                continue;
            var times = rows.Times.Slice(first, count);
            var slice = new PaneSlice(TicksOf(times[0], at), at);
            if (known && slice.Pane != pane)
                return false;
            pane = slice.Pane;
            known = true;
            if (!times.ContainsAnyExcept(0L))
                continue;
            foreach (var time in times)
            {
                if (!slice.Holds(TicksOf(time, at)))
                    return false;
            }
        }

        return known;
    }

    private static long TicksOf(long time, DateTimeOffset now) => time != 0 ? time : now.UtcTicks;

    private void Group(int index, ArrivedRows arrived, Plan plan)
    {
        var (batch, now, first, count) = arrived;
        var segments = new List<Slicing>(plan.Segments.Count + 1);
        foreach (var (name, cells, instead) in SlicingOf(batch, plan.Segments))
            segments.Add(new Slicing(name, cells, instead, batch.Texts));

        try
        {
            PaneSlice slice = default;
            RowGroup? all = null;
            for (var row = first; row < first + count; row++)
            {
                var ticks = TicksOf(batch.Time(row), now);
                if (all is null || !slice.Holds(ticks))
                {
                    slice = new PaneSlice(ticks, now);
                    all = RowsOf(PaneStore.AllRows, slice.Pane);
                }

                all.Add(index, row);
                foreach (var segment in segments)
                {
                    if (segment.Of(row, batch.Texts) is { } value)
                        RowsOf(value, slice.Pane).Add(index, row);
                }
            }
        }
        finally
        {
            foreach (var segment in segments)
                segment.Return();
        }
    }

    private RowGroup RowsOf(string segment, PaneKey pane)
    {
        ref var rows = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, (segment, pane), out _);
        return rows ??= new RowGroup();
    }

    /// <summary>The rows of one segment and pane, batch after batch.</summary>
    private sealed class RowGroup
    {
        private readonly List<int> _rows = [];
        private readonly List<(int Batch, int Start)> _runs = [];

        public bool IsEmpty => _rows.Count == 0;

        public void Clear()
        {
            _rows.Clear();
            _runs.Clear();
        }

        public void Add(int batch, int row)
        {
            if (_runs.Count == 0 || _runs[^1].Batch != batch)
                _runs.Add((batch, _rows.Count));
            _rows.Add(row);
        }

        public void AddTo(Profile profile, IReadOnlyList<ArrivedRows> batches)
        {
            var rows = CollectionsMarshal.AsSpan(_rows);
            for (var i = 0; i < _runs.Count; i++)
            {
                var end = i + 1 < _runs.Count ? _runs[i + 1].Start : rows.Length;
                profile.Add(batches[_runs[i].Batch].Rows, rows[_runs[i].Start..end]);
            }
        }
    }

    /// <summary>A pane with its bounds in ticks: every time within them falls into it, so that most rows take two comparisons.</summary>
    private readonly struct PaneSlice
    {
        private readonly long _start;
        private readonly long _ticks;

        public PaneSlice(long ticks, DateTimeOffset now)
        {
            Pane = PaneKey.For(new DateTimeOffset(ticks, TimeSpan.Zero), now);
            _start = DateTime.UnixEpoch.Ticks + (Pane.StartMinute * TimeSpan.TicksPerMinute);
            _ticks = Pane.Minutes * TimeSpan.TicksPerMinute;
        }

        public PaneKey Pane { get; }

        public bool Holds(long ticks) => ticks >= _start && ticks - _start < _ticks;
    }

    /// <summary>One slicing column of a batch: the name of a segment is made once per distinct text, not once per row.</summary>
    private readonly struct Slicing
    {
        private readonly string _name;
        private readonly Cells _cells;
        private readonly Cells? _instead;
        private readonly string?[] _ofText;
        private readonly int _texts;

        public Slicing(string name, Cells cells, Cells? instead, TextTable texts)
        {
            _name = name;
            _cells = cells;
            _instead = instead;
            _texts = texts.Count;
            _ofText = ArrayPool<string?>.Shared.Rent(Math.Max(1, _texts));
            _ofText.AsSpan(0, _texts).Clear();
        }

        /// <summary>The segment of a row, null when it is in none.</summary>
        public string? Of(int row, TextTable texts)
        {
            if (_instead?.Tag(row) == CellTag.Text)
                return null;
            if (_cells.Tag(row) == CellTag.Text)
                return _ofText[_cells.Text(row)] ??= SegmentOf(_name, texts.GetString(_cells.Text(row)));
            return _cells.Category(row, texts) is { } value ? SegmentOf(_name, value) : null;
        }

        public void Return()
        {
            _ofText.AsSpan(0, _texts).Clear();
            ArrayPool<string?>.Shared.Return(_ofText);
        }
    }
}
