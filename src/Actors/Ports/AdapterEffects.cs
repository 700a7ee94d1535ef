using Drift.Actors.Adapters;

namespace Drift.Actors.Ports;

/// <summary>What follows from a change of a base model's LoRA versions.</summary>
/// <param name="Tenant">Whose they are.</param>
/// <param name="BaseModel">The base model.</param>
/// <param name="Versions">The versions as they are now.</param>
/// <param name="Transitions">The transitions that led there, in order. One whose sequence is there already changes nothing.</param>
/// <param name="Points">Figures. One of the same version, metric and time as one that is there replaces it.</param>
public sealed record AdapterEffects(
    string Tenant,
    string BaseModel,
    IReadOnlyList<AdapterDescription> Versions,
    IReadOnlyList<AdapterTransition> Transitions,
    IReadOnlyList<AdapterPerformancePoint> Points);
