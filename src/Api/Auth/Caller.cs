using Drift.Actors;
using Microsoft.AspNetCore.Http;

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

/// <summary>Finds the caller of a request.</summary>
public static class CallerExtensions
{
    /// <summary>The caller; null on a route that is open to callers without a key, when there is none.</summary>
    public static Caller? FindCaller(this HttpContext http) => http.Features.Get<Caller>();

    /// <summary>The caller on a route that needs one.</summary>
    /// <exception cref="InvalidOperationException">The route does not need a scope, so nobody was identified.</exception>
    public static Caller GetCaller(this HttpContext http) =>
        http.FindCaller() ?? throw new InvalidOperationException("The route has no caller: give it a scope with RequireScope.");
}
