using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Drift.Standalone.Commands;

/// <summary>Options that several commands share; each call makes a new one, because an option belongs to one command.</summary>
internal static class Options
{
    /// <summary>An option with a name of a column as its value.</summary>
    public static Option<string?> Column(string name, string description) => new(name) { Description = description, HelpName = "NAME" };

    /// <summary>An option with names, separated by commas or given in several.</summary>
    public static Option<string[]> Names(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "A,B",
        DefaultValueFactory = _ => [],
        CustomParser = result => [.. result.Tokens
            .SelectMany(t => t.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Distinct(StringComparer.Ordinal)],
    };

    /// <summary>An option with a range of rows.</summary>
    public static Option<RowRange?> Rows(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "A-B",
        CustomParser = result => Parse(result, name, "a range such as 0-5000 (the second row is not in it)", static (string text, out RowRange? range) =>
        {
            var right = RowRange.TryParse(text, out var parsed);
            range = parsed;
            return right;
        }),
    };

    /// <summary>An option with a length of time: <c>500ms</c>, <c>20s</c>, <c>5m</c>, <c>1h</c>.</summary>
    public static Option<TimeSpan?> Time(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result => Parse<TimeSpan?>(result, name, "a time such as 500ms, 20s, 5m or 1h", TryTime),
    };

    /// <summary>An option with a number that is 0 or more.</summary>
    public static Option<double> Rate(string name, string description, double absent) => new(name)
    {
        Description = description,
        HelpName = "ROWS_PER_SECOND",
        DefaultValueFactory = _ => absent,
        CustomParser = result => Parse<double>(result, name, "a number from 0 on", TryNumber),
    };

    /// <summary>An option with a fraction; what it may be is checked with the settings that it goes into.</summary>
    public static Option<double> Number(string name, string description, double absent) => new(name)
    {
        Description = description,
        HelpName = "X",
        DefaultValueFactory = _ => absent,
        CustomParser = result => Parse<double>(result, name, "a number such as 0.01", TryNumber),
    };

    /// <summary>An option with a whole number.</summary>
    public static Option<int> Count(string name, string description, int absent, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => absent };
        option.Validators.Add(result => Between(result, option, least, most));
        return option;
    }

    /// <summary>An option with a whole number that must be given.</summary>
    public static Option<int> RequiredCount(string name, string description, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", Required = true };
        option.Validators.Add(result => Between(result, option, least, most));
        return option;
    }

    /// <summary>An option with one of some words.</summary>
    public static Option<string> OneOf(string name, string description, params string[] words)
    {
        var option = new Option<string>(name) { Description = description, HelpName = string.Join('|', words), DefaultValueFactory = _ => words[0] };
        option.AcceptOnlyFromAmong(words);
        return option;
    }

    /// <summary>The server's address.</summary>
    public static Option<Uri> Url() => new("--url")
    {
        Description = "The server's address.",
        HelpName = "URL",
        DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080"),
        CustomParser = result => Parse(result, "--url", "an address such as http://127.0.0.1:8080", static (string text, out Uri? url) =>
            Uri.TryCreate(text, UriKind.Absolute, out url) && url.Scheme is "http" or "https"),
    };

    /// <summary>The API key.</summary>
    public static Option<string?> Key() => new("--key")
    {
        Description = "The API key; else the environment variable DRIFT_API_KEY.",
        HelpName = "KEY",
    };

    /// <summary>The API key in force. Not a default of the option: help would print it.</summary>
    public static string? KeyOf(string? given) =>
        given ?? (Environment.GetEnvironmentVariable("DRIFT_API_KEY") is { Length: > 0 } key ? key : null);

    /// <summary>Reads <c>500ms</c>, <c>20s</c>, <c>5m</c> or <c>1h</c>.</summary>
    public static bool TryTime(string text, out TimeSpan? time)
    {
        time = null;
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        TimeSpan? unit = text[digits..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(1),
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            _ => null,
        };
        if (unit is null || !TryNumber(text[..digits], out var count) || count * unit.Value.TotalDays > 365)
            return false;
        time = count * unit.Value;
        return true;
    }

    private delegate bool TryParse<T>(string text, out T? value);

    private static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value) && value >= 0;

    private static T? Parse<T>(ArgumentResult result, string name, string expected, TryParse<T> parse)
    {
        if (parse(result.Tokens[^1].Value, out var value))
            return value;
        result.AddError($"{name} is '{result.Tokens[^1].Value}', it must be {expected}.");
        return default;
    }

    private static void Between(OptionResult result, Option<int> option, int least, int most)
    {
        if (result.Tokens.Count == 1
            && int.TryParse(result.Tokens[0].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && (value < least || value > most))
        {
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name} is {value}, it must be {least} to {most}."));
        }
    }
}
