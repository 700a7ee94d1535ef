namespace Drift.Support;

/// <summary>What promtool answered.</summary>
/// <param name="ExitCode">0 when it found nothing.</param>
/// <param name="Output">All it printed.</param>
public sealed record PromtoolResult(int ExitCode, string Output);
