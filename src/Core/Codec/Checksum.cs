using System.Buffers.Binary;
using System.Numerics;

namespace Drift.Core.Codec;

/// <summary>CRC-32C (Castagnoli), the checksum at the end of every encoded form.</summary>
public static class Checksum
{
    /// <summary>The CRC-32C of <paramref name="bytes"/>, initial value and final XOR all ones (RFC 3720, B.4).</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (var value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
