using System.Globalization;
using System.Text.RegularExpressions;

namespace Drift.Dashboards.Tests.Grafana;

/// <summary>What Grafana puts into a query before it is sent: the values of variables, the times, and the macros of its PostgreSQL data source.</summary>
/// <param name="From">Where the time shown begins.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Step">Time between two points.</param>
/// <param name="ScrapeInterval">What the Prometheus data source says of itself (<c>timeInterval</c>).</param>
/// <param name="Values">Values of the variables, those with several marked so.</param>
internal sealed partial record Macros(
    DateTimeOffset From, DateTimeOffset To, TimeSpan Step, TimeSpan ScrapeInterval, IReadOnlyDictionary<string, VariableValue> Values)
{
    /// <summary>Time without which a rate has fewer than two samples.</summary>
    private TimeSpan RateInterval => TimeSpan.FromTicks(Math.Max((Step + ScrapeInterval).Ticks, 4 * ScrapeInterval.Ticks));

    public string Promql(string expression)
    {
        var text = Built(expression);
        return Checked(Variables(text, (value, format) => format switch
        {
            null when value.IsMulti => Joined(value.All.Select(Escape)),
            null => value.All.Single().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal),
            "regex" => Joined(value.All.Select(v => RegexCharacters().Replace(v, "\\$0"))),
            _ => throw new NotSupportedException($"format :{format} in PromQL"),
        }));

        // Backslashes twice: once for the regular expression, once for the string it stands in.
        static string Escape(string value) => PromqlCharacters().Replace(value.Replace("\\", "\\\\\\\\", StringComparison.Ordinal), "\\\\$0");
        static string Joined(IEnumerable<string> values) => values.ToList() is [var one] ? one : $"({string.Join('|', values)})";
    }

    public string Sql(string sql)
    {
        var text = Variables(Built(sql), (value, format) => format switch
        {
            "sqlstring" => Quoted(value),
            null when value.IsMulti => Quoted(value),
            null => value.All.Single(),
            _ => throw new NotSupportedException($"format :{format} in SQL"),
        });
        text = TimeFilter().Replace(text, m => $"{m.Groups[1].Value} BETWEEN '{Time(From)}' AND '{Time(To)}'");
        text = TimeGroup().Replace(text, m =>
        {
            var seconds = Duration.Parse(m.Groups[3].Value).TotalSeconds.ToString(CultureInfo.InvariantCulture);
            return $"floor(extract(epoch from {m.Groups[2].Value})/{seconds})*{seconds}{(m.Groups[1].Length > 0 ? " AS \"time\"" : "")}";
        });
        return Checked(text);

        static string Quoted(VariableValue value) => string.Join(',', value.All.Select(v => $"'{v.Replace("'", "''", StringComparison.Ordinal)}'"));
        static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
    }

    private string Built(string text) => text
        .Replace("$__rate_interval", Duration.Format(RateInterval), StringComparison.Ordinal)
        .Replace("$__interval_ms", ((long)Step.TotalMilliseconds).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("$__interval", Duration.Format(Step), StringComparison.Ordinal)
        .Replace("$__range_s", ((long)(To - From).TotalSeconds).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("$__range", string.Create(CultureInfo.InvariantCulture, $"{(long)(To - From).TotalSeconds}s"), StringComparison.Ordinal);

    private string Variables(string text, Func<VariableValue, string?, string> format) => Variable().Replace(text, m =>
    {
        var name = m.Groups[1].Length > 0 ? m.Groups[1].Value : m.Groups[3].Value;
        return Values.TryGetValue(name, out var value)
            ? format(value, m.Groups[2].Length > 0 ? m.Groups[2].Value : null)
            : throw new InvalidOperationException($"no variable is called {name}: {text}");
    });

    private static string Checked(string text) =>
        text.Contains("$__", StringComparison.Ordinal) ? throw new InvalidOperationException($"a macro that Grafana does not know: {text}") : text;

    [GeneratedRegex(@"\$\{(\w+)(?::(\w+))?\}|\$(?!__)([A-Za-z]\w*)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\$__timeFilter\(([^)]*)\)")]
    private static partial Regex TimeFilter();

    [GeneratedRegex(@"\$__timeGroup(Alias)?\(([^,)]*),\s*'?(\w+)'?\)")]
    private static partial Regex TimeGroup();

    [GeneratedRegex(@"[$^*{}\[\]'+?.()|]")]
    private static partial Regex PromqlCharacters();

    [GeneratedRegex(@"[\\^$*+?.()|\[\]{}/]")]
    private static partial Regex RegexCharacters();
}

/// <summary>What a variable stands for.</summary>
/// <param name="All">Its values; all of its options where "All" is chosen.</param>
/// <param name="IsMulti">Whether several may be chosen, which changes how they are written.</param>
internal sealed record VariableValue(IReadOnlyList<string> All, bool IsMulti);
