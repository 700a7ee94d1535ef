using System.Globalization;
using System.Text;

namespace Drift.Delivery.Vllm;

/// <summary>
/// What <c>vllm:lora_requests_info</c> says: a gauge whose value is the Unix time at which its labels were true, and whose labels hold the names of
/// the adapters with requests that run and that wait, joined by commas. Each combination that ever was stays as a series; the newest is what is now.
/// </summary>
/// <param name="At">When it was true.</param>
/// <param name="MaxLora">How many adapters a batch may hold; null when vLLM does not say.</param>
/// <param name="Running">Adapters with requests that run.</param>
/// <param name="Waiting">Adapters with requests that wait.</param>
internal sealed record LoraRequests(DateTimeOffset At, int? MaxLora, IReadOnlyList<string> Running, IReadOnlyList<string> Waiting)
{
    private const string Metric = "vllm:lora_requests_info";
    private const string MaxLabel = "max_lora";
    private const string RunningLabel = "running_lora_adapters";
    private const string WaitingLabel = "waiting_lora_adapters";

    /// <summary>
    /// Reads a page of metrics. Of several engines behind it, told apart by further labels, the newest of each counts.
    /// </summary>
    /// <returns>Null when the page has no such metric; one that was never true when it is declared and has no series yet.</returns>
    /// <exception cref="FormatException">The metric has another form than this.</exception>
    public static LoraRequests? Read(string page)
    {
        var declared = false;
        var newest = new Dictionary<string, (double At, Dictionary<string, string> Labels)>(StringComparer.Ordinal);
        foreach (var line in page.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("# TYPE " + Metric + " ", StringComparison.Ordinal))
                declared = true;
            if (!line.StartsWith(Metric, StringComparison.Ordinal) || line.Length == Metric.Length || line[Metric.Length] is not ('{' or ' '))
                continue;
            var (labels, value) = ReadSample(line[Metric.Length..]);
            if (!labels.ContainsKey(RunningLabel) || !labels.ContainsKey(WaitingLabel))
                throw new FormatException($"{Metric} has no label {RunningLabel} or {WaitingLabel}");
            var engine = string.Join(';', labels.Where(l => l.Key is not (MaxLabel or RunningLabel or WaitingLabel)).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));
            if (!newest.TryGetValue(engine, out var known) || value > known.At)
                newest[engine] = (value, labels);
        }

        if (newest.Count == 0)
            return declared ? new LoraRequests(DateTimeOffset.UnixEpoch, null, [], []) : null;
        var latest = newest.Values.Max(s => s.At);
        if (!(latest >= 0 && latest < 253_402_300_799))
            throw new FormatException($"{Metric} has the value {latest.ToString(CultureInfo.InvariantCulture)}, which is no Unix time");
        return new LoraRequests(
            DateTimeOffset.FromUnixTimeMilliseconds((long)(latest * 1000)),
            newest.Values.Select(s => int.TryParse(s.Labels.GetValueOrDefault(MaxLabel), NumberStyles.None, CultureInfo.InvariantCulture, out var max) ? max : (int?)null).Max(),
            Names(newest.Values, RunningLabel),
            Names(newest.Values, WaitingLabel));
    }

    private static List<string> Names(IEnumerable<(double At, Dictionary<string, string> Labels)> samples, string label) =>
        [.. samples.SelectMany(s => s.Labels[label].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Reads what stands behind a sample's name: labels in braces, a value, and perhaps a time.</summary>
    private static (Dictionary<string, string> Labels, double Value) ReadSample(ReadOnlySpan<char> rest)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (rest[0] == '{')
        {
            rest = rest[1..].TrimStart();
            while (!rest.IsEmpty && rest[0] != '}')
            {
                var equals = rest.IndexOf('=');
                if (equals <= 0 || equals + 1 >= rest.Length || rest[equals + 1] != '"')
                    throw new FormatException($"{Metric} has a label that cannot be read");
                var name = rest[..equals].Trim().ToString();
                rest = rest[(equals + 2)..];
                labels[name] = ReadText(ref rest);
                rest = rest.TrimStart(" ,");
            }

            if (rest.IsEmpty)
                throw new FormatException($"{Metric} has labels without an end");
            rest = rest[1..];
        }

        var text = rest.TrimStart();
        var end = text.IndexOf(' ');
        return double.TryParse(end < 0 ? text : text[..end], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? (labels, value)
            : throw new FormatException($"{Metric} has a value that is no number");
    }

    private static string ReadText(ref ReadOnlySpan<char> rest)
    {
        var text = new StringBuilder();
        for (var i = 0; i < rest.Length; i++)
        {
            if (rest[i] == '"')
            {
                rest = rest[(i + 1)..];
                return text.ToString();
            }

            if (rest[i] == '\\' && i + 1 < rest.Length)
                text.Append(rest[++i] == 'n' ? '\n' : rest[i]);
            else
                text.Append(rest[i]);
        }

        throw new FormatException($"{Metric} has a label without an end");
    }
}
