using System.Runtime.CompilerServices;
using System.Text;

namespace Drift.Core.Rows;

/// <summary>A 64-bit hash of bytes that is the same in every process and release; not for secrets.</summary>
public static class StableHash
{
    /// <summary>FNV-1a over eight bytes at a time, finished with the mixer of SplitMix64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ulong Compute(ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            const ulong prime = 0x100000001b3;
            var hash = 0xcbf29ce484222325 ^ (ulong)bytes.Length;
            while (bytes.Length >= 8)
            {
                hash = (hash ^ System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * prime;
                hash ^= hash >> 29;
                bytes = bytes[8..];
            }

            foreach (var value in bytes)
                hash = (hash ^ value) * prime;
            hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
            hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
            return hash ^ (hash >> 31);
        }
    }

    /// <summary>The hash of a string's UTF-8 bytes.</summary>
    public static ulong Compute(string text) => Compute(Encoding.UTF8.GetBytes(text));
}
