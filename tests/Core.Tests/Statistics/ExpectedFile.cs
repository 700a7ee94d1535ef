using System.Globalization;
using System.Text.Json;
using Drift.Support;

namespace Drift.Core.Tests.Statistics;

/// <summary>What other tools report on the shared data sets, and the raw columns they did it on.</summary>
internal sealed class ExpectedFile
{
    public static readonly string[] Names = ["titanic", "bike_hour", "adult"];

    private static readonly Dictionary<string, ExpectedFile> Cache = [];

    private readonly JsonElement _root;
    private readonly Lazy<CsvFile> _csv;
    private readonly int[] _reference;
    private readonly int[] _current;

    private ExpectedFile(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(SharedData.PathOf(name + ".expected.json")));
        _root = document.RootElement.Clone();
        _csv = new Lazy<CsvFile>(() => CsvFile.Read(SharedData.PathOf(name + ".csv")));
        var meta = _root.GetProperty("meta");
        _reference = Range(meta.GetProperty("reference_rows"));
        _current = Range(meta.GetProperty("analysis_rows"));
    }

    public static ExpectedFile Of(string name)
    {
        lock (Cache)
        {
            return Cache.TryGetValue(name, out var file) ? file : Cache[name] = new ExpectedFile(name);
        }
    }

    public IEnumerable<string> NumericColumns => _root.GetProperty("numeric").EnumerateObject().Select(c => c.Name);

    public IEnumerable<string> CategoricalColumns => _root.GetProperty("categorical").EnumerateObject().Select(c => c.Name);

    public JsonElement Numeric(string column) => _root.GetProperty("numeric").GetProperty(column);

    /// <summary>Every table of counts with its statistics; the path names it.</summary>
    public IEnumerable<string> Tables =>
        NumericColumns.SelectMany(c => new[] { "quantile10", "width10_ref_range" }.Select(t => $"numeric/{c}/plain/{t}"))
            .Concat(CategoricalColumns.Select(c => $"categorical/{c}/plain"));

    public JsonElement At(string path) => path.Split('/').Aggregate(_root, (element, name) => element.GetProperty(name));

    public double[] Reference(string column) => _csv.Value.Numbers(column, _reference[0], _reference[1]);

    public double[] Current(string column) => _csv.Value.Numbers(column, _current[0], _current[1]);

    public static long[] Counts(JsonElement table, string name) => [.. table.GetProperty(name).EnumerateArray().Select(c => c.GetInt64())];

    /// <summary>Both sides' counts of a table; a column with many categories has none in the file and is counted from its rows.</summary>
    public (long[] Reference, long[] Current) CountsOf(string path)
    {
        var table = At(path);
        if (table.TryGetProperty("ref_counts", out _))
        {
            return (Counts(table, "ref_counts"), Counts(table, "cur_counts"));
        }

        var column = path.Split('/')[1];
        var reference = Categories(column, _reference);
        var current = Categories(column, _current);
        var all = reference.Keys.Union(current.Keys).Order(StringComparer.Ordinal).ToArray();
        return ([.. all.Select(c => reference.GetValueOrDefault(c))], [.. all.Select(c => current.GetValueOrDefault(c))]);
    }

    public static double EpsilonOf(string property) =>
        double.Parse(property[(property.IndexOf("eps", StringComparison.Ordinal) + 3)..], CultureInfo.InvariantCulture);

    private Dictionary<string, long> Categories(string column, int[] rows) =>
        _csv.Value.Values(column, rows[0], rows[1]).OfType<string>().GroupBy(v => v).ToDictionary(g => g.Key, g => g.LongCount());

    private static int[] Range(JsonElement range) => [.. range.EnumerateArray().Select(r => r.GetInt32())];
}
