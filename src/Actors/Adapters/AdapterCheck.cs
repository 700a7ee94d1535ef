using Drift.Core.Adapters;

namespace Drift.Actors.Adapters;

/// <summary>What can be wrong with what callers say of LoRA versions. Fields are named as in the API.</summary>
public static class AdapterCheck
{
    /// <summary>The longest name of who does something, id of a request, or id of a training job.</summary>
    public const int MaxName = 200;

    /// <summary>The longest reason or message.</summary>
    public const int MaxReason = 1_000;

    /// <summary>The longest address of weights; also the most characters of metadata.</summary>
    public const int MaxText = 2_000;

    /// <summary>The most entries of metadata.</summary>
    public const int MaxMetadata = 50;

    /// <summary>The highest rank.</summary>
    public const int MaxRank = 4096;

    // Routes beside those of versions.
    private static readonly string[] Reserved = ["compare", "evaluate", "policy"];

    private const string NameRule = "1 to 128 of A-Z a-z 0-9 . _ - and start with a letter or digit";

    /// <summary>What is wrong with a registration, by field.</summary>
    public static IReadOnlyDictionary<string, string[]> FaultsOf(AdapterRegistration registration)
    {
        ArgumentNullException.ThrowIfNull(registration);
        var faults = new Dictionary<string, string[]>(StringComparer.Ordinal);
        Require(faults, "version", ModelId.IsName(registration.Version), $"is '{Shorten(registration.Version)}', must be {NameRule}");
        Require(faults, "version", !Reserved.Contains(registration.Version), $"is '{registration.Version}', which is the name of a route");
        Require(faults, "model", registration.Model is null || ModelId.IsName(registration.Model), $"is '{Shorten(registration.Model)}', a model's name must be {NameRule}");
        Require(faults, "deployer", registration.Deployer is null || ModelId.IsName(registration.Deployer), $"is '{Shorten(registration.Deployer)}', a deployer's name must be {NameRule}");
        Text(faults, "lora_name", registration.LoraName, MaxName);
        Text(faults, "artifact_uri", registration.ArtifactUri, MaxText);
        Require(
            faults, "state", registration.State is AdapterState.Registered or AdapterState.Training or AdapterState.Trained,
            "must be one of registered, training, trained; the states after it are reached by what is done with the version");
        var metadata = registration.Metadata;
        Require(
            faults, "metadata",
            metadata.Count <= MaxMetadata && metadata.Sum(m => m.Key.Length + (m.Value?.Length ?? 0)) <= MaxText && metadata.All(m => m.Value is not null && IsText(m.Key) && IsText(m.Value)),
            $"must be at most {MaxMetadata} texts, together with their names at most {MaxText} characters");
        Training(faults, registration.Training);
        return faults;
    }

    /// <summary>What is wrong with a change, by field.</summary>
    public static IReadOnlyDictionary<string, string[]> FaultsOf(AdapterChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var faults = new Dictionary<string, string[]>(StringComparer.Ordinal);
        Require(faults, "command", AdapterLifecycle.IsForCallers(change.Command), "is not for callers: it comes from the deployer or follows from another version's change");
        Require(faults, "by", !string.IsNullOrWhiteSpace(change.By), "is empty");
        Text(faults, "by", change.By, MaxName);
        Text(faults, "reason", change.Reason, MaxReason);
        Text(faults, "request_id", change.RequestId, MaxName);
        Require(faults, "share", change.Share is null or (> 0 and <= 1), "must be above 0 and at most 1");
        Require(faults, "share", change.Share is null || change.Command == AdapterCommand.DeployCanary, "is only for canaries");
        Require(
            faults, "training", (change.Training is null && change.ArtifactUri is null) || change.Command == AdapterCommand.Trained,
            "results of a training only come with 'trained'");
        Text(faults, "artifact_uri", change.ArtifactUri, MaxText);
        if (change.Training is { } training)
            Training(faults, training);
        return faults;
    }

    /// <summary>What is wrong with a policy, by field.</summary>
    public static IReadOnlyDictionary<string, string[]> FaultsOf(AdapterPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var faults = new Dictionary<string, string[]>(StringComparer.Ordinal);
        Require(faults, "promote_when", policy.PromoteWhen is CanaryVerdict.Better or CanaryVerdict.NotWorse, "must be one of better, not_worse");
        Require(faults, "margin", policy.Margin is > 0 and <= 0.5, "must be above 0 and at most 0.5");
        Require(faults, "rollback_margin", policy.RollbackMargin is >= 0 and <= 0.5, "must be 0 to 0.5");
        Require(faults, "alpha", policy.Alpha is >= 0.0001 and <= 0.2, "must be 0.0001 to 0.2");
        Require(faults, "min_samples", policy.MinSamples is >= 1 and <= 10_000_000, "must be 1 to 10000000");
        Require(
            faults, "max_duration", policy.MaxDuration >= TimeSpan.FromMinutes(1) && policy.MaxDuration <= TimeSpan.FromDays(30),
            "must be 1 minute to 30 days");
        return faults;
    }

    /// <summary>What is wrong with figures, by field.</summary>
    public static IReadOnlyDictionary<string, string[]> FaultsOf(IReadOnlyList<AdapterPerformancePoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        var faults = new Dictionary<string, string[]>(StringComparer.Ordinal);
        for (var i = 0; i < points.Count; i++)
        {
            var (point, at) = (points[i], $"points[{i}].");
            Require(
                faults, at + "metric_name",
                point.MetricName is { Length: > 0 and <= 64 } name && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'),
                "must be 1 to 64 of a-z 0-9 _");
            Require(faults, at + "metric_value", double.IsFinite(point.MetricValue), "must be a finite number");
            Require(faults, at + "sample_count", point.SampleCount >= 0, "must not be negative");
            Require(
                faults, at + "metadata",
                point.Metadata.Count <= MaxMetadata && point.Metadata.Sum(m => m.Key.Length + (m.Value?.Length ?? 0)) <= MaxText && point.Metadata.All(m => m.Value is not null && IsText(m.Key) && IsText(m.Value)),
                $"must be at most {MaxMetadata} texts, together with their names at most {MaxText} characters");
        }

        return faults;
    }

    /// <summary>Refuses what has faults.</summary>
    /// <exception cref="DriftException"><see cref="DriftError.Invalid"/>, with the fields.</exception>
    public static void Refuse(IReadOnlyDictionary<string, string[]> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        if (faults.Count > 0)
            throw new DriftException(DriftError.Invalid, string.Join(" ", faults.Select(f => $"'{f.Key}' {f.Value[0]}."))) { Fields = faults };
    }

    private static void Training(Dictionary<string, string[]> faults, AdapterTraining training)
    {
        Text(faults, "training.training_job_id", training.TrainingJobId, MaxName);
        Require(faults, "training.rank", training.Rank is null or (>= 1 and <= MaxRank), $"is {training.Rank}, must be 1 to {MaxRank}");
        Require(faults, "training.alpha", IsAbove(training.Alpha, 0), "must be above 0");
        Require(faults, "training.dropout", training.Dropout is null or (>= 0 and < 1), "must be at least 0 and below 1");
        Require(faults, "training.num_epochs", IsAbove(training.NumEpochs, 0), "must be above 0");
        Require(faults, "training.learning_rate", IsAbove(training.LearningRate, 0), "must be above 0");
        Require(faults, "training.batch_size", training.BatchSize is null or >= 1, "must be at least 1");
        Require(faults, "training.training_loss", training.TrainingLoss is not { } loss || double.IsFinite(loss), "must be a finite number");
        Require(faults, "training.validation_loss", training.ValidationLoss is not { } held || double.IsFinite(held), "must be a finite number");
        Require(faults, "training.training_time_seconds", training.TrainingTimeSeconds is not { } time || (double.IsFinite(time) && time >= 0), "must not be negative");
    }

    private static bool IsAbove(double? value, double least) => value is not { } number || (double.IsFinite(number) && number > least);

    private static bool IsText(string text) => !text.Contains('\0', StringComparison.Ordinal);

    private static void Text(Dictionary<string, string[]> faults, string field, string? text, int most) =>
        Require(faults, field, text is null || (text.Length > 0 && text.Length <= most && IsText(text)), $"must be 1 to {most} characters without U+0000");

    private static void Require(Dictionary<string, string[]> faults, string field, bool holds, string message)
    {
        if (!holds)
            faults.TryAdd(field, [message]);
    }

    private static string Shorten(string? text) => text is null ? "" : text.Length <= 60 ? text : $"{text[..60]}…";
}
