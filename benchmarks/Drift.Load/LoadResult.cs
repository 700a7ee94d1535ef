using System.Text;
using System.Text.Json.Serialization;

namespace Drift.Load;

/// <summary>What a load found. Figures per second are those of the time after the warm-up; counts are those of the whole run.</summary>
internal sealed record LoadResult
{
    public required double Seconds { get; init; }

    /// <summary>Requests that were answered with 2xx.</summary>
    public required long Requests { get; init; }

    public required long Rows { get; init; }

    public double RowsPerSecond => Rows / Seconds;

    public double RequestsPerSecond => Requests / Seconds;

    [JsonIgnore]
    public LatencyHistogram Latency { get; init; } = new();

    public double P50Ms => Latency.Quantile(0.5).TotalMilliseconds;

    public double P90Ms => Latency.Quantile(0.9).TotalMilliseconds;

    public double P99Ms => Latency.Quantile(0.99).TotalMilliseconds;

    public double MaxMs => Latency.Max.TotalMilliseconds;

    /// <summary>Answers that were not 2xx by their status; <c>transport</c>: no answer; <c>timeout</c>: none within the limit of an attempt.</summary>
    public required SortedDictionary<string, long> Errors { get; init; }

    /// <summary>Batches that were sent again although they had been acknowledged.</summary>
    public required long Resent { get; init; }

    /// <summary>Of these, those that were not recognised; any is a fault of the server.</summary>
    public required long ResentAndCounted { get; init; }

    /// <summary>Batches whose outcome stayed unknown.</summary>
    public required long Unacknowledged { get; init; }

    public required long RowsAcknowledged { get; init; }

    public required int ModelsVerified { get; init; }

    /// <summary>The models whose count is not what was acknowledged.</summary>
    public required IReadOnlyList<ModelCount> Wrong { get; init; }

    /// <summary>Whether every acknowledged row counted, and none twice.</summary>
    public bool Exact => Wrong.Count == 0 && ResentAndCounted == 0;

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine($"{RowsPerSecond:N0} rows/s, {RequestsPerSecond:N0} requests/s over {Seconds:F1} s");
        text.AppendLine($"latency p50 {P50Ms:F2} ms, p90 {P90Ms:F2} ms, p99 {P99Ms:F2} ms, max {MaxMs:F2} ms");
        text.AppendLine(Errors.Count == 0 ? "no errors" : $"errors: {string.Join(", ", Errors.Select(e => $"{e.Key} × {e.Value}"))}");
        if (Resent > 0)
            text.AppendLine($"{Resent} batches sent again, {ResentAndCounted} of them counted again");
        if (Unacknowledged > 0)
            text.AppendLine($"{Unacknowledged} batches with unknown outcome");
        if (ModelsVerified > 0)
            text.AppendLine($"{RowsAcknowledged} rows acknowledged on {ModelsVerified} models: {(Exact ? "all counted, none twice" : "THE COUNTS ARE WRONG")}");
        foreach (var model in Wrong.Take(20))
            text.AppendLine($"  {model.Model}: acknowledged {model.Acknowledged}, unknown {model.Unknown}, counted {model.Counted}");
        return text.ToString();
    }
}
