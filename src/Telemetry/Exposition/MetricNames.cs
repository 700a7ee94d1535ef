using System.Collections.Frozen;
using System.Text;

namespace Drift.Telemetry.Exposition;

/// <summary>
/// Turns OpenTelemetry's instrument names, units and tag names into Prometheus names, by the rules of
/// https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/ with one exception: a gauge of unit "1" gets no
/// <c>_ratio</c>, because the names of our own gauges are fixed.
/// </summary>
internal static class MetricNames
{
    private const string TotalSuffix = "_total";

    private static readonly FrozenDictionary<string, string> Units = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["d"] = "days",
        ["h"] = "hours",
        ["min"] = "minutes",
        ["s"] = "seconds",
        ["ms"] = "milliseconds",
        ["us"] = "microseconds",
        ["ns"] = "nanoseconds",
        ["By"] = "bytes",
        ["kBy"] = "kilobytes",
        ["KBy"] = "kilobytes",
        ["MBy"] = "megabytes",
        ["GBy"] = "gigabytes",
        ["TBy"] = "terabytes",
        ["KiBy"] = "kibibytes",
        ["MiBy"] = "mebibytes",
        ["GiBy"] = "gibibytes",
        ["TiBy"] = "tebibytes",
        ["m"] = "meters",
        ["V"] = "volts",
        ["A"] = "amperes",
        ["J"] = "joules",
        ["W"] = "watts",
        ["g"] = "grams",
        ["Cel"] = "celsius",
        ["Hz"] = "hertz",
        ["%"] = "percent",
        ["1"] = "",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> PerUnits = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["s"] = "second",
        ["m"] = "minute",
        ["min"] = "minute",
        ["h"] = "hour",
        ["d"] = "day",
        ["w"] = "week",
        ["mo"] = "month",
        ["y"] = "year",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The family's name: with the unit's suffix and, as OpenMetrics names families, without a counter's <c>_total</c>.</summary>
    /// <returns>The name, and the unit when the name ends in it; else an empty unit.</returns>
    public static (string Name, string Unit) Family(string instrumentName, string? instrumentUnit, MetricKind kind)
    {
        var name = Sanitize(instrumentName);
        if (kind == MetricKind.Counter && name.Length > TotalSuffix.Length && name.EndsWith(TotalSuffix, StringComparison.Ordinal))
            name = name[..^TotalSuffix.Length];

        var unit = Unit(instrumentUnit);
        if (unit.Length > 0 && name != unit && !name.EndsWith("_" + unit, StringComparison.Ordinal))
            name = $"{name.TrimEnd('_')}_{unit}";
        return (name, name != unit ? unit : "");
    }

    /// <summary>The names under which samples of a family appear, so that no other family may use them.</summary>
    public static string[] SampleNames(string family, MetricKind kind) => kind switch
    {
        MetricKind.Counter => [family, family + TotalSuffix],
        MetricKind.Histogram => [family, family + "_bucket", family + "_count", family + "_sum"],
        _ => [family],
    };

    /// <summary>The label's name: invalid characters become underscores; the prefix <c>__</c> is Prometheus' own and is avoided.</summary>
    public static string Label(string? tagName)
    {
        if (string.IsNullOrEmpty(tagName))
            return "_";

        var valid = !char.IsAsciiDigit(tagName[0]);
        foreach (var c in tagName)
            valid &= IsNameCharacter(c);

        var name = tagName;
        if (!valid)
        {
            var builder = new StringBuilder(tagName.Length + 1);
            if (char.IsAsciiDigit(tagName[0]))
                builder.Append('_');
            foreach (var c in tagName)
                builder.Append(IsNameCharacter(c) ? c : '_');
            name = builder.ToString();
        }

        return name.StartsWith("__", StringComparison.Ordinal) ? "key" + name : name;
    }

    /// <summary>Replaces each run of what a metric's name may not hold by one underscore; a colon is for recording rules only.</summary>
    private static string Sanitize(string name)
    {
        var builder = new StringBuilder(name.Length + 1);
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
            builder.Append('_');
        foreach (var c in name)
        {
            var next = IsNameCharacter(c) ? c : '_';
            if (next != '_' || builder.Length == 0 || builder[^1] != '_')
                builder.Append(next);
        }

        return builder.ToString();
    }

    private static string Unit(string? unit)
    {
        if (string.IsNullOrEmpty(unit))
            return "";

        var plain = WithoutAnnotations(unit);
        var slash = plain.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return Words(plain, Units);

        var counted = Words(plain[..slash], Units);
        var per = Words(plain[(slash + 1)..], PerUnits);
        if (per.Length == 0)
            return counted;
        return counted.Length == 0 ? "per_" + per : $"{counted}_per_{per}";
    }

    private static string Words(string unit, FrozenDictionary<string, string> known)
    {
        var trimmed = unit.Trim();
        if (known.TryGetValue(trimmed, out var words))
            return words;
        return trimmed.Length == 0 ? "" : Sanitize(trimmed).Trim('_');
    }

    /// <summary>Drops <c>{request}</c> and the like: an annotation names what is counted and is no unit.</summary>
    private static string WithoutAnnotations(string unit)
    {
        if (!unit.Contains('{', StringComparison.Ordinal))
            return unit;

        var builder = new StringBuilder(unit.Length);
        var inside = false;
        foreach (var c in unit)
        {
            if (c == '{')
                inside = true;
            else if (c == '}')
                inside = false;
            else if (!inside)
                builder.Append(c);
        }

        return builder.ToString();
    }

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
