using Drift.Core.Gpus;

namespace Drift.Standalone.Client;

/// <summary>Reports of a node's GPUs as they are sent.</summary>
internal sealed record GpuReports(IReadOnlyList<GpuReport> Reports);
