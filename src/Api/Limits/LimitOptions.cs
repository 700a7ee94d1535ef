namespace Drift.Api.Limits;

/// <summary>
/// What one tenant may send to this node, and have. A limit of 0 is none. Each node counts for itself: behind a load balancer over N
/// nodes a tenant has up to N times as much per second.
/// </summary>
public sealed class LimitOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Drift:Limits";

    /// <summary>Rows per second of a tenant, over time: predictions, labels and references.</summary>
    /// <value>Default 0, no limit; else up to 1e9.</value>
    /// <remarks>A request is taken while the tenant is within its rate, however many rows it then has; the next ones wait for what it is above.</remarks>
    public double RowsPerSecond { get; set; }

    /// <summary>Bytes per second of a tenant's bodies as they are sent.</summary>
    /// <value>Default 0, no limit; else up to 1e12.</value>
    public double BytesPerSecond { get; set; }

    /// <summary>For how long a tenant that was quiet may send at any rate until it has used up what it saved: rate × this.</summary>
    /// <value>Default 10 seconds; 1 second to 1 hour.</value>
    public TimeSpan Burst { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Models of a tenant.</summary>
    /// <value>Default 0, no limit.</value>
    /// <remarks>Those that exist stay when it is lowered.</remarks>
    public int MaxModels { get; set; }

    /// <summary>Features of one model, as its settings declare them or as a request of rows or a reference has them.</summary>
    /// <value>Default 0, no limit but <c>Drift:Ingest:MaxColumns</c>.</value>
    public int MaxColumns { get; set; }

    /// <summary>Requests with rows or labels that are under way for one model at a time.</summary>
    /// <value>Default 1 024; 0, no limit.</value>
    public int RequestsPerModel { get; set; } = 1024;

    /// <summary>Requests with rows or labels that are under way for all models of a tenant at a time.</summary>
    /// <value>Default 4 096; 0, no limit.</value>
    public int RequestsPerTenant { get; set; } = 4096;

    /// <summary>Limits of single tenants, by name; what one leaves out is as above.</summary>
    /// <value>Default none.</value>
    public IDictionary<string, TenantLimitOptions> Tenants { get; } = new Dictionary<string, TenantLimitOptions>(StringComparer.Ordinal);
}
