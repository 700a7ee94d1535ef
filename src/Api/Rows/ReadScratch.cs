using System.Buffers;

namespace Drift.Api.Rows;

/// <summary>Pooled memory for what cannot be read in place: texts with escapes or across segments, and vectors. One per body.</summary>
internal sealed class ReadScratch : IDisposable
{
    private byte[] _bytes = [];
    private float[] _floats = [];

    /// <summary>The byte buffer, at least <paramref name="length"/> long; what it held before is kept.</summary>
    public byte[] Bytes(int length)
    {
        if (_bytes.Length < length)
            Grow(ref _bytes, length);
        return _bytes;
    }

    /// <summary>The vector buffer, at least <paramref name="length"/> long; what it held before is kept.</summary>
    public float[] Floats(int length)
    {
        if (_floats.Length < length)
            Grow(ref _floats, length);
        return _floats;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Give(ref _bytes);
        Give(ref _floats);
    }

    private static void Grow<T>(ref T[] buffer, int length)
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(length, Math.Max(512, 2 * buffer.Length)));
        buffer.CopyTo(larger, 0);
        Give(ref buffer);
        buffer = larger;
    }

    private static void Give<T>(ref T[] buffer)
    {
        if (buffer.Length > 0)
            ArrayPool<T>.Shared.Return(buffer);
        buffer = [];
    }
}
