namespace Drift.Core.Plans;

/// <summary>
/// Finds the bin of a value — the number of edges ≤ it — through a uniform grid laid over the edges: one multiplication leads to a
/// cell, a short linear walk to the bin. The cell function is monotone (each floating-point step is), so every edge in an earlier
/// cell than the value's is below the value and the walk starts after it: the answer is exactly the binary search's.
/// </summary>
internal sealed class EdgeIndex
{
    // A cell with more edges than this walks longer than a binary search takes: skewed columns use the search instead.
    private const int LongestWalk = 8;

    private readonly double[] _edges;
    private readonly byte[]? _starts;
    private readonly double _first;
    private readonly double _cellsPerUnit;

    public EdgeIndex(double[] edges)
    {
        _edges = edges;
        if (edges.Length is < 2 or > byte.MaxValue)
            return;
        _first = edges[0];
        var cells = 4 * edges.Length;
        _cellsPerUnit = cells / (edges[^1] - _first);
        if (!double.IsFinite(_cellsPerUnit) || _cellsPerUnit <= 0)
            return;

        var starts = new byte[cells + 1];
        var start = 0;
        for (var cell = 0; cell <= cells; cell++)
        {
            while (start < edges.Length && CellOf(edges[start]) < cell)
                start++;
            starts[cell] = (byte)start;
        }

        for (var cell = 0; cell <= cells; cell++)
        {
            if ((cell < cells ? starts[cell + 1] : edges.Length) - starts[cell] > LongestWalk)
                return;
        }

        _starts = starts;
    }

    public int BinOf(double value)
    {
        var edges = _edges;
        if (_starts is not { } starts)
            return UpperBound(edges, value);
        if (value < _first)
            return 0;
        if (value >= edges[^1])
            return edges.Length;
        int bin = starts[CellOf(value)];
        while (edges[bin] <= value)
            bin++;
        return bin;
    }

    /// <summary>Number of edges ≤ value, by binary search: the twin that <see cref="BinOf"/> is tested against.</summary>
    public static int UpperBound(ReadOnlySpan<double> edges, double value)
    {
        int low = 0, high = edges.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (edges[middle] <= value)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private int CellOf(double value) => unchecked((int)((value - _first) * _cellsPerUnit));
}
