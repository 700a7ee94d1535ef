using System.Buffers.Text;
using System.Globalization;

namespace Drift.Api.Rows;

/// <summary>Decimal text to double, always the value that <c>double.Parse</c> gives in the invariant culture.</summary>
internal static class DecimalNumber
{
    private const ulong LargestExact = 1UL << 53;

    private static ReadOnlySpan<double> PowersOfTen =>
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>
    /// Parses all of <paramref name="text"/> as <see cref="NumberStyles.Float"/>. Too large a number is ±∞, too small a one ±0.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value) => TryParseExact(text, out value) || TryParseAny(text, out value);

    // Clinger 1990: a significand of at most 2⁵³ and a power of ten of at most 10²² are exact doubles, and IEEE division and
    // multiplication round once, so the result is the nearest double. Nearly every number of a request is of this form.
    private static bool TryParseExact(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        var at = 0;
        var negative = text.Length > 0 && text[0] == '-';
        if (negative)
            at = 1;
        var significand = 0UL;
        var start = at;
        uint digit;
        while (at < text.Length && (digit = (uint)text[at] - '0') <= 9)
        {
            significand = unchecked((significand * 10) + digit);
            at++;
        }

        var digits = at - start;
        var power = 0;
        if (at < text.Length && text[at] == '.')
        {
            start = ++at;
            while (at < text.Length && (digit = (uint)text[at] - '0') <= 9)
            {
                significand = unchecked((significand * 10) + digit);
                at++;
            }

            digits += at - start;
            power = start - at;
        }

        // Nineteen digits cannot have overflowed.
        if (digits is 0 or > 19 || significand > LargestExact)
            return false;
        if (at < text.Length && !TryReadExponent(text[at..], ref power))
            return false;
        if (power is < -22 or > 22)
            return false;
        value = power < 0 ? significand / PowersOfTen[-power] : significand * PowersOfTen[power];
        if (negative)
            value = -value;
        return true;
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, ref int power)
    {
        if ((text[0] | 0x20) != 'e' || text.Length is 1 or > 5)
            return false;
        text = text[1..];
        var negative = text[0] == '-';
        if (text[0] is (byte)'-' or (byte)'+')
            text = text[1..];
        if (text.IsEmpty)
            return false;
        var exponent = 0;
        foreach (var character in text)
        {
            if (character is < (byte)'0' or > (byte)'9')
                return false;
            exponent = (10 * exponent) + character - '0';
        }

        power += negative ? -exponent : exponent;
        return true;
    }

    // Both of the framework's parsers round the same way. The first is faster and knows no white space and no endless exponents; the
    // second ignores zero bytes behind a number, and here they make it a text.
    private static bool TryParseAny(ReadOnlySpan<byte> text, out double value) =>
        (Utf8Parser.TryParse(text, out value, out int used) && used == text.Length) ||
        (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && text[^1] != 0);
}
