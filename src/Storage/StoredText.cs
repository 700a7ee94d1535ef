using System.Text;
using Drift.Actors;

namespace Drift.Storage;

/// <summary>Text that every database can hold: well-formed Unicode without U+0000, which PostgreSQL has no place for.</summary>
internal static class StoredText
{
    /// <summary>Refuses what cannot be stored as it is. Both stores refuse the same, so that a model can move from one to the other.</summary>
    /// <exception cref="DriftException"><see cref="DriftError.Invalid"/>.</exception>
    public static string? Check(string? text, string what)
    {
        if (text is not null && !IsStorable(text))
        {
            throw new DriftException(
                DriftError.Invalid, $"The {what} cannot be stored: it contains the character U+0000 or half of a surrogate pair. Send it without.");
        }

        return text;
    }

    /// <summary>The text with what cannot be stored replaced by U+FFFD: for names in history, where a look-alike beats a lost verdict.</summary>
    public static string Clean(string text)
    {
        if (IsStorable(text))
            return text;

        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);

        return clean.ToString();
    }

    public static bool IsStorable(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
            return false;

        var rest = text.AsSpan();
        var first = rest.IndexOfAnyInRange('\uD800', '\uDFFF');
        if (first < 0)
            return true;

        for (rest = rest[first..]; !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var length) != System.Buffers.OperationStatus.Done)
                return false;

            rest = rest[length..];
        }

        return true;
    }
}
