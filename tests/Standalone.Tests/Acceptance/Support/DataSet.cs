using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Drift.Support;

namespace Drift.Standalone.Tests.Acceptance.Support;

/// <summary>A shared data set: its rows as request bodies, and what other tools say of them.</summary>
internal sealed class DataSet
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonElement _meta;
    private readonly CsvFile _rows;
    private readonly string[] _lines;

    public DataSet(string name)
    {
        using var meta = JsonDocument.Parse(File.ReadAllBytes(SharedData.PathOf($"{name}.meta.json")));
        using var expected = JsonDocument.Parse(File.ReadAllBytes(SharedData.PathOf($"{name}.expected.json")));
        _meta = meta.RootElement.Clone();
        Expected = expected.RootElement.Clone();
        _rows = CsvFile.Read(SharedData.PathOf($"{name}.csv"));
        // No field of these files has a line break in it.
        _lines = File.ReadAllLines(SharedData.PathOf($"{name}.csv"));
        Name = name;
        Numeric = Names("numeric");
        Categorical = Names("categorical");
        Target = Text("target");
        Prediction = Text("prediction");
        Score = Text("score");
        Task = _meta.GetProperty("task").GetString()!;
        Reference = Range("reference_rows");
        Current = Range("analysis_rows");
    }

    public string Name { get; }

    public JsonElement Expected { get; }

    public string[] Numeric { get; }

    public string[] Categorical { get; }

    public string? Target { get; }

    public string? Prediction { get; }

    public string? Score { get; }

    public string Task { get; }

    public Range Reference { get; }

    public Range Current { get; }

    public IReadOnlyCollection<string> Columns => _rows.Columns;

    public long[] Counts(string column, Range range, IReadOnlyList<string> categories)
    {
        var counts = _rows.Values(column, range.Start.Value, range.End.Value).OfType<string>().GroupBy(v => v).ToDictionary(g => g.Key, g => g.LongCount());
        return [.. categories.Select(c => counts.GetValueOrDefault(c)), counts.Where(c => !categories.Contains(c.Key)).Sum(c => c.Value)];
    }

    public string[] Categories(string column, Range range) =>
        [.. _rows.Values(column, range.Start.Value, range.End.Value).OfType<string>().Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Query parameters that say what the columns of the CSV are.</summary>
    public string CsvQuery(bool onlyDeclared)
    {
        var query = new StringBuilder("?csv_label=").Append(Target);
        if (Prediction is not null)
            query.Append("&csv_prediction=").Append(Prediction);
        if (Score is not null)
            query.Append("&csv_score=").Append(Score);
        string?[] used = [.. Numeric, .. Categorical, Target, Prediction, Score];
        if (onlyDeclared)
            query.Append("&csv_ignore=").AppendJoin(',', _rows.Columns.Where(c => !used.Contains(c)).Select(Uri.EscapeDataString));
        return query.ToString();
    }

    public HttpContent Csv(Range range) =>
        Bodies.Csv(string.Join('\n', _lines[1..][range].Prepend(_lines[0])));

    public HttpContent Json(Range range) => Bodies.Json($"{{\"rows\": [{string.Join(',', Rows(range))}]}}");

    public HttpContent Ndjson(Range range) => Bodies.Ndjson(string.Join('\n', Rows(range)));

    public HttpContent Columnar(Range range)
    {
        var members = new List<string> { $"\"features\": {{{string.Join(',', Numeric.Concat(Categorical).Select(c => $"{Quote(c)}: [{string.Join(',', Literals(c, range))}]"))}}}" };
        foreach (var (role, column) in Roles)
            members.Add($"\"{role}\": [{string.Join(',', Literals(column, range))}]");
        return Bodies.Json($"{{\"columns\": {{{string.Join(',', members)}}}}}");
    }

    public HttpContent Settings(string? more = null)
    {
        var features = Numeric.Select(c => $"{Quote(c)}: {{\"type\": \"numeric\"}}").Concat(Categorical.Select(c => $"{Quote(c)}: {{\"type\": \"categorical\"}}"));
        var positive = Task == "binary" ? "\"positive\": \"1\"," : "";
        return Bodies.Json(
            $"{{\"task\": \"{Task}\", {positive} \"features\": {{{string.Join(',', features)}}}, \"windows\": [\"1h\"], \"reference\": {{\"mode\": \"uploaded\"}}{more}}}");
    }

    private IEnumerable<(string Role, string Column)> Roles
    {
        get
        {
            foreach (var (role, column) in (IEnumerable<(string, string?)>)[("label", Target), ("prediction", Prediction), ("score", Score)])
            {
                if (column is not null)
                    yield return (role, column);
            }
        }
    }

    private IEnumerable<string> Rows(Range range)
    {
        var features = Numeric.Concat(Categorical).Select(c => (Name: Quote(c), Cells: Literals(c, range).ToArray())).ToArray();
        var roles = Roles.Select(r => (r.Role, Cells: Literals(r.Column, range).ToArray())).ToArray();
        var row = new StringBuilder();
        for (var i = 0; i < range.End.Value - range.Start.Value; i++)
        {
            row.Clear().Append("{\"features\":{");
            for (var f = 0; f < features.Length; f++)
                row.Append(f == 0 ? "" : ",").Append(features[f].Name).Append(':').Append(features[f].Cells[i]);
            row.Append('}');
            foreach (var (role, cells) in roles)
                row.Append(",\"").Append(role).Append("\":").Append(cells[i]);
            yield return row.Append('}').ToString();
        }
    }

    // Categories are sent as the strings they are; numbers as they are written.
    private IEnumerable<string> Literals(string column, Range range)
    {
        var text = Categorical.Contains(column);
        return _rows.Values(column, range.Start.Value, range.End.Value)
            .Select(v => v is null ? "null" : !text && double.TryParse(v, CultureInfo.InvariantCulture, out _) ? v : Quote(v));
    }

    private static string Quote(string text) => JsonSerializer.Serialize(text, Plain);

    private string[] Names(string member) => [.. _meta.GetProperty(member).EnumerateArray().Select(c => c.GetString()!)];

    private string? Text(string member) => _meta.TryGetProperty(member, out var value) ? value.GetString() : null;

    private Range Range(string member) => _meta.GetProperty(member) is var range ? range[0].GetInt32()..range[1].GetInt32() : default;
}
