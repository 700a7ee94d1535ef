using Drift.Core.Rows;

namespace Drift.Core.Plans;

/// <summary>How one column is counted: fixed by the reference, immutable, the same on every node.</summary>
public abstract class ColumnPlan
{
    private protected ColumnPlan(string name, ColumnRole role, ColumnType type, string source)
    {
        Name = name;
        Role = role;
        Type = type;
        Source = source;
    }

    /// <summary>The name in verdicts; differs from <see cref="Source"/> for the parts of a text or embedding (<c>comment.length</c>).</summary>
    public string Name { get; }

    /// <summary>What the column is to its model.</summary>
    public ColumnRole Role { get; }

    /// <summary>The declared or inferred type of the source column.</summary>
    public ColumnType Type { get; }

    /// <summary>The name in rows.</summary>
    public string Source { get; }

    /// <summary>The column of a batch that this plan reads, or null when no row names it.</summary>
    public Cells? Find(RowBatch batch)
    {
        var place = 0;
        return Find(batch, ref place);
    }

    /// <summary>The same for a loop over all columns: rows tend to name features in the plan's order, so the next one is tried first.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="place">Where the feature is expected; set behind where it was found.</param>
    internal Cells? Find(RowBatch batch, ref int place) => Role switch
    {
        ColumnRole.Feature => batch.FindFeature(Source, ref place),
        ColumnRole.Prediction => batch.Prediction,
        ColumnRole.Label => batch.Label,
        _ => Source.Length == 0 ? batch.Score : batch.FindClassScore(Source),
    };
}
