using System.Text.Json;
using Drift.Actors;
using Drift.Actors.Ports;

namespace Drift.Storage;

/// <summary>What the tables of LoRA versions have in common in both databases.</summary>
internal static class AdapterColumns
{
    /// <summary>The columns of <c>lora_adapters</c>, in the order in which they are written and read.</summary>
    public static IReadOnlyList<string> Adapter { get; } =
    [
        "tenant", "base_model", "version", "model", "lora_name", "deployer", "training_job_id", "rank", "alpha", "dropout", "num_epochs", "learning_rate",
        "batch_size", "training_loss", "validation_loss", "training_time_seconds", "artifact_uri", "metadata", "state", "role", "is_active", "created_at",
        "deployed_at", "updated_at", "sequence", "message", "replaced", "deployment_id", "share", "canary",
    ];

    /// <summary>The same columns as a list.</summary>
    public static string AdapterList { get; } = string.Join(", ", Adapter);

    /// <summary>What an upsert sets.</summary>
    public static string AdapterUpdate { get; } = string.Join(", ", Adapter.Skip(3).Where(c => c != "created_at").Select(c => $"{c} = excluded.{c}"));

    /// <summary>The columns of <c>lora_transitions</c>.</summary>
    public static IReadOnlyList<string> Transition { get; } =
    [
        "tenant", "base_model", "sequence", "version", "timestamp", "command", "from_state", "from_role", "to_state", "to_role", "changed_by", "reason",
    ];

    /// <summary>The columns of <c>lora_performance</c>.</summary>
    public static IReadOnlyList<string> Point { get; } =
    [
        "tenant", "base_model", "adapter_version", "metric_name", "metric_value", "sample_count", "timestamp", "metadata",
    ];

    /// <summary>What a point is read from.</summary>
    public const string PointSelect = "adapter_version, metric_name, metric_value, sample_count, timestamp, metadata";

    /// <summary>What a transition is read from.</summary>
    public const string TransitionSelect = "version, sequence, timestamp, command, from_state, from_role, to_state, to_role, changed_by, reason";

    /// <summary>States at which a version's life is over.</summary>
    public const string Ends = "('retired', 'failed', 'rolled_back')";

    public static string? Word<T>(T? value)
        where T : struct, Enum => value is { } given ? JsonNamingPolicy.SnakeCaseLower.ConvertName(given.ToString()) : null;

    public static T Parse<T>(string word)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (Word<T>(value) == word)
                return value;
        }

        throw new InvalidDataException($"'{word}' is no {typeof(T).Name}.");
    }

    public static T? ParseOrNull<T>(string? word)
        where T : struct, Enum => word is null ? null : Parse<T>(word);

    /// <summary>Refuses what one of the databases cannot hold.</summary>
    /// <exception cref="DriftException"><see cref="DriftError.Invalid"/>.</exception>
    public static void Check(AdapterEffects effects)
    {
        foreach (var version in effects.Versions)
        {
            StoredText.Check(version.LoraName, "lora_name");
            StoredText.Check(version.ArtifactUri, "artifact_uri");
            StoredText.Check(version.Training.TrainingJobId, "training_job_id");
            StoredText.Check(version.Message, "reason");
            CheckMetadata(version.Metadata);
        }

        foreach (var transition in effects.Transitions)
        {
            StoredText.Check(transition.By, "name of who changes it");
            StoredText.Check(transition.Reason, "reason");
        }

        foreach (var point in effects.Points)
            CheckMetadata(point.Metadata);
    }

    private static void CheckMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        foreach (var (name, value) in metadata)
        {
            StoredText.Check(name, "metadata");
            StoredText.Check(value, "metadata");
        }
    }
}
