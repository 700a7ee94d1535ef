namespace Drift.Dashboards.Tests.Stack;

/// <summary>Tests that look at one running product; it is started once.</summary>
[CollectionDefinition(nameof(Observed))]
public sealed class ObservedCollection : ICollectionFixture<Observed>;
