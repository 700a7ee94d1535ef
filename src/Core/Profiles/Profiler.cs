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
    private readonly ByteWriter _writer = new(16 * 1024);
    private readonly Dictionary<(string Segment, PaneKey Pane), List<int>> _groups = [];
    private Profile? _scratch;

    /// <summary>Bins all rows of a batch.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="plan">The plan to bin under.</param>
    /// <param name="now">Time of arrival: the event time of rows without one, and what ages are measured from.</param>
    /// <returns>The delta's bytes.</returns>
    public byte[] Bin(RowBatch batch, Plan plan, DateTimeOffset now)
    {
        if (!ReferenceEquals(_scratch?.Plan, plan))
            _scratch = new Profile(plan);
        foreach (var group in _groups.Values)
            group.Clear();
        Group(batch, plan, now);

        Delta.Begin(_writer, plan, batch.Count, _groups.Count(g => g.Value.Count > 0));
        foreach (var ((segment, pane), rows) in _groups)
        {
            if (rows.Count == 0)
                continue;
            _scratch.Clear();
            _scratch.Add(batch, CollectionsMarshal.AsSpan(rows));
            Delta.Append(_writer, segment, pane, _scratch);
        }

        if (_groups.Count > 1000)
            _groups.Clear();
        return Delta.End(_writer);
    }

    /// <summary>Name of the segment of a value: <c>region=eu</c>.</summary>
    public static string SegmentOf(string column, string value) => $"{column}={value}";

    private void Group(RowBatch batch, Plan plan, DateTimeOffset now)
    {
        var segments = plan.Segments.Select(s => (Name: s, Cells: batch.FindSegment(s))).Where(s => s.Cells is not null).ToArray();
        PaneKey pane = default;
        var last = -1L;
        for (var row = 0; row < batch.Count; row++)
        {
            var ticks = batch.Time(row) is var time && time != 0 ? time : now.UtcTicks;
            if (last < 0 || ticks / TimeSpan.TicksPerMinute != last)
            {
                last = ticks / TimeSpan.TicksPerMinute;
                pane = PaneKey.For(new DateTimeOffset(ticks, TimeSpan.Zero), now);
            }

            RowsOf(PaneStore.AllRows, pane).Add(row);
            foreach (var (name, cells) in segments)
            {
                if (cells!.Category(row, batch.Texts) is { } value)
                    RowsOf(SegmentOf(name, value), pane).Add(row);
            }
        }
    }

    private List<int> RowsOf(string segment, PaneKey pane)
    {
        ref var rows = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, (segment, pane), out _);
        return rows ??= [];
    }
}
