namespace Drift.Api.Limits;

/// <summary>Limits of one tenant, each as in <see cref="LimitOptions"/>; null: as for everyone.</summary>
public sealed class TenantLimitOptions
{
    /// <inheritdoc cref="LimitOptions.RowsPerSecond"/>
    public double? RowsPerSecond { get; set; }

    /// <inheritdoc cref="LimitOptions.BytesPerSecond"/>
    public double? BytesPerSecond { get; set; }

    /// <inheritdoc cref="LimitOptions.Burst"/>
    public TimeSpan? Burst { get; set; }

    /// <inheritdoc cref="LimitOptions.MaxModels"/>
    public int? MaxModels { get; set; }

    /// <inheritdoc cref="LimitOptions.MaxColumns"/>
    public int? MaxColumns { get; set; }

    /// <inheritdoc cref="LimitOptions.RequestsPerModel"/>
    public int? RequestsPerModel { get; set; }

    /// <inheritdoc cref="LimitOptions.RequestsPerTenant"/>
    public int? RequestsPerTenant { get; set; }
}
