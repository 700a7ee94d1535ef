using System.Text;
using Drift.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace Drift.Api.Auth;

/// <summary>
/// Identifies callers and turns away those that a route is not for. Runs after routing. With keys, everything under <c>/v1</c> and
/// <c>/drift</c> needs one, known route or not, except where
/// callers sign what they send. Without keys only this machine is served, and only under its own name: a page from
/// elsewhere that a browser here has open must not reach the API by resolving its own name to 127.0.0.1 (DNS rebinding), nor by
/// posting across origins.
/// </summary>
internal sealed class AccessMiddleware(RequestDelegate next, ApiKeyRing keys)
{
    public Task InvokeAsync(HttpContext http)
    {
        if (keys.IsEmpty)
        {
            if (RefuseRemote(http) is { } reason)
                return Problems.WriteAsync(http, ErrorKind.NotLocal, reason);
            http.Features.Set(Caller.Local);
            return next(http);
        }

        if (http.GetEndpoint()?.Metadata.GetMetadata<SignedRequests>() is not null)
            return next(http);
        var forBrowsers = http.GetEndpoint()?.Metadata.GetMetadata<BrowserAccess>() is not null;
        var key = KeyOf(http.Request) ?? (forBrowsers ? PasswordOf(http.Request) : null);
        var caller = key is null ? null : keys.Find(key);
        http.Features.Set(caller);

        var scope = http.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>()?.Scope;
        if (scope is null && !http.Request.Path.StartsWithSegments("/v1") && !http.Request.Path.StartsWithSegments("/drift"))
            return next(http);
        if (caller is null)
        {
            return Problems.WriteAsync(http, ErrorKind.Unauthorized, key is null
                ? $"No API key was sent. Send it as 'X-Api-Key: <key>' or 'Authorization: Bearer <key>'{(forBrowsers ? ", in a browser as the password" : "")}."
                : "The API key is not known here.");
        }

        if (scope is { } needed && !caller.May(needed))
            return Problems.WriteAsync(http, ErrorKind.Forbidden, Missing(needed));
        return next(http);
    }

    /// <summary>What a caller is told whose key lacks a scope.</summary>
    public static string Missing(ApiScopes scope)
    {
        var name = scope.ToString().ToLowerInvariant();
        return $"This needs the scope '{name}', which the API key does not have. Add it to the key's Scopes under {ApiKeyOptions.SectionName}.";
    }

    private static string? KeyOf(HttpRequest request)
    {
        if (request.Headers.TryGetValue("X-Api-Key", out var values) && values is [{ Length: > 0 } key])
            return key;
        const string scheme = "Bearer ";
        return request.Headers.Authorization is [{ } value] && value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            ? value[scheme.Length..].Trim()
            : null;
    }

    private static string? PasswordOf(HttpRequest request)
    {
        const string scheme = "Basic ";
        if (!(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            || request.Headers.Authorization is not [{ } value] || !value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var bytes = new byte[value.Length];
        if (!Convert.TryFromBase64String(value[scheme.Length..].Trim(), bytes, out var length))
            return null;
        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        return pair.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon && colon + 1 < pair.Length ? pair[(colon + 1)..] : null;
    }

    private static string? RefuseRemote(HttpContext http)
    {
        const string remedy = $"Configure an API key ({ApiKeyOptions.SectionName}) to serve others.";
        if (!Loopback.IsAddress(http.Connection.RemoteIpAddress))
            return $"The caller is another machine. {remedy}";
        var host = http.Request.Host.Host;
        if (!Loopback.IsHost(host))
            return $"The Host header says '{host}', without keys it must be localhost or a loopback address. {remedy}";
        return http.Request.Headers.Origin is [{ Length: > 0 } origin] && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && Loopback.IsHost(from.Host))
            ? $"The request comes from a page of '{origin}', without keys only pages of this machine may ask. {remedy}"
            : null;
    }
}
