using System.Buffers.Binary;
using System.Text;

namespace Drift.Core.Codec;

/// <summary>
/// Reads what <see cref="ByteWriter"/> wrote. Every method checks what is left before it reads and throws
/// <see cref="CodecException"/> when the bytes cannot be what they should be; a count is refused when fewer bytes are left than
/// it has elements, so damaged bytes never lead to a large allocation.
/// </summary>
public ref struct ByteReader
{
    private readonly string _what;
    private ReadOnlySpan<byte> _rest;

    /// <summary>Creates a reader over <paramref name="bytes"/>; <paramref name="what"/> names them in errors.</summary>
    public ByteReader(ReadOnlySpan<byte> bytes, string what)
    {
        _rest = bytes;
        _what = what;
    }

    /// <summary>How many bytes are left.</summary>
    public readonly int Remaining => _rest.Length;

    /// <summary>
    /// Checks the frame of an encoded form — first byte <paramref name="kind"/>, second byte the version, last four bytes the
    /// CRC-32C of all before — and gives a reader over what is inside.
    /// </summary>
    /// <exception cref="CodecException">Not that kind, a version above <paramref name="newest"/>, or a checksum that differs.</exception>
    public static ByteReader Open(ReadOnlySpan<byte> bytes, byte kind, byte newest, string what, out byte version)
    {
        if (bytes.Length < 6)
            throw new CodecException($"{what}: {bytes.Length} bytes are too few, at least 6 were expected.");
        if (bytes[0] != kind)
            throw new CodecException($"{what}: the first byte is 0x{bytes[0]:x2}, expected 0x{kind:x2}; these bytes are something else.");
        version = bytes[1];
        if (version == 0 || version > newest)
            throw new CodecException($"{what}: version {version} is unknown, this build reads 1 to {newest}; a newer release wrote it.");
        var stored = BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]);
        var computed = Checksum.Compute(bytes[..^4]);
        if (stored != computed)
            throw new CodecException($"{what}: the checksum is {computed:x8}, {stored:x8} was stored; the bytes are damaged.");
        return new ByteReader(bytes[2..^4], what);
    }

    /// <summary>Reads one byte.</summary>
    public byte ReadByte() => Take(1)[0];

    /// <summary>Reads an unsigned variable-length integer.</summary>
    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = ReadByte();
            if (shift == 63 && part > 1)
                break;
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw new CodecException($"{_what}: an integer is longer than 64 bits.");
    }

    /// <summary>Reads a count of something, 0 to 2⁶²: small enough that a handful can be added without overflow.</summary>
    public long ReadCount()
    {
        var value = ReadVarint();
        return value <= 1UL << 62 ? (long)value : throw new CodecException($"{_what}: the count {value} is out of range.");
    }

    /// <summary>Reads the number of elements that follow, each at least <paramref name="bytesEach"/> bytes long.</summary>
    public int ReadLength(int bytesEach = 1)
    {
        var value = ReadVarint();
        if (value > (ulong)(_rest.Length / Math.Max(1, bytesEach)))
            throw new CodecException($"{_what}: {value} elements are announced, but only {_rest.Length} bytes are left.");
        return (int)value;
    }

    /// <summary>Reads an integer between 0 and <paramref name="maximum"/>.</summary>
    public int ReadInt(int maximum)
    {
        var value = ReadVarint();
        return value <= (ulong)maximum ? (int)value : throw new CodecException($"{_what}: {value} is above the maximum {maximum}.");
    }

    /// <summary>Reads a signed variable-length integer.</summary>
    public long ReadSigned()
    {
        var value = ReadVarint();
        return unchecked((long)(value >> 1) ^ -(long)(value & 1));
    }

    /// <summary>Reads a 128-bit integer.</summary>
    public Int128 ReadInt128()
    {
        var low = ReadVarint();
        var high = ReadSigned();
        return unchecked(((Int128)high << 64) | low);
    }

    /// <summary>Reads a double.</summary>
    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    /// <summary>Reads a double that must be finite.</summary>
    public double ReadFinite()
    {
        var value = ReadDouble();
        return double.IsFinite(value) ? value : throw new CodecException($"{_what}: {value} stands where a finite number must stand.");
    }

    /// <summary>Reads a single.</summary>
    public float ReadSingle() => BinaryPrimitives.ReadSingleLittleEndian(Take(4));

    /// <summary>Reads a length and that many bytes; the span points into the source.</summary>
    public ReadOnlySpan<byte> ReadBytes() => Take(ReadLength());

    /// <summary>Reads <paramref name="count"/> bytes without a length before them.</summary>
    public ReadOnlySpan<byte> ReadRaw(int count) => Take(count);

    /// <summary>Reads a string.</summary>
    public string ReadString() => Encoding.UTF8.GetString(ReadBytes());

    /// <summary>Checks that nothing is left.</summary>
    public readonly void End()
    {
        if (!_rest.IsEmpty)
            throw new CodecException($"{_what}: {_rest.Length} bytes are left over at the end.");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)_rest.Length)
            throw new CodecException($"{_what}: cut short, {count} bytes were expected and {_rest.Length} are left.");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
