using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;

namespace Drift.Api.Rows;

/// <summary>Decimal text to double, always the value that <c>double.Parse</c> gives in the invariant culture.</summary>
internal static class DecimalNumber
{
    private const ulong LargestExact = 1UL << 53;

    // So many cannot overflow 64 bits.
    private const int MostDigits = 19;

    private static readonly double[] PowersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    private static readonly ulong[] WholePowersOfTen = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    /// <summary>
    /// Parses all of <paramref name="text"/> as <see cref="NumberStyles.Float"/>. Too large a number is ±∞, too small a one ±0.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value) => TryParseExact(text, out value) || TryParseAny(text, out value);

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

        if (digits is 0 or > MostDigits)
            return false;
        if (at < text.Length && !TryReadExponent(text[at..], ref power))
            return false;
        return TryRound(significand, power, negative, out value);
    }

    /// <summary>
    /// Reads the JSON number (RFC 8259) that begins at <paramref name="at"/> and goes behind it; what follows is for the caller to judge.
    /// False, with nothing changed, when there is none.
    /// </summary>
    public static bool TryReadJson(ReadOnlySpan<byte> text, ref int at, out double value)
    {
        value = 0;
        var i = at;
        var negative = (uint)i < (uint)text.Length && text[i] == '-';
        if (negative)
            i++;
        if ((uint)i >= (uint)text.Length)
            return false;
        var digit = (uint)text[i] - '0';
        if (digit > 9)
            return false;
        var first = i++;
        ulong significand = digit;
        while ((uint)i < (uint)text.Length && (digit = (uint)text[i] - '0') <= 9)
        {
            significand = unchecked((significand * 10) + digit);
            i++;
        }

        var digits = i - first;
        if (digits > 1 && text[first] == '0')
            return false;
        var power = 0;
        if ((uint)i < (uint)text.Length && text[i] == '.')
        {
            var fraction = ++i;
            ReadDigits(text, ref i, ref significand);
            power = fraction - i;
            if (power == 0)
                return false;
            digits -= power;
        }

        if (((uint)i < (uint)text.Length && (text[i] | 0x20) == 'e' && !TrySkipExponent(text, ref i)))
            return false;
        var end = first + digits + (power == 0 ? 0 : 1);
        if (i > end || digits > MostDigits || !TryRound(significand, power, negative, out value))
        {
            if (!TryParse(text[at..i], out value))
                return false;
        }

        at = i;
        return true;
    }

    /// <summary>Appends all digits that follow to <paramref name="significand"/>, eight at a time; more than nineteen overflow it.</summary>
    private static void ReadDigits(ReadOnlySpan<byte> text, ref int at, ref ulong significand)
    {
        unchecked
        {
            while (text.Length - at >= 8)
            {
                // Adding 6 takes what is above '9' into another row of ASCII; it carries only out of bytes that are no digits, into later ones.
                var chunk = BinaryPrimitives.ReadUInt64LittleEndian(text[at..]);
                var others = ((chunk & 0xF0F0F0F0F0F0F0F0) ^ 0x3030303030303030) | (((chunk + 0x0606060606060606) & 0xF0F0F0F0F0F0F0F0) ^ 0x3030303030303030);
                var count = BitOperations.TrailingZeroCount(others) >> 3;
                if (count == 0)
                    return;

                // Digits to the end, zeros before them; then pairs, fours and all eight at once.
                var value = (chunk & 0x0F0F0F0F0F0F0F0F) << (64 - (8 * count));
                value = (value * 10) + (value >> 8);
                value = (((value & 0x000000FF000000FF) * 0x000F424000000064) + (((value >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >> 32;
                significand = (significand * WholePowersOfTen[count]) + (uint)value;
                at += count;
                if (count < 8)
                    return;
            }

            uint digit;
            while (at < text.Length && (digit = (uint)text[at] - '0') <= 9)
            {
                significand = (significand * 10) + digit;
                at++;
            }
        }
    }

    private static bool TrySkipExponent(ReadOnlySpan<byte> text, ref int at)
    {
        var i = at + 1;
        if (i < text.Length && text[i] is (byte)'+' or (byte)'-')
            i++;
        var start = i;
        while (i < text.Length && (uint)text[i] - '0' <= 9)
            i++;
        at = i;
        return i > start;
    }

    /// <summary>The double nearest to significand · 10^power, ties to even; false where it takes more than this to tell.</summary>
    private static bool TryRound(ulong significand, int power, bool negative, out double value)
    {
        // Clinger 1990: a significand of at most 2⁵³ and a power of ten of at most 10²² are exact doubles, and IEEE division and
        // multiplication round once, so the result is the nearest double. Nearly every number of a request is of this form.
        if (significand <= LargestExact && power is >= -22 and <= 22)
            value = power < 0 ? significand / PowersOfTen[-power] : significand * PowersOfTen[power];
        else if (significand == 0)
            value = 0;
        else if (!PowersOfFive.TryScale(significand, power, out value))
            return false;
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
