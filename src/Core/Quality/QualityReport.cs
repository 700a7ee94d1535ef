namespace Drift.Core.Quality;

/// <summary>Placeholder.</summary>
public sealed record QualityReport;
