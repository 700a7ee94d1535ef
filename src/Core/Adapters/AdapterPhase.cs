namespace Drift.Core.Adapters;

/// <summary>A state with the role that belongs to it: <see cref="AdapterState.Loading"/> and <see cref="AdapterState.Serving"/> have one, the others none.</summary>
/// <param name="State">The state.</param>
/// <param name="Role">The role.</param>
public readonly record struct AdapterPhase(AdapterState State, AdapterRole? Role = null)
{
    /// <summary>Whether the version answers requests as the one champion.</summary>
    public bool IsChampion => State == AdapterState.Serving && Role == AdapterRole.Champion;

    /// <summary>Whether the version is, or is about to be, a canary.</summary>
    public bool IsCanary => State is AdapterState.Loading or AdapterState.Serving && Role == AdapterRole.Canary;
}
