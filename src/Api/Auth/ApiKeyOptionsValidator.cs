using Drift.Actors;
using Microsoft.Extensions.Options;

namespace Drift.Api.Auth;

/// <summary>Refuses keys that cannot work or are too weak; names every failing entry, never a key.</summary>
internal sealed class ApiKeyOptionsValidator : IValidateOptions<ApiKeyOptions>
{
    public ValidateOptionsResult Validate(string? name, ApiKeyOptions options)
    {
        var failures = new List<string>();
        for (var i = 0; i < options.Keys.Count; i++)
        {
            var entry = options.Keys[i];
            var at = $"{ApiKeyOptions.SectionName}:{i}";
            if (entry.Key is null == entry.KeySha256 is null)
                failures.Add($"{at} must have either Key or KeySha256, and not both.");
            if (entry.Key is { Length: < ApiKeyOptions.MinKeyLength } key)
                failures.Add($"{at}:Key has {key.Length} characters; it must have at least {ApiKeyOptions.MinKeyLength}, for instance from 'openssl rand -hex 24'.");
            if (entry.KeySha256 is { } hash && (hash.Length != 64 || !hash.All(char.IsAsciiHexDigit)))
                failures.Add($"{at}:KeySha256 must be 64 hexadecimal digits, as from 'printf %s \"$KEY\" | sha256sum'.");
            if (!ModelId.IsName(entry.Tenant))
                failures.Add($"{at}:Tenant is '{entry.Tenant}'; it must be 1 to {ModelId.MaxLength} of A-Z a-z 0-9 . _ - and start with a letter or digit.");
            foreach (var scope in entry.Scopes)
            {
                if (!ApiKeyRing.TryParseScope(scope, out _))
                    failures.Add($"{at}:Scopes has '{scope}'; a scope is one of ingest, read, admin.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
