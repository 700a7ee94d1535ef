using System.Runtime.CompilerServices;

namespace Drift.Core.Plans;

/// <summary>
/// Finds the bin of a value — the number of edges ≤ it — through a grid laid over the edges: a step or two of arithmetic lead to a cell, a
/// short linear walk to the bin. The grid is uniform in the value or, where that crowds the edges of a skewed column into few cells, in
/// the value's bit pattern, which is nearly its logarithm. Where both crowd, a crowded cell has a finer grid of its own. Every cell
/// function is monotone, so every edge in an earlier cell than the value's is below the value and the walk starts after it: the
/// answer is exactly the binary search's.
/// </summary>
/// <remarks>
/// Cell functions are always inlined: whether the first columns of a process are skewed would otherwise decide, through profile-guided
/// compilation, which kind of column is binned at half speed.
/// </remarks>
internal sealed class EdgeIndex
{
    // Mean number of edges in an edge's own cell up to which the first grid is kept: most walks then end at once and the processor foresees it.
    private const double EvenlySpread = 1.25;

    // A cell with more edges walks too long.
    private const int LongestWalk = 3;

    // Grids within grids; what is still crowded then (edges that are next to equal) is searched.
    private const int Depth = 4;

    private readonly double[] _edges;
    private readonly LogGrid? _log;
    private readonly Grid? _root;

    public EdgeIndex(double[] edges)
    {
        _edges = edges;
        if (edges.Length is < 2 or > short.MaxValue)
            return;
        var grid = Grid.Build(edges, 0, edges.Length, 1);
        if (grid is { Crowding: <= EvenlySpread })
            _root = grid;
        else
            _log = LogGrid.Build(edges);
        if (_root is null && _log is null)
            _root = grid ?? Grid.Build(edges, 0, edges.Length, Depth);
    }

    public int BinOf(double value)
    {
        var edges = _edges;
        if (_root is { } grid)
        {
            if (value < edges[0])
                return 0;
            if (value >= edges[^1])
                return edges.Length;
            int bin = grid.Starts[grid.CellInside(value)];
            while (bin < 0)
            {
                grid = grid.Finer![~bin];
                bin = grid.Starts[grid.CellOf(value)];
            }

            while (edges[bin] <= value)
                bin++;
            return bin;
        }

        if (_log is { } log)
        {
            if (value < edges[0])
                return 0;
            if (value >= edges[^1])
                return edges.Length;
            int bin = log.Starts[log.CellOf(value)];
            while (edges[bin] <= value)
                bin++;
            return bin;
        }

        return UpperBound(edges, value);
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

    /// <summary>Cells of 2^shift neighbouring doubles.</summary>
    private sealed class LogGrid
    {
        private readonly long _first;
        private readonly int _shift;

        private LogGrid(long first, int shift, int cells)
        {
            _first = first;
            _shift = shift;
            Starts = new byte[cells];
        }

        /// <summary>Per cell the number of edges in earlier ones.</summary>
        public byte[] Starts { get; }

        /// <summary>A grid, or null when cells are crowded.</summary>
        public static LogGrid? Build(double[] edges)
        {
            if (edges.Length > byte.MaxValue)
                return null;
            long first = Rank(edges[0]), last = Rank(edges[^1]);
            var span = unchecked((ulong)(last - first));
            if (span > long.MaxValue)
                return null;
            var shift = 0;
            while (span >> shift >= (ulong)(24 * edges.Length))
                shift++;
            var grid = new LogGrid(first, shift, (int)(span >> shift) + 1);
            var start = 0;
            for (var cell = 0; cell < grid.Starts.Length; cell++)
            {
                grid.Starts[cell] = (byte)start;
                var end = start;
                while (end < edges.Length && grid.CellOf(edges[end]) <= cell)
                    end++;
                if (end - start > LongestWalk)
                    return null;
                start = end;
            }

            return grid;
        }

        /// <summary>The cell of a value between the first edge and the last.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int CellOf(double value) => unchecked((int)((ulong)(Rank(value) - _first) >> _shift));

        // The place of a double among all doubles: their bits as integers ascend, those of negative ones descend. Adding 0 makes 0 of −0.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static long Rank(double value)
        {
            var bits = BitConverter.DoubleToInt64Bits(value + 0.0);
            return bits ^ ((bits >> 63) & long.MaxValue);
        }
    }

    /// <summary>Equal cells from the first edge of a range to its last.</summary>
    private sealed class Grid
    {
        private readonly double _first;
        private readonly double _cellsPerUnit;

        private Grid(double first, double cellsPerUnit, int cells)
        {
            _first = first;
            _cellsPerUnit = cellsPerUnit;
            Starts = new short[cells + 1];
        }

        /// <summary>Per cell the number of edges in earlier ones, or the complement of an index into <see cref="Finer"/>.</summary>
        public short[] Starts { get; }

        /// <summary>The grids of crowded cells.</summary>
        public Grid[]? Finer { get; private set; }

        /// <summary>Mean number of edges in an edge's own cell.</summary>
        public double Crowding { get; private set; }

        /// <summary>A grid over edges [from, to), or null when cells stay crowded however fine they are.</summary>
        public static Grid? Build(double[] edges, int from, int to, int depth)
        {
            var cells = 12 * (to - from);
            var cellsPerUnit = cells / (edges[to - 1] - edges[from]);
            if (depth == 0 || !double.IsFinite(cellsPerUnit) || cellsPerUnit <= 0)
                return null;
            var grid = new Grid(edges[from], cellsPerUnit, cells);
            var finer = new List<Grid>();
            var start = from;
            for (var cell = 0; cell <= cells; cell++)
            {
                var end = start;
                while (end < to && grid.CellOf(edges[end]) <= cell)
                    end++;
                if (end - start > LongestWalk)
                {
                    if (Build(edges, start, end, depth - 1) is not { } inner)
                        return null;
                    grid.Starts[cell] = (short)~finer.Count;
                    finer.Add(inner);
                }
                else
                {
                    grid.Starts[cell] = (short)start;
                }

                grid.Crowding += (double)(end - start) * (end - start) / (to - from);
                start = end;
            }

            grid.Finer = [.. finer];
            return grid;
        }

        /// <summary>The cell of a value that is not below the first edge and below the last.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int CellInside(double value) => unchecked((int)((value - _first) * _cellsPerUnit));

        /// <summary>The cell of a value; those outside the grid's edges count as its first and last.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int CellOf(double value)
        {
            var cell = (value - _first) * _cellsPerUnit;
            return cell > 0 ? Math.Min(unchecked((int)cell), Starts.Length - 1) : 0;
        }
    }
}
