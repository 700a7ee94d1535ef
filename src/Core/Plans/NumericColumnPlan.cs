namespace Drift.Core.Plans;

/// <summary>A numeric column: fine bins at the reference's percentiles or distinct values, coarse bins as exact merges of them.</summary>
public sealed class NumericColumnPlan : ColumnPlan
{
    private readonly EdgeIndex _index;

    internal NumericColumnPlan(
        string name, ColumnRole role, ColumnType type, string source, Measure measure, NumericScale scale, double[] edges, int[] decileOf, int[] autoOf)
        : base(name, role, type, source)
    {
        Measure = measure;
        Scale = scale;
        Edges = edges;
        DecileOf = decileOf;
        AutoOf = autoOf;
        _index = new EdgeIndex(edges);
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
    internal int[] DecileOf { get; }

    /// <summary>Coarse bin of each fine bin under <c>bins: auto</c>; ascending from 0 without gaps.</summary>
    internal int[] AutoOf { get; }

    /// <summary>The fine bin of a finite or infinite value (not NaN).</summary>
    public int BinOf(double value) => _index.BinOf(value);
}
