using Drift.Silo.Tests.Support;

namespace Drift.Silo.Tests;

/// <summary>Tests that start silos as processes run one after another: a machine with two cores has no room for more.</summary>
[CollectionDefinition(nameof(SiloProcess))]
public sealed class SiloProcessCollection;
