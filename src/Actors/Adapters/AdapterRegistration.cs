using Drift.Core.Adapters;

namespace Drift.Actors.Adapters;

/// <summary>A LoRA version to register.</summary>
public sealed record AdapterRegistration
{
    /// <summary>Its name, unique within the base model; the value of <c>adapter</c> in rows. As <see cref="ModelId.IsName"/>.</summary>
    public string Version { get; init; } = "";

    /// <summary>The monitored model whose rows carry it, by name; null when none does, and then canaries are judged by hand.</summary>
    public string? Model { get; init; }

    /// <summary>Its name in the serving engine, at most 200 characters; null: as <see cref="Version"/>.</summary>
    public string? LoraName { get; init; }

    /// <summary>The deployer that loads and unloads it; null or <c>none</c>: nobody is asked and loading is over at once.</summary>
    public string? Deployer { get; init; }

    /// <summary>Where its weights are, at most 2 000 characters.</summary>
    public string? ArtifactUri { get; init; }

    /// <summary>How it was or will be trained.</summary>
    public AdapterTraining Training { get; init; } = new();

    /// <summary>What else is to be kept with it: at most 50 texts, with their names at most 2 000 characters together.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>How far it has come already: <c>registered</c>, <c>training</c> or <c>trained</c>.</summary>
    public AdapterState State { get; init; } = AdapterState.Registered;
}
