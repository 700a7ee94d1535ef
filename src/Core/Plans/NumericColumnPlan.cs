namespace Drift.Core.Plans;

/// <summary>A numeric column: fine bins at the reference's percentiles or distinct values, coarse bins as exact merges of them.</summary>
public sealed class NumericColumnPlan : ColumnPlan
{
    // Several times as large as the edges, and only where values are binned: a node that merges counts has none. Two threads that
    // make it at once make the same.
    private EdgeIndex? _index;

    internal NumericColumnPlan(
        string name, ColumnRole role, ColumnType type, string source, Measure measure, NumericScale scale, double[] edges, int[] decileOf, int[] autoOf)
        : base(name, role, type, source)
    {
        Measure = measure;
        Scale = scale;
        Edges = edges;
        DecileOf = Narrow(decileOf);
        // Of continuous columns they are the same.
        AutoOf = autoOf.AsSpan().SequenceEqual(decileOf) ? DecileOf : Narrow(autoOf);
    }

    /// <summary>Which number of the source cell is counted.</summary>
    public Measure Measure { get; }

    /// <summary>Centre, spread, range and fences of the reference.</summary>
    public NumericScale Scale { get; }

    /// <summary>The inner fine edges, strictly ascending; bin of x = number of edges ≤ x, so there is one more bin than edges.</summary>
    public IReadOnlyList<double> InnerEdges => Edges;

    /// <summary>Number of fine bins.</summary>
    public int Bins => Edges.Length + 1;

    /// <summary>The fine edges without copying.</summary>
    internal double[] Edges { get; }

    /// <summary>Coarse bin of each fine bin under <c>bins: quantile</c>; ascending from 0 without gaps.</summary>
    internal ushort[] DecileOf { get; }

    /// <summary>Coarse bin of each fine bin under <c>bins: auto</c>; ascending from 0 without gaps.</summary>
    internal ushort[] AutoOf { get; }

    /// <summary>The fine bin of a finite or infinite value (not NaN).</summary>
    public int BinOf(double value) => Index.BinOf(value);

    /// <summary>Finds the fine bins of values.</summary>
    internal EdgeIndex Index => _index ??= new EdgeIndex(Edges);

    /// <summary>Lets go of <see cref="Index"/>; it is made again when values are binned.</summary>
    internal void Rest() => _index = null;

    private static ushort[] Narrow(int[] coarseOf) => Array.ConvertAll(coarseOf, bin => checked((ushort)bin));
}
