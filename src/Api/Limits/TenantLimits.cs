namespace Drift.Api.Limits;

/// <summary>The limits that hold for one tenant; 0 is none.</summary>
internal sealed record TenantLimits(
    double RowsPerSecond, double BytesPerSecond, TimeSpan Burst, int MaxModels, int MaxColumns, int RequestsPerModel, int RequestsPerTenant)
{
    /// <summary>Everyone's limits with the tenant's own in their place.</summary>
    public static TenantLimits Of(LimitOptions options, string tenant)
    {
        var own = options.Tenants.TryGetValue(tenant, out var found) ? found : null;
        return new TenantLimits(
            own?.RowsPerSecond ?? options.RowsPerSecond,
            own?.BytesPerSecond ?? options.BytesPerSecond,
            own?.Burst ?? options.Burst,
            own?.MaxModels ?? options.MaxModels,
            own?.MaxColumns ?? options.MaxColumns,
            own?.RequestsPerModel ?? options.RequestsPerModel,
            own?.RequestsPerTenant ?? options.RequestsPerTenant);
    }
}
