using System.Numerics;

namespace Drift.Api.Rows;

/// <summary>
/// Decimal to binary in 128-bit arithmetic: D. Lemire, "Number Parsing at a Gigabyte per Second", 2021, and N. Mushtak, D. Lemire, "Fast
/// Number Parsing Without Fallback", 2022. Powers of ten whose results are normal doubles for every significand; that is all that measured
/// and computed values need.
/// </summary>
internal static class PowersOfFive
{
    private const int Smallest = -65;
    private const int Largest = 65;
    private const int MantissaBits = 52;

    // Ties are possible only where 5^power fits into the bits between significand and mantissa.
    private const int SmallestTie = -4;
    private const int LargestTie = 23;
    private const int SmallestRoundedUp = -27;

    private static readonly (ulong High, ulong Low)[] Table = [.. Enumerable.Range(Smallest, Largest - Smallest + 1).Select(Leading128Bits)];

    /// <summary>The double nearest to <paramref name="significand"/> · 10^<paramref name="power"/>, ties to even; false outside the table.</summary>
    /// <param name="significand">Not 0.</param>
    /// <param name="power">The power of ten.</param>
    /// <param name="value">The result.</param>
    public static bool TryScale(ulong significand, int power, out double value)
    {
        value = 0;
        if (power is < Smallest or > Largest)
            return false;
        unchecked
        {
            var shift = BitOperations.LeadingZeroCount(significand);
            var normal = significand << shift;
            var (fiveHigh, fiveLow) = Table[power - Smallest];
            var high = Math.BigMul(normal, fiveHigh, out var low);

            // Only when all bits below the mantissa's are ones may the rest of the power carry into it.
            if ((high & (ulong.MaxValue >> (MantissaBits + 3))) == ulong.MaxValue >> (MantissaBits + 3))
            {
                var more = Math.BigMul(normal, fiveLow, out _);
                low += more;
                if (low < more)
                    high++;
            }

            var upper = (int)(high >> 63);
            var dropped = upper + 64 - MantissaBits - 3;
            var mantissa = high >> dropped;

            // log₂ 10^power, rounded down, in 16 bits of fraction.
            var exponent = (((152170 + 65536) * power) >> 16) + 63 + upper - shift + 1023;
            if (low <= 1 && power is >= SmallestTie and <= LargestTie && (mantissa & 3) == 1 && mantissa << dropped == high)
                mantissa &= ~1UL;
            mantissa += mantissa & 1;
            mantissa >>= 1;
            if (mantissa >= 2UL << MantissaBits)
            {
                mantissa = 1UL << MantissaBits;
                exponent++;
            }

            value = BitConverter.UInt64BitsToDouble((mantissa & ~(1UL << MantissaBits)) | ((ulong)exponent << MantissaBits));
            return true;
        }
    }

    /// <summary>5^power scaled by a power of two to 128 bits: cut off, but rounded up where that is exact enough to tell ties from what is above them.</summary>
    private static (ulong High, ulong Low) Leading128Bits(int power)
    {
        var five = BigInteger.Pow(5, Math.Abs(power));
        var bits = (int)five.GetBitLength();
        var scaled = power >= 0
            ? (bits <= 128 ? five << (128 - bits) : five >> (bits - 128))
            : ((BigInteger.One << (127 + bits)) / five) + (power >= SmallestRoundedUp ? 1 : 0);
        return ((ulong)(scaled >> 64), (ulong)(scaled & ulong.MaxValue));
    }
}
