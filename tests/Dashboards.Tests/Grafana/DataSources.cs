using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Npgsql;

namespace Drift.Dashboards.Tests.Grafana;

/// <summary>Runs queries of dashboards as Grafana's data sources do: PromQL over HTTP, SQL over a connection that can only read.</summary>
internal sealed partial class DataSources(Uri prometheus, string postgres, TimeSpan scrapeInterval) : IAsyncDisposable
{
    private const int PixelsPerColumn = 60;

    private readonly HttpClient _http = new() { BaseAddress = prometheus };
    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(postgres)
    {
        Options = "-c default_transaction_read_only=on -c statement_timeout=20s",
    });

    /// <summary>The values that a dashboard has when it is opened: all models, the first window.</summary>
    public async Task<Dictionary<string, VariableValue>> VariablesAsync(Dashboard dashboard, DateTimeOffset now)
    {
        var values = new Dictionary<string, VariableValue>(StringComparer.Ordinal);
        foreach (var variable in dashboard.Variables)
        {
            var options = await OptionsAsync(variable, new Macros(now - dashboard.Range, now, scrapeInterval, scrapeInterval, values));
            var multi = (bool)variable["multi"]!;
            var chosen = multi ? options : options.Where(o => o == (string)variable["current"]!["value"]!).ToList();
            values[(string)variable["name"]!] = new VariableValue(chosen.Count > 0 ? chosen : [.. options.Take(1)], multi);
        }

        return values;
    }

    /// <summary>The options of a variable.</summary>
    public async Task<IReadOnlyList<string>> OptionsAsync(JsonObject variable, Macros macros)
    {
        var query = (string)variable["definition"]!;
        if (!IsPrometheus(variable))
            return [.. (await TableAsync(macros.Sql(query))).Cells.Select(r => (string)r[0]!)];

        var call = LabelValues().Match(query);
        if (!call.Success)
            throw new InvalidOperationException($"not a query for the values of a label: {query}");
        var address = string.Create(
            CultureInfo.InvariantCulture,
            $"api/v1/label/{call.Groups[2].Value}/values?match[]={Uri.EscapeDataString(macros.Promql(call.Groups[1].Value))}&start={macros.From.ToUnixTimeSeconds()}&end={macros.To.ToUnixTimeSeconds()}");
        return [.. (await GetAsync(address)).EnumerateArray().Select(v => v.GetString()!)];
    }

    /// <summary>Runs a target of a panel.</summary>
    public Task<QueryResult> RunAsync(Dashboard dashboard, Panel panel, JsonObject target, IReadOnlyDictionary<string, VariableValue> values, DateTimeOffset now)
    {
        var range = panel.TimeFrom ?? dashboard.Range;
        var step = Duration.Step(range, panel.Place.W * PixelsPerColumn, IsPrometheus(target) ? scrapeInterval : TimeSpan.FromMinutes(1));
        return RunAsync(target, new Macros(now - range, now, step, scrapeInterval, values));
    }

    /// <summary>Runs a target of a panel or an annotation.</summary>
    public async Task<QueryResult> RunAsync(JsonObject target, Macros macros)
    {
        if (!IsPrometheus(target))
        {
            var table = await TableAsync(macros.Sql((string)target["rawSql"]!));
            return (string)target["format"]! == "time_series" ? ToSeries(table) : table;
        }

        var expression = macros.Promql((string)target["expr"]!);
        if (!(bool)target["instant"]!)
            return QueryResult.Of(Named(target, await RangeAsync(expression, macros)));

        var series = await InstantAsync(expression, macros.To);
        return (string?)target["format"] switch
        {
            "table" => ToTable(series),
            "heatmap" => QueryResult.Of(Named(target, WithoutLowerBuckets(series))),
            _ => QueryResult.Of(Named(target, series)),
        };
    }

    /// <summary>The only row that a statement answers.</summary>
    public async Task<object?[]> RowAsync(string sql) => (await TableAsync(sql)).Cells.Single();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _database.DisposeAsync();
    }

    public static bool IsPrometheus(JsonObject query) => (string)query["datasource"]!["type"]! == "prometheus";

    private async Task<QueryResult> TableAsync(string sql)
    {
        try
        {
            await using var command = _database.CreateCommand(sql);
            await using var reader = await command.ExecuteReaderAsync();
            var columns = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToList();
            var rows = new List<object?[]>();
            while (await reader.ReadAsync())
                rows.Add([.. columns.Select((_, i) => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
            return QueryResult.Of(columns, rows);
        }
        catch (PostgresException e)
        {
            throw new InvalidOperationException($"{e.MessageText}\n{sql}", e);
        }
    }

    // The column "time" is the time, the texts name the line, the numbers are its values.
    private static QueryResult ToSeries(QueryResult table)
    {
        var time = table.Columns.ToList().IndexOf("time");
        var lines = new Dictionary<string, List<(double, double)>>(StringComparer.Ordinal);
        foreach (var row in table.Cells)
        {
            var name = string.Join(' ', row.OfType<string>());
            for (var i = 0; i < row.Length; i++)
            {
                if (i == time || row[i] is null or string)
                    continue;
                var key = name.Length > 0 ? name : table.Columns[i];
                if (!lines.TryGetValue(key, out var points))
                    lines[key] = points = [];
                points.Add((Convert.ToDouble(row[time], CultureInfo.InvariantCulture) * 1000, Convert.ToDouble(row[i], CultureInfo.InvariantCulture)));
            }
        }

        return QueryResult.Of([.. lines.Select(l => new Series(l.Key, new Dictionary<string, string>(), l.Value))]);
    }

    private static QueryResult ToTable(IReadOnlyList<Series> series)
    {
        var labels = series.SelectMany(s => s.Labels.Keys).Distinct().Order(StringComparer.Ordinal).ToList();
        return QueryResult.Of(
            ["Time", .. labels, "Value"],
            [.. series.Select(s => (object?[])[
                DateTimeOffset.FromUnixTimeMilliseconds((long)s.Points[0].At).UtcDateTime, .. labels.Select(l => s.Labels.GetValueOrDefault(l)), s.Points[0].Value])]);
    }

    // Buckets of a histogram count all that is smaller too; shown is what lies between two bounds.
    private static List<Series> WithoutLowerBuckets(IReadOnlyList<Series> buckets)
    {
        var result = new List<Series>();
        var below = 0.0;
        foreach (var bucket in buckets.OrderBy(b => b.Labels["le"] == "+Inf" ? double.PositiveInfinity : double.Parse(b.Labels["le"], CultureInfo.InvariantCulture)))
        {
            var (at, value) = bucket.Points[0];
            result.Add(bucket with { Points = [(at, value - below)] });
            below = value;
        }

        return result;
    }

    private static List<Series> Named(JsonObject target, IReadOnlyList<Series> series)
    {
        var legend = (string?)target["legendFormat"] ?? "";
        return [.. series.Select(s => s with { Name = Label().Replace(legend, m => s.Labels.GetValueOrDefault(m.Groups[1].Value, "")) })];
    }

    private async Task<List<Series>> RangeAsync(string expression, Macros macros)
    {
        var step = macros.Step.TotalSeconds;
        var address = string.Create(
            CultureInfo.InvariantCulture,
            $"api/v1/query_range?query={Uri.EscapeDataString(expression)}&start={Math.Floor(macros.From.ToUnixTimeSeconds() / step) * step}&end={macros.To.ToUnixTimeSeconds()}&step={step}");
        return [.. (await GetAsync(address, expression)).GetProperty("result").EnumerateArray().Select(s => Parsed(s, s.GetProperty("values").EnumerateArray()))];
    }

    private async Task<List<Series>> InstantAsync(string expression, DateTimeOffset at)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"api/v1/query?query={Uri.EscapeDataString(expression)}&time={at.ToUnixTimeMilliseconds() / 1000.0}");
        return [.. (await GetAsync(address, expression)).GetProperty("result").EnumerateArray().Select(s => Parsed(s, [s.GetProperty("value")]))];
    }

    private static Series Parsed(JsonElement series, IEnumerable<JsonElement> values) => new(
        "",
        series.GetProperty("metric").EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString()!, StringComparer.Ordinal),
        [.. values.Select(v => (v[0].GetDouble() * 1000, Number(v[1].GetString()!)))]);

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    private async Task<JsonElement> GetAsync(string address, string? query = null)
    {
        using var response = await _http.GetAsync(new Uri(address, UriKind.Relative));
        var root = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        return root.GetProperty("status").GetString() == "success"
            ? root.GetProperty("data")
            : throw new InvalidOperationException($"{root.GetProperty("error").GetString()}\n{query ?? address}");
    }

    [GeneratedRegex(@"^label_values\((.*),\s*(\w+)\)$")]
    private static partial Regex LabelValues();

    [GeneratedRegex(@"\{\{\s*(\w+)\s*\}\}")]
    private static partial Regex Label();
}
