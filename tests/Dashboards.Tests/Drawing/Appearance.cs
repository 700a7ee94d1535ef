using System.Globalization;
using System.Text.Json.Nodes;

namespace Drift.Dashboards.Tests.Drawing;

/// <summary>How a value looks by a panel's field configuration: unit, decimals, colour, mapped text.</summary>
internal sealed class Appearance(JsonNode defaults, JsonNode? overrides = null)
{
    public const string Plain = "#1f2733";

    /// <summary>Colours of lines without one of their own.</summary>
    public static readonly string[] Palette = ["#3274d9", "#56a64b", "#e0a100", "#e02f44", "#a352cc", "#ff780a", "#1f9e9e", "#8f3bb8", "#6e8b3d", "#b0657a"];

    private static readonly Dictionary<string, string> Colours = new(StringComparer.Ordinal)
    {
        ["green"] = "#56a64b", ["yellow"] = "#e0a100", ["orange"] = "#ff780a", ["red"] = "#e02f44", ["blue"] = "#3274d9",
    };

    private readonly JsonNode? _thresholds = Setting(overrides, "thresholds") ?? defaults["thresholds"];
    private readonly JsonNode? _mappings = Setting(overrides, "mappings") ?? defaults["mappings"];
    private readonly string _unit = (string?)Setting(overrides, "unit") ?? (string?)defaults["unit"] ?? "short";
    private readonly int? _decimals = (int?)Setting(overrides, "decimals") ?? (int?)defaults["decimals"];

    /// <summary>The steps of its thresholds, from below.</summary>
    public IReadOnlyList<(double From, string Colour)> Steps =>
        [.. _thresholds?["steps"]?.AsArray().Select(s => ((double?)s!["value"] ?? double.NegativeInfinity, Colour((string)s["color"]!))) ?? []];

    /// <summary>How the cells of this column are coloured: <c>color-text</c>, <c>color-background</c>, or not at all.</summary>
    public string? CellType { get; } = (string?)Setting(overrides, "custom.cellOptions")?["type"];

    public static string Colour(string name) => Colours.GetValueOrDefault(name, name);

    /// <summary>The look of one column of a table, or of one line.</summary>
    public static Appearance Of(JsonNode fieldConfig, string field) => new(
        fieldConfig["defaults"]!,
        fieldConfig["overrides"]?.AsArray().FirstOrDefault(o => (string?)o!["matcher"]!["options"] == field)?["properties"]);

    /// <summary>The fixed colour of a line, if it has one.</summary>
    public static string? FixedColour(JsonNode fieldConfig, string field) =>
        (string?)Setting(fieldConfig["overrides"]?.AsArray().FirstOrDefault(o => (string?)o!["matcher"]!["options"] == field)?["properties"], "color")?["fixedColor"] is { } name
            ? Colour(name)
            : null;

    public string ColourOf(object? value)
    {
        if (Mapped(value) is { } mapped)
            return Colour((string)mapped["color"]!);
        return value is null or string or bool ? Plain : Steps.LastOrDefault(s => Number(value) >= s.From, (0, Plain)).Colour;
    }

    public string TextOf(object? value) => Mapped(value) is { } mapped ? (string)mapped["text"]! : value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        DateTime time => time.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        _ => Format(Number(value)),
    };

    public string Format(double value) => Format(value, null);

    /// <summary>A value of an axis, with as many decimals as its steps need.</summary>
    public string Tick(double value, double step)
    {
        var unit = _unit switch { "percentunit" => 0.01, "bytes" => 1 << 20, "s" when Math.Abs(value) < 1e-3 => 1e-6, "s" when Math.Abs(value) < 1 => 1e-3, _ => 1 };
        var shown = step / unit;
        return Format(value, Enumerable.Range(0, 6).FirstOrDefault(d => Math.Abs((shown * Math.Pow(10, d)) - Math.Round(shown * Math.Pow(10, d))) < 1e-6, 6));
    }

    private string Format(double value, int? decimals) => _unit switch
    {
        _ when double.IsNaN(value) => "–",
        "percentunit" => Fixed(value * 100, decimals ?? _decimals ?? 0) + " %",
        "s" => Math.Abs(value) switch
        {
            0 => "0 s",
            < 1e-3 => Fixed(value * 1e6, decimals ?? 0) + " µs",
            < 1 => Fixed(value * 1e3, decimals ?? 1) + " ms",
            _ => Fixed(value, decimals ?? 1) + " s",
        },
        "bytes" => Fixed(value / (1 << 20), 0) + " MiB",
        "reqps" => Fixed(value, decimals ?? 1) + " req/s",
        "rowsps" => Fixed(value, decimals ?? 0) + " rows/s",
        "ops" => Fixed(value, decimals ?? 1) + " /s",
        "sci" => value.ToString("0.0e+0", CultureInfo.InvariantCulture),
        _ => Math.Abs(value) >= 10_000 ? Fixed(value / 1000, 0) + " k" : Fixed(value, decimals ?? (value == Math.Floor(value) ? 0 : _decimals ?? 2)),
    };

    public static double Number(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);

    private static JsonNode? Setting(JsonNode? overrides, string id) => overrides?.AsArray().FirstOrDefault(p => (string?)p!["id"] == id)?["value"];

    private static string Fixed(double value, int decimals) => value.ToString(decimals == 0 ? "0" : "0." + new string('0', decimals), CultureInfo.InvariantCulture);

    private JsonNode? Mapped(object? value)
    {
        foreach (var mapping in _mappings?.AsArray() ?? [])
        {
            var options = mapping!["options"]!;
            if ((string)mapping["type"]! == "value")
            {
                var key = value switch { bool flag => flag ? "true" : "false", null => "null", _ => Convert.ToString(value, CultureInfo.InvariantCulture)! };
                if (options[key] is { } found)
                    return found;
            }
            else if (value is not (null or string or bool or DateTime)
                && Number(value) >= ((double?)options["from"] ?? double.NegativeInfinity)
                && Number(value) < ((double?)options["to"] ?? double.PositiveInfinity))
            {
                return options["result"];
            }
        }

        return null;
    }
}
