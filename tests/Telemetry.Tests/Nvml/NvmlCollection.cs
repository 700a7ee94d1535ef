namespace Drift.Telemetry.Tests.Nvml;

/// <summary>The fake NVML's state is the process's: its tests take turns.</summary>
[CollectionDefinition(nameof(NvmlCollection))]
public sealed class NvmlCollection;
