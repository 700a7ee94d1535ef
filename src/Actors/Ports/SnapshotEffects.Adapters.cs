namespace Drift.Actors.Ports;

public sealed partial record SnapshotEffects
{
    /// <summary>LoRA versions that changed, with what is kept of it; null when none did.</summary>
    public AdapterEffects? Adapters { get; init; }
}
