namespace Drift.Actors.Adapters;

/// <summary>LoRA versions of a base model side by side.</summary>
public sealed record AdapterComparison
{
    /// <summary>The base model.</summary>
    public string BaseModel { get; init; } = "";

    /// <summary>The champion; null when there is none.</summary>
    public string? Champion { get; init; }

    /// <summary>The versions, in the order in which they were asked for.</summary>
    public IReadOnlyList<ComparedAdapter> Versions { get; init; } = [];
}
