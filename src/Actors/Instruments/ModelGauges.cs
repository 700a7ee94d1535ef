using Drift.Core.Detection;
using Drift.Core.Performance;
using Drift.Core.Quality;

namespace Drift.Actors.Instruments;

/// <summary>The latest state of one model, as its gauges show it until its actor leaves this node.</summary>
/// <param name="Verdicts">The latest verdict per window, the leading window first.</param>
/// <param name="Performance">Performance in the leading window.</param>
/// <param name="Quality">Data quality in the leading window.</param>
public sealed record ModelGauges(IReadOnlyList<Verdict> Verdicts, PerformanceReport Performance, QualityReport Quality);
