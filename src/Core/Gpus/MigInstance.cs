namespace Drift.Core.Gpus;

/// <summary>A part of a GPU that MIG set apart.</summary>
public sealed record MigInstance
{
    /// <summary>Its own UUID.</summary>
    public string Uuid { get; init; } = "";

    /// <summary>Its size as NVIDIA writes it, such as <c>1g.10gb</c>.</summary>
    public string? Profile { get; init; }

    /// <summary>The GPU instance.</summary>
    public int? GpuInstance { get; init; }

    /// <summary>The compute instance within it.</summary>
    public int? ComputeInstance { get; init; }

    /// <summary>Its memory, in bytes.</summary>
    public long? MemoryTotalBytes { get; init; }

    /// <summary>Of that, in use.</summary>
    public long? MemoryUsedBytes { get; init; }

    /// <summary>Of that, free.</summary>
    public long? MemoryFreeBytes { get; init; }
}
