using System.Globalization;
using Drift.Actors.Model;
using Drift.Core.Adapters;
using Drift.Core.Detection;
using Drift.Core.Plans;
using Drift.Core.Profiles;
using Microsoft.Extensions.Logging;

namespace Drift.Actors.Adapters;

public sealed partial class AdapterCatalogActor
{
    // What performance figures speak of.
    private static readonly TimeSpan PerformanceWindow = TimeSpan.FromHours(24);
    private const string PerformanceWindowName = "24h";

    private DateTimeOffset _performanceAt;
    private bool _modelFails;

    /// <inheritdoc/>
    public async Task<AdapterDescription?> EvaluateAsync(CancellationToken cancellationToken = default)
    {
        var looked = await LookAsync(await ReadAsync(cancellationToken), cancellationToken);
        return await CommitAsync(
            change =>
            {
                Measure(change, looked);
                if (change.Canary is not { } canary)
                    return null;
                // What was read speaks of the pair that was there then.
                if (looked.Canary == (canary.Version, canary.Canary?.Champion))
                    Judge(change, canary, looked);
                return canary.Describe(_tenant, _base);
            },
            cancellationToken);
    }

    private async Task EvaluateUnaskedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await EvaluateAsync(cancellationToken);
        }
        catch (DriftException e)
        {
            // The next look is due in a moment.
            LogNotEvaluated(_tenant, _base, e);
        }
    }

    /// <summary>Asks the monitored models what they counted. A model that cannot be asked is left out.</summary>
    private async Task<Look> LookAsync(CatalogChange state, CancellationToken cancellationToken)
    {
        var look = new Look { Canary = (state.Canary?.Version, state.Canary?.Canary?.Champion) };
        var serving = state.Versions.Where(v => v.State == AdapterState.Serving).ToList();
        foreach (var group in serving.Where(v => v.Model is not null).GroupBy(v => v.Model!, StringComparer.Ordinal))
        {
            var versions = group.Select(v => v.Version).ToArray();
            var model = _services.Engine().Model(ModelId.Create(_tenant, group.Key));
            try
            {
                if (Now - _performanceAt >= _services.Options.Value.PerformanceInterval)
                {
                    var recent = await model.GetAdapterOutcomesAsync(versions, Now - PerformanceWindow, cancellationToken);
                    foreach (var outcome in recent.Versions)
                        look.Recent[outcome.Version] = (recent, outcome);
                }

                if (state.Canary?.Canary is { } track)
                {
                    var counted = await model.GetAdapterOutcomesAsync(versions, track.CountedFrom, cancellationToken);
                    foreach (var outcome in counted.Versions)
                        look.Counted[outcome.Version] = (counted, outcome);
                }

                _modelFails = false;
            }
            catch (DriftException e)
            {
                look.Faults[group.Key] = e.Message;
                if (!_modelFails)
                    LogModelFails(_tenant, _base, group.Key, e);
                _modelFails = true;
            }
        }

        return look;
    }

    /// <summary>
    /// What monitored models say of the rows of versions, over the window that performance figures speak of. Of the columns only what was answered
    /// is kept: that is the version's own, the others are its callers'. A model that cannot be asked is left out.
    /// </summary>
    private async Task<Dictionary<string, Verdict>> VerdictsAsync(IReadOnlyList<AdapterVersion> versions, CancellationToken cancellationToken)
    {
        var verdicts = new Dictionary<string, Verdict>(StringComparer.Ordinal);
        foreach (var group in versions.Where(v => v.Model is not null).GroupBy(v => v.Model!, StringComparer.Ordinal))
        {
            try
            {
                var segments = await _services.Engine().Model(ModelId.Create(_tenant, group.Key)).GetSegmentsAsync(PerformanceWindowName, cancellationToken);
                foreach (var version in group)
                {
                    if (segments.FirstOrDefault(s => s.Segment == Profiler.SegmentOf(ModelActor.AdapterColumn, version.Version)) is { Rows: > 0 } verdict)
                        verdicts[version.Version] = verdict with { Features = [.. verdict.Features.Where(f => f.Role is ColumnRole.Prediction or ColumnRole.Score)] };
                }
            }
            catch (DriftException e)
            {
                LogNotCompared(_tenant, _base, group.Key, e);
            }
        }

        return verdicts;
    }

    /// <summary>Keeps what the versions in service did in the last 24 hours.</summary>
    private void Measure(CatalogChange change, Look look)
    {
        // While no rows came the next look asks again.
        if (look.Recent.Values.All(r => r.Outcome.Rows == 0))
            return;
        var now = Now;
        foreach (var (version, (outcomes, outcome)) in look.Recent)
        {
            if (outcome.Rows == 0)
                continue;
            Add("rows", outcome.Rows, outcome.Rows);
            if (outcomes.Classifies && outcome.Labelled > 0)
                Add("accuracy", (double)outcome.Correct / outcome.Labelled, outcome.Labelled);
            if (outcome.MeanAbsoluteError is { } error)
                Add("mean_absolute_error", error, outcome.Labelled);

            void Add(string metric, double value, long samples) =>
                change.Add(new AdapterPerformancePoint { Version = version, MetricName = metric, MetricValue = value, SampleCount = samples, Timestamp = now });
        }

        _performanceAt = now;
        _services.Instruments.Measured(
            _tenant,
            _base,
            look.Recent.Where(r => r.Value.Outcomes.Classifies && r.Value.Outcome.Labelled > 0)
                .ToDictionary(r => r.Key, r => (double)r.Value.Outcome.Correct / r.Value.Outcome.Labelled, StringComparer.Ordinal));
    }

    private void Judge(CatalogChange change, AdapterVersion canary, Look look)
    {
        var now = Now;
        var status = canary.CanaryStatus! with { EvaluatedAt = now };
        var policy = change.Policy;
        var since = canary.CanaryStatus!.Since;
        if (Obstacle(change, canary, look) is { } obstacle)
        {
            if (status.Message != obstacle)
                change.Touch(canary).CanaryStatus = status with { Message = obstacle };
            EndWhenOverdue(change, canary, policy, since, obstacle);
            return;
        }

        var (track, champion) = (canary.Canary!, change.Champion!);
        var (ours, theirs) = (look.Counted[canary.Version], look.Counted[champion.Version]);
        var next = track with
        {
            // Rows of before are the canary's own too; those of the champion came when the canary answered none of them.
            CanaryArm = track.CanaryArm.Observe(ours.Outcomes.Epoch, ours.Outcome, fromNow: false),
            ChampionArm = track.ChampionArm.Observe(theirs.Outcomes.Epoch, theirs.Outcome, fromNow: true),
        };
        var (a, b) = (next.CanaryArm.Counts, next.ChampionArm.Counts);
        var bounds = CanaryTest.Interval(a, b, policy.Alpha);
        status = status with
        {
            Samples = a.Samples,
            Correct = a.Correct,
            ChampionSamples = b.Samples,
            ChampionCorrect = b.Correct,
            Difference = a.Accuracy - b.Accuracy,
            Lower = bounds.Lower,
            Upper = bounds.Upper,
            Message = null,
        };
        var verdict = new CanaryRule(policy.Margin, policy.RollbackMargin, policy.MinSamples).Judge(a, b, bounds);
        status = status with { Verdict = verdict };
        // A look at which nothing has changed is not worth a write.
        if (next != track || status with { EvaluatedAt = canary.CanaryStatus.EvaluatedAt } != canary.CanaryStatus)
            change.Touch(canary).Canary = next;
        canary.CanaryStatus = status;
        var command = !policy.Automatic ? (AdapterCommand?)null
            : verdict == CanaryVerdict.Worse ? AdapterCommand.Rollback
            : verdict == CanaryVerdict.Better || (verdict == CanaryVerdict.NotWorse && policy.PromoteWhen == CanaryVerdict.NotWorse) ? AdapterCommand.Promote
            : null;
        if (command is { } decided)
            Decide(change, canary, decided, Describe(canary.CanaryStatus, policy));
        else
            EndWhenOverdue(change, canary, policy, since, "undecided");
        if (look.Recent.Count > 0 || command is not null)
            AddPoints(change, canary.Version, canary.CanaryStatus, now);
    }

    private string? Obstacle(CatalogChange change, AdapterVersion canary, Look look)
    {
        if (canary.Canary is null || change.Champion is not { } champion)
            return "there is no champion to compare it with";
        foreach (var version in new[] { canary, champion })
        {
            if (version.Model is not { } model)
                return $"version {version.Version} names no monitored model, so nothing is counted of it: promote or roll back by hand";
            if (look.Faults.TryGetValue(model, out var fault))
                return $"model {model} cannot be asked: {fault}";
            if (!look.Counted.TryGetValue(version.Version, out var counted))
                return $"model {model} was not asked yet";
            // Without a plan nothing is known of its task yet.
            if (!counted.Outcomes.Classifies)
                return $"model {model} does not classify, or still learns: accuracies cannot be compared";
        }

        return null;
    }

    private void EndWhenOverdue(CatalogChange change, AdapterVersion canary, AdapterPolicy policy, DateTimeOffset since, string why)
    {
        if (policy.Automatic && Now - since > policy.MaxDuration)
            Decide(change, canary, AdapterCommand.Rollback, string.Create(CultureInfo.InvariantCulture, $"no decision within {policy.MaxDuration}: {why}"));
    }

    private static void Decide(CatalogChange change, AdapterVersion canary, AdapterCommand command, string reason)
    {
        // Another version is on its way to champion: the next look decides.
        if (command == AdapterCommand.Promote && change.Versions.Any(v => v.Phase == new AdapterPhase(AdapterState.Loading, AdapterRole.Champion)))
            return;
        change.Apply(canary, command, Policy, reason);
    }

    private static string Describe(CanaryStatus status, AdapterPolicy policy) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(status.Verdict == CanaryVerdict.Worse ? "worse" : status.Verdict == CanaryVerdict.Better ? "better" : $"not worse by {policy.Margin:0.####}")} than {status.Champion}: accuracy {(double)status.Correct / status.Samples:0.####} of {status.Samples} rows against {(double)status.ChampionCorrect / status.ChampionSamples:0.####} of {status.ChampionSamples}, difference {status.Lower:+0.####;-0.####;0} to {status.Upper:+0.####;-0.####;0} at alpha {policy.Alpha:0.####}");

    private static void AddPoints(CatalogChange change, string version, CanaryStatus status, DateTimeOffset at)
    {
        if (status.Difference is not { } difference)
            return;
        var samples = Math.Min(status.Samples, status.ChampionSamples);
        foreach (var (metric, value) in new[] { ("canary_difference", difference), ("canary_lower", status.Lower), ("canary_upper", status.Upper) })
            change.Add(new AdapterPerformancePoint { Version = version, MetricName = metric, MetricValue = value, SampleCount = samples, Timestamp = at });
    }

    /// <summary>What models said at one look.</summary>
    private sealed class Look
    {
        public (string? Version, string? Champion) Canary { get; init; }

        public Dictionary<string, (AdapterOutcomes Outcomes, AdapterOutcome Outcome)> Recent { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, (AdapterOutcomes Outcomes, AdapterOutcome Outcome)> Counted { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, string> Faults { get; } = new(StringComparer.Ordinal);
    }

    [LoggerMessage(EventId = 2303, EventName = "CanaryNotEvaluated", Level = LogLevel.Warning, Message = "LoRA versions of {Tenant}/{Base}: the canary could not be looked at. The next look follows.")]
    private partial void LogNotEvaluated(string tenant, string @base, Exception exception);

    [LoggerMessage(EventId = 2304, EventName = "CanaryModelFails", Level = LogLevel.Warning, Message = "LoRA versions of {Tenant}/{Base}: model {Model} cannot be asked what it counted; the canary waits.")]
    private partial void LogModelFails(string tenant, string @base, string model, Exception exception);

    [LoggerMessage(EventId = 2306, EventName = "AdapterNotCompared", Level = LogLevel.Debug, Message = "LoRA versions of {Tenant}/{Base}: model {Model} cannot be asked how their rows were served; they are compared without.")]
    private partial void LogNotCompared(string tenant, string @base, string model, Exception exception);
}
