using System.Text;

namespace Drift.Api.Rows;

/// <summary>What both readers ask of texts, and how they show them in messages.</summary>
internal static class RowText
{
    private const int ShownLength = 64;

    /// <summary>Whether the text has more than <paramref name="limit"/> UTF-16 code units.</summary>
    public static bool IsLonger(ReadOnlySpan<byte> utf8, int limit) => utf8.Length > limit && Encoding.UTF8.GetCharCount(utf8) > limit;

    /// <summary>Whether it holds U+0000, which databases do not store in names and keys.</summary>
    public static bool HasZero(ReadOnlySpan<byte> utf8) => utf8.Contains((byte)0);

    /// <summary>The text for a message: cut when long, control characters replaced.</summary>
    public static string Show(ReadOnlySpan<byte> utf8)
    {
        var text = new StringBuilder(ShownLength + 1);
        foreach (var rune in Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, 4 * ShownLength)]).EnumerateRunes())
        {
            if (text.Length >= ShownLength)
                return text.Append('…').ToString();
            text.Append(Rune.IsControl(rune) ? Rune.ReplacementChar : rune);
        }

        return text.ToString();
    }

    /// <summary>A name as a step of a path: <c>.age</c>, or <c>["a.b"]</c> when it is not a plain word.</summary>
    public static string Step(string name)
    {
        var plain = name.Length is > 0 and <= ShownLength;
        foreach (var character in name)
            plain = plain && (char.IsLetterOrDigit(character) || character is '_' or '-');
        return plain ? "." + name : $"[\"{Show(Encoding.UTF8.GetBytes(name))}\"]";
    }
}
