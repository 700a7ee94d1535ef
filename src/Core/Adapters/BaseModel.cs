namespace Drift.Core.Adapters;

/// <summary>Names of base models, as model hubs and serving engines write them: <c>meta-llama/Llama-3-8B</c>.</summary>
public static class BaseModel
{
    /// <summary>The longest name.</summary>
    public const int MaxLength = 200;

    /// <summary>What names are, for messages.</summary>
    public const string Rule = "1 to 200 of A-Z a-z 0-9 . _ - : @ /, beginning and ending with a letter or digit, without // and ..";

    /// <summary>Whether a text can be the name of a base model.</summary>
    public static bool IsName(string? text) =>
        text is { Length: > 0 and <= MaxLength }
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or ':' or '@' or '/')
        && !text.Contains("//", StringComparison.Ordinal)
        && !text.Contains("..", StringComparison.Ordinal);
}
