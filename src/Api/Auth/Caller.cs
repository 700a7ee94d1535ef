using Drift.Actors;

namespace Drift.Api.Auth;

/// <summary>Who sent a request.</summary>
/// <param name="Tenant">The tenant whose models it is about.</param>
/// <param name="Scopes">What it may do.</param>
public sealed record Caller(string Tenant, ApiScopes Scopes)
{
    /// <summary>A caller on this machine while no keys are configured: the default tenant, everything allowed.</summary>
    public static Caller Local { get; } = new(ModelId.DefaultTenant, ApiScopes.Ingest | ApiScopes.Read | ApiScopes.Admin);

    /// <summary>Whether it may do that.</summary>
    public bool May(ApiScopes scope) => (Scopes & scope) == scope || Scopes.HasFlag(ApiScopes.Admin);
}
