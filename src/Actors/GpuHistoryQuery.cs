namespace Drift.Actors;

/// <summary>Which samples of a node.</summary>
/// <param name="From">From this time on.</param>
/// <param name="Resolution">How fine.</param>
/// <param name="Uuid">One GPU only; null for all.</param>
/// <param name="Limit">The most samples.</param>
public sealed record GpuHistoryQuery(DateTimeOffset From, GpuResolution Resolution, string? Uuid, int Limit);
