namespace Drift.Api.Auth;

/// <summary>Keeps a host without API keys off the network.</summary>
public static class BindingGuard
{
    /// <summary>Whether the host may listen on these URLs.</summary>
    /// <param name="urls">The URLs it is about to listen on, as in <c>--urls</c>; several may be joined by semicolons.</param>
    /// <param name="keysConfigured">Whether <c>Drift:ApiKeys</c> has any key.</param>
    /// <returns>Null when it may; else the message to stop with, which says what to do.</returns>
    public static string? Check(IEnumerable<string> urls, bool keysConfigured)
    {
        ArgumentNullException.ThrowIfNull(urls);
        if (keysConfigured)
            return null;
        var open = urls.SelectMany(u => u.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Where(u => !IsLocal(u))
            .ToArray();
        return open.Length == 0
            ? null
            : $"""
            Not started: {string.Join(", ", open)} can be reached from other machines, and no API key is configured, so anyone could read and change everything.
            Either configure a key of at least {ApiKeyOptions.MinKeyLength} characters:
                export Drift__ApiKeys__0__Key=$(openssl rand -hex 24)
                export Drift__ApiKeys__0__Tenant=default
            and send it as 'X-Api-Key: ...' or 'Authorization: Bearer ...',
            or listen on this machine only: --urls http://127.0.0.1:8080
            """;
    }

    private static bool IsLocal(string url)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        var rest = scheme < 0 ? url : url[(scheme + 3)..];
        if (rest.StartsWith("unix:", StringComparison.OrdinalIgnoreCase) || rest.StartsWith("pipe:", StringComparison.OrdinalIgnoreCase))
            return true;
        var end = rest.IndexOf('/');
        var authority = end < 0 ? rest : rest[..end];
        var host = authority.StartsWith('[') ? authority[..(authority.IndexOf(']') + 1)] : authority.Split(':')[0];
        return Loopback.IsHost(host);
    }
}
