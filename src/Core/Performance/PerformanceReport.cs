namespace Drift.Core.Performance;

/// <summary>Placeholder.</summary>
public sealed record PerformanceReport;
