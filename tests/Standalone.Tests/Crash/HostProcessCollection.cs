namespace Drift.Standalone.Tests.Crash;

/// <summary>Tests that start hosts as processes run one after another: a machine with two cores has no room for more.</summary>
[CollectionDefinition(nameof(HostProcess))]
public sealed class HostProcessCollection;
