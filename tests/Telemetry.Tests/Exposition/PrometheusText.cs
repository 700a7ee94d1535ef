using System.Globalization;
using System.Text;

namespace Drift.Telemetry.Tests.Exposition;

/// <summary>A reader of both formats, written from their specification and knowing nothing of the writer.</summary>
internal static class PrometheusText
{
    /// <summary>Values by sample name, then by labels ("a=x;b=y", sorted by name). Fails on a sample that comes twice.</summary>
    public static Dictionary<string, Dictionary<string, double>> Parse(string text)
    {
        var samples = new Dictionary<string, Dictionary<string, double>>(StringComparer.Ordinal);
        Assert.True(text.Length == 0 || text[^1] == '\n', "The last line must end.");
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '#')
                continue;

            var at = 0;
            var name = ReadName(line, ref at);
            var labels = new List<(string Name, string Value)>();
            if (line[at] == '{')
            {
                at++;
                while (line[at] != '}')
                {
                    var label = ReadName(line, ref at);
                    Assert.Equal("=\"", line.Substring(at, 2));
                    at += 2;
                    labels.Add((label, ReadValue(line, ref at)));
                    if (line[at] == ',')
                        at++;
                }

                at++;
            }

            Assert.Equal(' ', line[at]);
            if (!samples.TryGetValue(name, out var series))
                samples.Add(name, series = new Dictionary<string, double>(StringComparer.Ordinal));
            series.Add(Labels(labels), ReadNumber(line[(at + 1)..]));
        }

        return samples;
    }

    public static string Labels(IEnumerable<(string Name, string Value)> labels) =>
        string.Join(';', labels.OrderBy(label => label.Name, StringComparer.Ordinal).Select(label => $"{label.Name}={label.Value}"));

    private static string ReadName(string line, ref int at)
    {
        var start = at;
        while (char.IsAsciiLetterOrDigit(line[at]) || line[at] is '_' or ':')
            at++;
        Assert.True(at > start && !char.IsAsciiDigit(line[start]), line);
        return line[start..at];
    }

    private static string ReadValue(string line, ref int at)
    {
        var value = new StringBuilder();
        while (line[at] != '"')
        {
            if (line[at] == '\\')
            {
                at++;
                value.Append(line[at] switch { '\\' => '\\', '"' => '"', 'n' => '\n', _ => throw new FormatException(line) });
            }
            else
            {
                value.Append(line[at]);
            }

            at++;
        }

        at++;
        return value.ToString();
    }

    private static double ReadNumber(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };
}
