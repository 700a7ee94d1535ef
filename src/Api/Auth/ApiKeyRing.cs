using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Drift.Api.Auth;

/// <summary>Finds the caller that a key stands for. Holds hashes only. Thread-safe.</summary>
internal sealed class ApiKeyRing
{
    private readonly (byte[] Hash, Caller Caller)[] _keys;

    public ApiKeyRing(IOptions<ApiKeyOptions> options) =>
        _keys = [.. options.Value.Keys.Select(e => (HashOf(e), new Caller(e.Tenant, ScopesOf(e))))];

    /// <summary>Whether any key is configured: without, only this machine is served.</summary>
    public bool IsEmpty => _keys.Length == 0;

    /// <summary>The caller of a key, or null for an unknown one. Takes as long for a wrong key as for a right one.</summary>
    public Caller? Find(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        Caller? found = null;
        foreach (var (known, caller) in _keys)
        {
            // No early end: which of the keys it was must not show in the time either.
            if (CryptographicOperations.FixedTimeEquals(known, hash))
                found = caller;
        }

        return found;
    }

    public static bool TryParseScope(string text, out ApiScopes scope)
    {
        scope = text.Trim().ToLowerInvariant() switch
        {
            "ingest" => ApiScopes.Ingest,
            "read" => ApiScopes.Read,
            "admin" => ApiScopes.Admin,
            _ => ApiScopes.None,
        };
        return scope != ApiScopes.None;
    }

    private static byte[] HashOf(ApiKeyEntry entry) =>
        entry.Key is { } key ? SHA256.HashData(Encoding.UTF8.GetBytes(key)) : Convert.FromHexString(entry.KeySha256!);

    private static ApiScopes ScopesOf(ApiKeyEntry entry)
    {
        if (entry.Scopes.Count == 0)
            return ApiScopes.Ingest | ApiScopes.Read | ApiScopes.Admin;
        var scopes = ApiScopes.None;
        foreach (var text in entry.Scopes)
            scopes |= TryParseScope(text, out var scope) ? scope : ApiScopes.None;
        return scopes;
    }
}
