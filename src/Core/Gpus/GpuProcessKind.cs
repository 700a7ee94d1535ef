namespace Drift.Core.Gpus;

/// <summary>What a process uses a GPU for.</summary>
public enum GpuProcessKind
{
    /// <summary>It has a compute context.</summary>
    Compute,

    /// <summary>It has a graphics context.</summary>
    Graphics,
}
