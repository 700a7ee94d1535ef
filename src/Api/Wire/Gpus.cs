using Drift.Actors;
using Drift.Core.Gpus;

namespace Drift.Api.Wire;

/// <summary>Reports of a node's poller.</summary>
internal sealed record GpuReportBatch
{
    /// <summary>The reports, in any order.</summary>
    public required IReadOnlyList<GpuReport> Reports { get; init; }
}

/// <summary>The nodes with GPUs.</summary>
internal sealed record GpuNodeList(IReadOnlyList<GpuNodeView> Nodes);

/// <summary>A node and its GPUs.</summary>
internal sealed record GpuNodeView
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>Whether no report came for so long that the last one says nothing of now.</summary>
    public bool Silent { get; init; }

    /// <summary>When the last report was made.</summary>
    public DateTimeOffset ReportedAt { get; init; }

    /// <summary>How the driver answered.</summary>
    public GpuDriverState State { get; init; }

    /// <summary>What to know about the state.</summary>
    public string? Detail { get; init; }

    /// <summary>Version of the driver.</summary>
    public string? DriverVersion { get; init; }

    /// <summary>Version of NVML.</summary>
    public string? NvmlVersion { get; init; }

    /// <summary>The GPUs by index, those that do not answer too.</summary>
    public required IReadOnlyList<GpuReading> Gpus { get; init; }

    /// <summary>A node in full.</summary>
    public static GpuNodeView Of(GpuNode node) => new()
    {
        Node = node.Node,
        Silent = node.Silent,
        ReportedAt = node.Report.At,
        State = node.Report.State,
        Detail = node.Report.Detail,
        DriverVersion = node.Report.DriverVersion,
        NvmlVersion = node.Report.NvmlVersion,
        Gpus = node.Report.Gpus,
    };

    /// <summary>A node for a list: without processes, instances and reasons.</summary>
    public static GpuNodeView Short(GpuNode node) => Of(node) with
    {
        Gpus = [.. node.Report.Gpus.Select(g => g with { Processes = null, MigInstances = null, Missing = null })],
    };
}

/// <summary>Samples of a node's GPUs, newest first.</summary>
internal sealed record GpuHistoryPage(string Node, GpuResolution Resolution, DateTimeOffset From, IReadOnlyList<GpuSample> Samples);
