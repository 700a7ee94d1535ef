using Microsoft.Extensions.Configuration;

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

    /// <summary>
    /// Reads the section. Scopes may also be one text with commas (<c>Drift__ApiKeys__0__Scopes=read,ingest</c>): the framework's binder takes no notice of a text
    /// where it expects a list, and a key without scopes may do everything.
    /// </summary>
    internal void Read(IConfigurationSection section)
    {
        section.Bind(Keys);
        foreach (var (entry, key) in section.GetChildren().Zip(Keys))
        {
            foreach (var scope in (entry[nameof(ApiKeyEntry.Scopes)] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                key.Scopes.Add(scope);
        }
    }
}
