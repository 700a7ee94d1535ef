namespace Drift.Actors;

/// <summary>What became of reports.</summary>
/// <param name="Accepted">Taken.</param>
/// <param name="Ignored">Left out, because they are too old, or another poller reports the same GPUs.</param>
public sealed record GpuReceipt(int Accepted, int Ignored);
