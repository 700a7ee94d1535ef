namespace Drift.Core.Gpus;

/// <summary>All GPUs of one node at one moment, as the node's poller saw them.</summary>
public sealed record GpuReport
{
    /// <summary>The longest time a report may be under way: an older one is not taken, because its minute may be final.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    /// <summary>When.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>How the driver answers.</summary>
    public GpuDriverState State { get; init; }

    /// <summary>What to know about the state, for a person.</summary>
    public string? Detail { get; init; }

    /// <summary>Version of the driver.</summary>
    public string? DriverVersion { get; init; }

    /// <summary>Version of NVML.</summary>
    public string? NvmlVersion { get; init; }

    /// <summary>
    /// Which poller made it: a name that no other poller has at the same time. Two that report one GPU are told apart by it; null for one that
    /// does not say.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>The GPUs by index, those that do not answer too.</summary>
    public IReadOnlyList<GpuReading> Gpus { get; init; } = [];

    /// <summary>
    /// This report as it follows another: a GPU that the earlier one had and this one lacks has vanished, and states that did not
    /// change keep their beginning. What vanished longer than <paramref name="forgetAfter"/> ago is left out.
    /// </summary>
    public GpuReport After(GpuReport? earlier, TimeSpan forgetAfter)
    {
        var before = new Dictionary<string, GpuReading>(StringComparer.Ordinal);
        foreach (var gpu in earlier?.Gpus ?? [])
            before[gpu.Uuid] = gpu;

        var gpus = new List<GpuReading>(Gpus.Count);
        foreach (var gpu in Gpus)
        {
            var since = gpu.StateSince ?? At;
            if (before.Remove(gpu.Uuid, out var known) && known.State == gpu.State && known.StateSince < since)
                since = known.StateSince.Value;
            gpus.Add(since == gpu.StateSince ? gpu : gpu with { StateSince = since });
        }

        // A driver that answers says what is there; one that does not leaves it open.
        var missing = State is GpuDriverState.Ok or GpuDriverState.NoDevices ? GpuState.Vanished : GpuState.Unknown;
        foreach (var gpu in before.Values)
            gpus.Add(gpu.Without(missing, gpu.State == missing ? gpu.StateSince ?? At : At));

        gpus.RemoveAll(gpu => gpu.State == GpuState.Vanished && At - gpu.StateSince > forgetAfter);
        gpus.Sort(static (a, b) => (a.Index, a.Uuid).CompareTo((b.Index, b.Uuid)));
        return this with { Gpus = gpus };
    }
}
