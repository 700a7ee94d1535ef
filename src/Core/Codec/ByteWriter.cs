using System.Buffers.Binary;
using System.Text;

namespace Drift.Core.Codec;

/// <summary>
/// A growing buffer of bytes with the few forms that the codecs need: variable-length integers, IEEE doubles, strings.
/// Reusable after <see cref="Reset"/>. Not thread-safe.
/// </summary>
public sealed class ByteWriter
{
    private byte[] _buffer;
    private int _length;

    /// <summary>Creates a writer with room for <paramref name="capacity"/> bytes; it grows as needed.</summary>
    public ByteWriter(int capacity = 256) => _buffer = new byte[Math.Max(16, capacity)];

    /// <summary>The bytes written so far; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>How many bytes were written so far.</summary>
    public int Length => _length;

    /// <summary>Forgets what was written and keeps the memory.</summary>
    public void Reset() => _length = 0;

    /// <summary>Forgets what was written after position <paramref name="length"/>.</summary>
    public void Truncate(int length) => _length = length;

    /// <summary>A copy of the bytes written so far.</summary>
    public byte[] ToArray() => Written.ToArray();

    /// <summary>Writes one byte.</summary>
    public void WriteByte(byte value)
    {
        Reserve(1);
        _buffer[_length++] = value;
    }

    /// <summary>Writes an unsigned integer in 1 to 10 bytes, seven bits a byte, low bits first (LEB128).</summary>
    public void WriteVarint(ulong value)
    {
        Reserve(10);
        while (value >= 0x80)
        {
            _buffer[_length++] = (byte)((value & 0x7F) | 0x80);
            value >>= 7;
        }

        _buffer[_length++] = (byte)value;
    }

    /// <summary>Writes a count, which is never negative.</summary>
    public void WriteCount(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        WriteVarint((ulong)value);
    }

    /// <summary>Writes a signed integer so that small magnitudes take few bytes (zigzag).</summary>
    public void WriteSigned(long value) => WriteVarint(unchecked((ulong)((value << 1) ^ (value >> 63))));

    /// <summary>Writes a 128-bit integer, low half first.</summary>
    public void WriteInt128(Int128 value)
    {
        unchecked
        {
            WriteVarint((ulong)value);
            WriteSigned((long)(value >> 64));
        }
    }

    /// <summary>Writes a double in eight bytes, little-endian.</summary>
    public void WriteDouble(double value)
    {
        Reserve(8);
        BinaryPrimitives.WriteDoubleLittleEndian(_buffer.AsSpan(_length), value);
        _length += 8;
    }

    /// <summary>Writes a single in four bytes, little-endian.</summary>
    public void WriteSingle(float value)
    {
        Reserve(4);
        BinaryPrimitives.WriteSingleLittleEndian(_buffer.AsSpan(_length), value);
        _length += 4;
    }

    /// <summary>Writes the length of <paramref name="bytes"/>, then the bytes.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteVarint((ulong)bytes.Length);
        WriteRaw(bytes);
    }

    /// <summary>Writes the bytes alone.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Room for bytes that count as written: the caller fills them before the next write.</summary>
    public Span<byte> Append(int count)
    {
        Reserve(count);
        _length += count;
        return _buffer.AsSpan(_length - count, count);
    }

    /// <summary>Writes a string as its UTF-8 length and bytes.</summary>
    public void WriteString(string value)
    {
        var count = Encoding.UTF8.GetByteCount(value);
        WriteVarint((ulong)count);
        Reserve(count);
        _length += Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_length));
    }

    /// <summary>Appends the CRC-32C of everything written since <paramref name="start"/>, four bytes.</summary>
    public void WriteChecksum(int start)
    {
        var crc = Checksum.Compute(_buffer.AsSpan(start, _length - start));
        Reserve(4);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(_length), crc);
        _length += 4;
    }

    private void Reserve(int count)
    {
        if (_buffer.Length - _length < count)
            Array.Resize(ref _buffer, (int)Math.Max((long)_length + count, Math.Min(2L * _buffer.Length, Array.MaxLength)));
    }
}
