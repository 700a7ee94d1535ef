using System.Globalization;
using Drift.Core.Detection;
using Drift.Core.Plans;
using Drift.Core.Rows;
using Drift.Core.Settings;
using Drift.Standalone.Client;
using Drift.Standalone.Commands;

namespace Drift.Standalone.Replay;

/// <summary>What to replay.</summary>
internal sealed record ReplayPlan
{
    /// <summary>The model that the rows are sent to.</summary>
    public required string Model { get; init; }

    /// <summary>The rows that become the reference.</summary>
    public required RowRange Reference { get; init; }

    /// <summary>The rows that are sent as predictions.</summary>
    public required RowRange Current { get; init; }

    /// <summary>Rows per second; 0 sends as fast as the server takes them.</summary>
    public double Speed { get; init; }

    /// <summary>The most rows in one request.</summary>
    public int Batch { get; init; } = 500;

    /// <summary>The window whose verdict is shown.</summary>
    public string Window { get; init; } = "24h";

    /// <summary>Features whose type is declared before the upload; none leaves the model's settings alone.</summary>
    public IReadOnlyCollection<string> Categorical { get; init; } = [];
}

/// <summary>How far a replay has come.</summary>
internal sealed record ReplayProgress
{
    /// <summary>Rows to send.</summary>
    public required int Total { get; init; }

    /// <summary>Rows answered so far.</summary>
    public int Sent { get; init; }

    /// <summary>Rows that count now.</summary>
    public long Accepted { get; init; }

    /// <summary>Rows the server left out.</summary>
    public long Rejected { get; init; }

    /// <summary>Time since the first batch.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The latest verdict; null before the first.</summary>
    public Verdict? Verdict { get; init; }
}

/// <summary>Sends a file's rows to a server at a given pace and watches the verdict.</summary>
internal sealed class Replayer(DriftClient client, RowFormatting formatting, TimeProvider time)
{
    private static readonly TimeSpan VerdictInterval = TimeSpan.FromSeconds(1);

    /// <summary>Replays.</summary>
    /// <param name="rows">The file's rows.</param>
    /// <param name="plan">Which of them, where to and how fast.</param>
    /// <param name="view">Told of every step.</param>
    /// <param name="cancellationToken">Ends the replay between two batches.</param>
    /// <returns>The end: all rows sent and a verdict evaluated afresh.</returns>
    public async Task<ReplayProgress> RunAsync(RowBatch rows, ReplayPlan plan, IReplayView view, CancellationToken cancellationToken)
    {
        await client.WaitUntilReadyAsync(TimeSpan.Zero, cancellationToken);
        client.Retrying = view.Retrying;
        if (plan.Categorical.Count > 0)
            await DeclareAsync(plan, cancellationToken);
        var reference = formatting.Write(rows, plan.Reference.From, plan.Reference.Count);
        view.ReferenceUploaded(await client.UploadReferenceAsync(plan.Model, reference, cancellationToken));

        // A batch id stands for one batch of one run: tried again it counts once, replayed tomorrow it counts anew.
        var run = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss.fff", CultureInfo.InvariantCulture);
        var size = plan.Speed > 0 ? Math.Clamp((int)Math.Ceiling(plan.Speed), 1, plan.Batch) : plan.Batch;
        var progress = new ReplayProgress { Total = plan.Current.Count };
        var started = time.GetTimestamp();
        var verdictAt = started;
        view.Advanced(progress);
        for (var number = 1; progress.Sent < progress.Total; number++)
        {
            if (plan.Speed > 0)
            {
                var due = TimeSpan.FromSeconds(progress.Sent / plan.Speed) - time.GetElapsedTime(started);
                if (due > TimeSpan.Zero)
                    await Task.Delay(due, time, cancellationToken);
            }

            var count = Math.Min(size, progress.Total - progress.Sent);
            var receipt = await client.SendRowsAsync(
                plan.Model,
                string.Create(CultureInfo.InvariantCulture, $"replay-{run}-{number:000000}"),
                formatting.Write(rows, plan.Current.From + progress.Sent, count),
                cancellationToken);
            progress = progress with
            {
                Sent = progress.Sent + count,
                // An answer that got lost is given again as a duplicate: this run's ids are its own, so those rows were its rows.
                Accepted = progress.Accepted + (receipt.Duplicate ? count : receipt.Accepted),
                Rejected = progress.Rejected + receipt.Rejected,
                Elapsed = time.GetElapsedTime(started),
            };
            if (time.GetElapsedTime(verdictAt) >= VerdictInterval)
            {
                progress = progress with { Verdict = await client.GetVerdictAsync(plan.Model, plan.Window, now: false, cancellationToken) };
                verdictAt = time.GetTimestamp();
            }

            view.Advanced(progress);
        }

        progress = progress with { Verdict = await client.GetVerdictAsync(plan.Model, plan.Window, now: true, cancellationToken) };
        view.Advanced(progress);
        return progress;
    }

    // What else is set for the model stays: PUT replaces everything, so everything is sent.
    private async Task DeclareAsync(ReplayPlan plan, CancellationToken cancellationToken)
    {
        var known = await client.FindModelAsync(plan.Model, cancellationToken);
        var settings = known?.Settings ?? new ModelSettings();
        var features = new Dictionary<string, FeatureSettings>(settings.Features ?? new Dictionary<string, FeatureSettings>(), StringComparer.Ordinal);
        foreach (var name in plan.Categorical)
            features[name] = new FeatureSettings { Type = ColumnType.Categorical };
        await client.ConfigureAsync(
            plan.Model,
            settings with
            {
                Features = features,
                Reference = settings.Reference with { Mode = ReferenceMode.Uploaded },
                Windows = settings.Windows.Contains(plan.Window) ? settings.Windows : [.. settings.Windows, plan.Window],
            },
            cancellationToken);
    }
}
