namespace Drift.Api.Limits;

/// <summary>What one tenant has used of its rates on this node.</summary>
internal sealed class TenantUse(TenantLimits limits, TimeProvider time)
{
    /// <summary>The tenant's limits.</summary>
    public TenantLimits Limits => limits;

    /// <summary>Rows; null without a limit.</summary>
    public RateBucket? Rows { get; } = limits.RowsPerSecond > 0 ? new RateBucket(limits.RowsPerSecond, limits.Burst, time) : null;

    /// <summary>Bytes; null without a limit.</summary>
    public RateBucket? Bytes { get; } = limits.BytesPerSecond > 0 ? new RateBucket(limits.BytesPerSecond, limits.Burst, time) : null;
}
