using System.Buffers.Binary;

namespace Drift.Api.Ingest;

/// <summary>Tells a complete gzip stream from one that was cut off, by the eight bytes that end it (RFC 1952): CRC-32 and length of its last member.</summary>
internal static class GzipTrailer
{
    private const int Smallest = 18;

    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(i => Entry((uint)i))];

    /// <summary>Whether a stream ends as one does that unfolds into these bytes.</summary>
    public static bool Fits(ReadOnlySpan<byte> sent, ReadOnlySpan<byte> inflated)
    {
        if (sent.Length < Smallest)
            return false;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(sent[^4..]);
        if (length == (uint)inflated.Length)
            return true;

        // Several members one after the other: the trailer is the last one's, which is the end of what came out.
        return length < inflated.Length && BinaryPrimitives.ReadUInt32LittleEndian(sent[^8..]) == Crc32(inflated[^(int)length..]);
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
            crc = Table[(byte)(crc ^ value)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint Entry(uint crc)
    {
        for (var bit = 0; bit < 8; bit++)
            crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        return crc;
    }
}
