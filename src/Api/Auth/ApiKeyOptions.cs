namespace Drift.Api.Auth;

/// <summary>The API keys that are taken: the list under <c>Drift:ApiKeys</c>.</summary>
/// <remarks>Without any, only callers on this machine are served, see <see cref="BindingGuard"/>.</remarks>
public sealed class ApiKeyOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Drift:ApiKeys";

    /// <summary>Characters that a key has at least.</summary>
    public const int MinKeyLength = 16;

    /// <summary>The keys.</summary>
    /// <value>Default none.</value>
    public IList<ApiKeyEntry> Keys { get; } = [];
}
