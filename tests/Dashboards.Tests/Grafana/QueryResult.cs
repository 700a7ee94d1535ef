namespace Drift.Dashboards.Tests.Grafana;

/// <summary>A line: a name and points without gaps.</summary>
/// <param name="Name">As the legend shows it.</param>
/// <param name="Labels">What tells it from the other lines.</param>
/// <param name="Points">Milliseconds since 1970, and the value.</param>
internal sealed record Series(string Name, IReadOnlyDictionary<string, string> Labels, IReadOnlyList<(double At, double Value)> Points);

/// <summary>What a query answers: lines, or a table.</summary>
internal sealed record QueryResult(IReadOnlyList<Series> Series, IReadOnlyList<string> Columns, IReadOnlyList<object?[]> Cells)
{
    public static QueryResult Of(IReadOnlyList<Series> series) => new(series, [], []);

    public static QueryResult Of(IReadOnlyList<string> columns, IReadOnlyList<object?[]> rows) => new([], columns, rows);

    /// <summary>Points that are numbers, or rows in which something stands; 0 is what Grafana shows as "No data".</summary>
    public int Count => Series.Sum(s => s.Points.Count(p => !double.IsNaN(p.Value))) + Cells.Count(r => r.Any(c => c is not null && c is not double.NaN));
}
