using Microsoft.AspNetCore.Builder;

namespace Drift.Api.Auth;

/// <summary>Puts scopes on routes.</summary>
public static class RequiredScopeExtensions
{
    /// <summary>Lets only callers in who have that scope. Without configured keys every local caller has all.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, ApiScopes scope)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.WithMetadata(new RequiredScope(scope));
        return builder;
    }

    /// <summary>Lets browsers read these routes: the API key may come as the password of HTTP Basic, whatever the user name.</summary>
    public static TBuilder AllowBrowsers<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.WithMetadata(new BrowserAccess());
        return builder;
    }
}
