using System.Runtime.InteropServices;
using Drift.Core.Plans;
using Drift.Core.Rows;
using Drift.Core.Windows;

namespace Drift.Core.Profiles;

/// <summary>Counts reference rows: one profile of all rows and one per segment.</summary>
public static class ReferenceProfiles
{
    /// <summary>The profiles by segment, all rows under <see cref="PaneStore.AllRows"/>.</summary>
    public static Dictionary<string, Profile> Build(RowBatch rows, Plan plan)
    {
        var rowsOf = new Dictionary<string, List<int>>(StringComparer.Ordinal) { [PaneStore.AllRows] = [.. Enumerable.Range(0, rows.Count)] };
        foreach (var (column, cells, instead) in Profiler.SlicingOf(rows, plan.Segments))
        {
            for (var row = 0; row < rows.Count; row++)
            {
                if (instead?.Tag(row) == CellTag.Text || cells.Category(row, rows.Texts) is not { } value)
                    continue;
                var segment = Profiler.SegmentOf(column, value);
                if (!rowsOf.ContainsKey(segment) && rowsOf.Count > PaneStore.MaxSegments)
                    segment = PaneStore.OtherSegments;
                ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(rowsOf, segment, out _);
                (list ??= []).Add(row);
            }
        }

        var profiles = new Dictionary<string, Profile>(StringComparer.Ordinal);
        foreach (var (segment, list) in rowsOf)
        {
            var profile = new Profile(plan);
            profile.Add(rows, CollectionsMarshal.AsSpan(list));
            profiles.Add(segment, profile);
        }

        return profiles;
    }
}
