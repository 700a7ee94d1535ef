namespace Drift.Delivery.Http;

/// <summary>Names of destinations: parts of message ids, metric labels and configuration keys.</summary>
internal static class DestinationName
{
    /// <summary>What names are, for messages.</summary>
    public const string Rule = "1 to 63 of a-z 0-9 - _, starting with a letter or digit";

    /// <summary>Whether a text can be one.</summary>
    public static bool IsOne(string name) =>
        name.Length is > 0 and <= 63 && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');
}
