using Drift.Actors;
using Drift.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Drift.Hosting;

/// <summary>Unhealthy while the database does not answer: batches would be refused with 503.</summary>
internal sealed class StorageHealthCheck(IStorageHealth storage) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await storage.CheckAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (DriftException e)
        {
            return HealthCheckResult.Unhealthy(e.Message);
        }
    }
}
