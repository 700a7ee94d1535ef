using System.Numerics;
using Drift.Core.Codec;

namespace Drift.Core.Performance;

/// <summary>
/// The exact sum of finite doubles: a superaccumulator (Kulisch; the form of Neal 2015, "Fast exact summation using small and
/// large superaccumulators") of 32-bit digits in units of 2⁻¹⁰⁷⁴. No addition rounds, so neither the order of additions nor the
/// grouping of merges changes a bit of the sum or of its encoded form. 560 bytes once something was added. Not thread-safe.
/// </summary>
internal sealed class ExactSum
{
    // 66 digits span 2⁻¹⁰⁷⁴ to 2¹⁰²⁴; the rest holds carries and, in the last, the sign.
    private const int Digits = 70;

    /// <summary>The unit of <see cref="Units"/> as a power of two.</summary>
    public const int UnitExponent = -1074;

    private long[]? _digits;
    private int _pending;

    /// <summary>The sum in units of 2⁻¹⁰⁷⁴.</summary>
    public BigInteger Units
    {
        get
        {
            var sum = BigInteger.Zero;
            if (_digits is null)
                return sum;
            for (var i = Digits - 1; i >= 0; i--)
                sum = (sum << 32) + _digits[i];
            return sum;
        }
    }

    /// <summary>The quotient of two integers as the nearest double or one beside it; infinite beyond the doubles. Never NaN: 0 when the divisor is 0.</summary>
    public static double Divide(BigInteger dividend, BigInteger divisor)
    {
        if (divisor.IsZero || dividend.IsZero)
            return 0;
        var shift = (int)(divisor.GetBitLength() - dividend.GetBitLength()) + 66;
        var quotient = BigInteger.Abs(shift >= 0 ? (dividend << shift) / divisor : dividend / (divisor << -shift));
        var excess = (int)quotient.GetBitLength() - 64;
        var magnitude = Math.ScaleB((double)(ulong)(quotient >> excess), excess - shift);
        return dividend.Sign == divisor.Sign ? magnitude : -magnitude;
    }

    /// <summary>The sum divided by a count; 0 when the count is 0.</summary>
    public double Mean(long count) => Divide(Units, (BigInteger)count << -UnitExponent);

    /// <summary>Adds a finite value.</summary>
    public void Add(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, "Only finite values have a sum.");
        if (value == 0)
            return;
        var bits = BitConverter.DoubleToUInt64Bits(value);
        var exponent = (int)(bits >> 52) & 0x7FF;
        var mantissa = bits & ((1UL << 52) - 1);
        if (exponent == 0)
            exponent = 1;
        else
            mantissa |= 1UL << 52;

        var position = exponent - 1;
        var wide = (UInt128)mantissa << (position & 31);
        long low = (uint)(wide & uint.MaxValue), middle = (uint)((wide >> 32) & uint.MaxValue), high = (long)(wide >> 64);
        var sign = value < 0 ? -1 : 1;
        var digits = _digits ??= new long[Digits];
        digits[position >> 5] += sign * low;
        digits[(position >> 5) + 1] += sign * middle;
        digits[(position >> 5) + 2] += sign * high;

        // A digit takes 2³⁰ additions of less than 2³² before it must hand on its carry.
        if (++_pending == 1 << 30)
            CarryAll();
    }

    /// <summary>Adds another sum.</summary>
    public void Merge(ExactSum other)
    {
        if (other._digits is null)
            return;
        var digits = _digits ??= new long[Digits];
        CarryAll();
        for (var i = 0; i < Digits; i++)
            digits[i] += other._digits[i];
        CarryAll();
    }

    /// <summary>Back to 0.</summary>
    public void Clear()
    {
        _digits = null;
        _pending = 0;
    }

    /// <summary>Encodes the sum: sign and magnitude, from the lowest to the highest digit that is not 0; one byte for 0.</summary>
    public void Write(ByteWriter writer)
    {
        Span<long> digits = stackalloc long[Digits];
        _digits.AsSpan().CopyTo(digits);
        Carry(digits);
        var negative = digits[^1] < 0;
        if (negative)
        {
            foreach (ref var digit in digits)
                digit = -digit;
            Carry(digits);
        }

        var last = digits.LastIndexOfAnyExcept(0);
        if (last < 0)
        {
            writer.WriteVarint(0);
            return;
        }

        var first = digits.IndexOfAnyExcept(0);
        writer.WriteVarint((ulong)(last - first + 1));
        writer.WriteByte(negative ? (byte)1 : (byte)0);
        writer.WriteVarint((ulong)first);
        for (var i = first; i <= last; i++)
            writer.WriteVarint((ulong)digits[i]);
    }

    /// <summary>Decodes a sum that <see cref="Write"/> wrote.</summary>
    public static ExactSum Read(ref ByteReader reader, string what)
    {
        var sum = new ExactSum();
        var length = reader.ReadLength();
        if (length == 0)
            return sum;
        var sign = reader.ReadInt(1) == 1 ? -1 : 1;
        // The last digit stays free for carries.
        var first = reader.ReadInt(Digits - 2);
        if (first + length > Digits - 1)
            throw new CodecException($"{what}: a sum of {length} digits from digit {first} is larger than sums can be.");
        var digits = sum._digits = new long[Digits];
        for (var i = first; i < first + length; i++)
        {
            var digit = reader.ReadVarint();
            if (digit > uint.MaxValue)
                throw new CodecException($"{what}: the digit {digit} of a sum has more than 32 bits.");
            digits[i] = sign * (long)digit;
        }

        if (digits[first] == 0 || digits[first + length - 1] == 0)
            throw new CodecException($"{what}: a sum begins or ends with a digit of 0.");
        Carry(digits);
        return sum;
    }

    private void CarryAll()
    {
        Carry(_digits);
        _pending = 0;
    }

    // Leaves every digit but the last in 0 … 2³²−1; the last one has the sign.
    private static void Carry(Span<long> digits)
    {
        var carry = 0L;
        for (var i = 0; i < digits.Length - 1; i++)
        {
            var digit = digits[i] + carry;
            digits[i] = digit & uint.MaxValue;
            carry = digit >> 32;
        }

        if (!digits.IsEmpty)
            digits[^1] += carry;
    }
}
