namespace Drift.Api.Options;

/// <summary>Who may scrape.</summary>
public sealed class MetricsEndpointOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Drift:Metrics";

    /// <summary>Whether <c>/metrics</c> needs an API key with the scope <c>read</c>, once keys are configured.</summary>
    /// <value>Default false: scrapers need no key.</value>
    /// <remarks>The metrics show the names of all tenants' models.</remarks>
    public bool RequireKey { get; set; }
}
