using System.Numerics;
using System.Text;

namespace Drift.Core.Rows;

/// <summary>
/// Numbers distinct UTF-8 texts in order of first appearance, so that a batch holds each text once and a dictionary is asked
/// once per distinct text, not once per row. Reusable after <see cref="Clear"/> without new memory. Not thread-safe.
/// </summary>
public sealed class TextTable
{
    private byte[] _bytes;
    private int _used;
    private int[] _ends;
    private uint[] _hashes;
    private int[] _slots;

    /// <summary>Creates a table that grows as needed.</summary>
    public TextTable()
    {
        _bytes = new byte[1024];
        _ends = new int[64];
        _hashes = new uint[64];
        _slots = new int[128];
    }

    /// <summary>Creates the table of these texts, no larger than they need: a table that is kept and only asked.</summary>
    internal TextTable(IReadOnlyCollection<string> texts)
    {
        var count = Math.Max(1, texts.Count);
        _ends = new int[count];
        _hashes = new uint[count];
        _slots = new int[(int)BitOperations.RoundUpToPowerOf2((uint)(2 * count))];
        _bytes = new byte[texts.Sum(Encoding.UTF8.GetByteCount)];
        foreach (var text in texts)
            Add(text);
    }

    /// <summary>Memory that <see cref="Clear"/> keeps, in bytes.</summary>
    internal long RetainedBytes => _bytes.Length + (8L * _ends.Length) + (4L * _slots.Length);

    /// <summary>Memory that its texts take, in bytes.</summary>
    internal long UsedBytes => _used + (8L * Count);

    /// <summary>How many distinct texts there are; their numbers are 0 to Count − 1.</summary>
    public int Count { get; private set; }

    /// <summary>The UTF-8 bytes of a text; valid until the next <see cref="Add(ReadOnlySpan{byte})"/>.</summary>
    public ReadOnlySpan<byte> this[int text]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)text, (uint)Count, nameof(text));
            var start = text == 0 ? 0 : _ends[text - 1];
            return _bytes.AsSpan(start, _ends[text] - start);
        }
    }

    /// <summary>The text as a string, newly made.</summary>
    public string GetString(int text) => Encoding.UTF8.GetString(this[text]);

    /// <summary>The number of <paramref name="utf8"/>, new or known.</summary>
    public int Add(ReadOnlySpan<byte> utf8)
    {
        var hash = Hash(utf8);
        var slot = FindSlot(utf8, hash);
        if (_slots[slot] != 0)
            return _slots[slot] - 1;

        if (Count == _ends.Length)
        {
            Array.Resize(ref _ends, 2 * Count);
            Array.Resize(ref _hashes, 2 * Count);
        }

        if (_bytes.Length - _used < utf8.Length)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _used + utf8.Length));
        utf8.CopyTo(_bytes.AsSpan(_used));
        _used += utf8.Length;
        _ends[Count] = _used;
        _hashes[Count] = hash;
        _slots[slot] = ++Count;
        if (2 * Count > _slots.Length)
            Rehash();
        return Count - 1;
    }

    /// <summary>The number of <paramref name="text"/>, new or known.</summary>
    public int Add(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var buffer = length <= 256 ? stackalloc byte[256] : new byte[length];
        return Add(buffer[..Encoding.UTF8.GetBytes(text, buffer)]);
    }

    /// <summary>The number of <paramref name="utf8"/>, or −1 when it was never added.</summary>
    public int Find(ReadOnlySpan<byte> utf8) => _slots[FindSlot(utf8, Hash(utf8))] - 1;

    /// <summary>Forgets all texts and keeps the memory.</summary>
    public void Clear()
    {
        Count = 0;
        _used = 0;
        Array.Clear(_slots);
    }

    private int FindSlot(ReadOnlySpan<byte> utf8, uint hash)
    {
        var mask = _slots.Length - 1;
        var slot = (int)(hash & (uint)mask);
        while (_slots[slot] is var entry && entry != 0 && !(_hashes[entry - 1] == hash && this[entry - 1].SequenceEqual(utf8)))
            slot = (slot + 1) & mask;
        return slot;
    }

    private void Rehash()
    {
        _slots = new int[2 * _slots.Length];
        var mask = _slots.Length - 1;
        for (var text = 0; text < Count; text++)
        {
            var slot = (int)(_hashes[text] & (uint)mask);
            while (_slots[slot] != 0)
                slot = (slot + 1) & mask;
            _slots[slot] = text + 1;
        }
    }

    private static uint Hash(ReadOnlySpan<byte> utf8)
    {
        var hash = StableHash.Compute(utf8);
        return unchecked((uint)(hash ^ (hash >> 32)));
    }
}
