using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Drift.Actors.Model;

/// <summary>
/// Batch ids as numbers of 128 bits, the beginning of their SHA-256: two ids with one hash count as the same, which nobody can bring about
/// and chance does for one pair in 10³⁸.
/// </summary>
internal static class BatchIdHash
{
    // The longest id that the API takes fits; a longer one is hashed all the same.
    private const int MaxStack = 1024;

    /// <summary>The hashes of ids, in their order.</summary>
    public static UInt128[] Of(IReadOnlyList<string> ids)
    {
        if (ids.Count == 0)
            return [];
        var hashes = new UInt128[ids.Count];
        for (var i = 0; i < hashes.Length; i++)
            hashes[i] = Of(ids[i]);
        return hashes;
    }

    /// <summary>The hash of an id.</summary>
    public static UInt128 Of(string id)
    {
        var most = Encoding.UTF8.GetMaxByteCount(id.Length);
        var utf8 = most <= MaxStack ? stackalloc byte[MaxStack] : new byte[most];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(id, utf8)], hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
