using Drift.Actors;

namespace Drift.Api.Auth;

/// <summary>One API key.</summary>
public sealed class ApiKeyEntry
{
    /// <summary>The key itself, at least 16 characters. A secret: configure it by environment variable or secret file.</summary>
    /// <value>Default null: <see cref="KeySha256"/> is used.</value>
    public string? Key { get; set; }

    /// <summary>SHA-256 of the key's UTF-8 bytes, 64 hexadecimal digits, for configurations that must not hold the key.</summary>
    /// <value>Default null: <see cref="Key"/> is used. Exactly one of the two is given.</value>
    public string? KeySha256 { get; set; }

    /// <summary>The tenant that the key's callers are.</summary>
    /// <value>Default <c>default</c>.</value>
    public string Tenant { get; set; } = ModelId.DefaultTenant;

    /// <summary>What the key allows: any of <c>ingest</c>, <c>read</c>, <c>admin</c>.</summary>
    /// <value>Default empty, which means all.</value>
    /// <remarks><c>admin</c> allows the other two as well.</remarks>
    public IList<string> Scopes { get; } = [];
}
