using System.Globalization;
using Drift.Actors;
using Drift.Core.Detection;
using Drift.Standalone.Client;
using Drift.Standalone.Commands;

namespace Drift.Standalone.Replay;

/// <summary>A line for every tenth of the rows and for every change of the verdict: for pipes and logs.</summary>
internal sealed class PlainReplayView(TextWriter output) : IReplayView
{
    private int _tenths;
    private string? _state;

    public void ReferenceUploaded(ReferenceDescription reference) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"reference: {reference.Rows} rows, plan {reference.Plan}")
            + string.Concat(reference.Warnings.Select(w => $"\n  note: {w}")));

    public void Advanced(ReplayProgress progress)
    {
        var tenths = (int)(10L * progress.Sent / Math.Max(1, progress.Total));
        if (tenths > _tenths)
        {
            _tenths = tenths;
            output.WriteLine(Position(progress));
        }

        if (progress.Verdict is { } verdict && StateOf(verdict) is var state && state != _state)
        {
            _state = state;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"after {progress.Sent} rows: {state}"));
        }
    }

    public void Retrying(DriftApiException failure, TimeSpan delay) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{failure.Reason}; sending the same batch again in {delay.TotalSeconds:0.###} s"));

    /// <summary>Where a replay stands: <c>1500 of 3000 rows (50%), 1200 rows/s</c>.</summary>
    public static string Position(ReplayProgress progress)
    {
        var share = (double)progress.Sent / Math.Max(1, progress.Total);
        var rate = progress.Sent / Math.Max(0.001, progress.Elapsed.TotalSeconds);
        return string.Create(CultureInfo.InvariantCulture, $"{progress.Sent} of {progress.Total} rows ({share:0%}), {rate:0} rows/s");
    }

    /// <summary>A verdict in a line.</summary>
    public static string StateOf(Verdict verdict) => verdict.Status switch
    {
        VerdictStatus.Learning => "learning",
        VerdictStatus.Insufficient => "too few rows for a verdict",
        _ when verdict.DriftedColumns == 0 => $"severity {VerdictTable.Word(verdict.Severity)}, no column drifted",
        _ => $"severity {VerdictTable.Word(verdict.Severity)}, drifted: {DriftedOf(verdict)}",
    };

    private static string DriftedOf(Verdict verdict) =>
        string.Join(", ", verdict.Features.Where(c => c.Drifted).Select(c => c.Name).Order(StringComparer.Ordinal));
}
