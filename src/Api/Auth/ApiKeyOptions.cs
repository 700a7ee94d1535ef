using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Drift.Api.Auth;

/// <summary>The API keys that are taken: the list under <c>Drift:ApiKeys</c>.</summary>
/// <remarks>Without any, only callers on this machine are served, see <see cref="BindingGuard"/>.</remarks>
public sealed class ApiKeyOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Drift:ApiKeys";

    /// <summary>Characters that a key has at least.</summary>
    public const int MinKeyLength = 16;

    private static readonly SortedSet<string> Members = new(StringComparer.OrdinalIgnoreCase)
    {
        nameof(ApiKeyEntry.Key), nameof(ApiKeyEntry.KeySha256), nameof(ApiKeyEntry.Tenant), nameof(ApiKeyEntry.Scopes),
    };

    /// <summary>The keys.</summary>
    /// <value>Default none.</value>
    public IList<ApiKeyEntry> Keys { get; } = [];

    /// <summary>
    /// Reads the section. Scopes may also be one text with commas (<c>Drift__ApiKeys__0__Scopes=read,ingest</c>): the framework's binder takes no notice of a text
    /// where it expects a list, and a key without scopes may do everything.
    /// </summary>
    /// <exception cref="OptionsValidationException">Something there is no key, and would otherwise be left out without a word; its value is not quoted, it may be one.</exception>
    internal void Read(IConfigurationSection section)
    {
        var faults = section.GetChildren().Prepend(section).Where(s => s.Value is { Length: > 0 })
            .Select(s => $"{s.Path} is a text of {s.Value!.Length} characters, must have members: {section.Path}:0:{nameof(ApiKeyEntry.Key)}.").ToList();
        foreach (var entry in section.GetChildren())
        {
            var parts = entry.GetChildren().ToList();
            // A member that does not exist is most of all one that is written otherwise: scopes that are not read allow everything.
            faults.AddRange(parts.Where(p => !Members.Contains(p.Key)).Select(p => $"{p.Path} is no member of a key, must be one of {string.Join(", ", Members)}."));
            faults.AddRange(parts.Where(p => p.GetChildren().Any() && !string.Equals(p.Key, nameof(ApiKeyEntry.Scopes), StringComparison.OrdinalIgnoreCase) && Members.Contains(p.Key)).Select(p => $"{p.Path} has members, must be a text."));
            var key = new ApiKeyEntry();
            if (faults.Count == 0)
                entry.Bind(key);
            foreach (var scope in (entry[nameof(ApiKeyEntry.Scopes)] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                key.Scopes.Add(scope);
            Keys.Add(key);
        }

        if (faults.Count > 0)
            throw new OptionsValidationException(section.Path, typeof(ApiKeyOptions), faults);
    }
}
