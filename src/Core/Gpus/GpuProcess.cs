namespace Drift.Core.Gpus;

/// <summary>A process on a GPU.</summary>
public sealed record GpuProcess
{
    /// <summary>The process id on the node, as the driver sees it.</summary>
    public long Pid { get; init; }

    /// <summary>What it uses the GPU for.</summary>
    public GpuProcessKind Kind { get; init; }

    /// <summary>Memory it holds on the GPU, in bytes; absent where the driver does not tell.</summary>
    public long? MemoryUsedBytes { get; init; }

    /// <summary>The MIG GPU instance it runs on.</summary>
    public int? GpuInstance { get; init; }

    /// <summary>The MIG compute instance it runs on.</summary>
    public int? ComputeInstance { get; init; }
}
