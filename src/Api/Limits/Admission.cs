using System.Threading.RateLimiting;

namespace Drift.Api.Limits;

/// <summary>A request that was let in: holds its places among those under way, and takes what it costs. Disposed at its end.</summary>
internal sealed class Admission(TenantUse use, RateLimitLease tenantPlace, RateLimitLease modelPlace, TimeProvider time) : IDisposable
{
    /// <summary>Takes rows from the tenant's rate.</summary>
    public void Rows(long count) => use.Rows?.Take(count);

    /// <summary>Takes bytes from the tenant's rate.</summary>
    public void Bytes(long count) => use.Bytes?.Take(count);

    /// <summary>Returns when the tenant is within its rates again: what a request that goes on does instead of being refused.</summary>
    public async ValueTask PaceAsync(CancellationToken cancellationToken)
    {
        foreach (var bucket in (RateBucket?[])[use.Rows, use.Bytes])
        {
            while (bucket?.Wait is { Ticks: > 0 } wait)
                await Task.Delay(wait, time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        modelPlace.Dispose();
        tenantPlace.Dispose();
    }
}
