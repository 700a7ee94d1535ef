using Microsoft.AspNetCore.Http;

namespace Drift.Api.Auth;

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
