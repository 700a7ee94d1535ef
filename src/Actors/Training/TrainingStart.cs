namespace Drift.Actors.Training;

/// <summary>A run begins.</summary>
public sealed record TrainingStart
{
    /// <summary>The model that it is for.</summary>
    public string Model { get; init; } = "";

    /// <summary>The base model that is adapted.</summary>
    public string? BaseModel { get; init; }

    /// <summary>The trigger that asked for it; one of the same model.</summary>
    public string? TriggerId { get; init; }

    /// <summary>The adapter version that it makes.</summary>
    public string? AdapterVersion { get; init; }

    /// <summary>What it trains with.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; init; }
}
