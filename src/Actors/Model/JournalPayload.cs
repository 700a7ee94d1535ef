using Drift.Core.Codec;

namespace Drift.Actors.Model;

/// <summary>What a journal entry of a model holds, and its encoding.</summary>
internal sealed record JournalPayload
{
    /// <summary>Entry kind: damaged, and given up by an operator; its payload is not read.</summary>
    public const byte SetAside = 0;

    /// <summary>Entry kind: a batch as deltas.</summary>
    public const byte Binned = 1;

    /// <summary>Entry kind: a batch as raw rows, kept while the model has no plan.</summary>
    public const byte Unbinned = 2;

    /// <summary>Entry kind: labels that met their predictions.</summary>
    public const byte Labels = 3;

    private const byte Kind = (byte)'J';
    private const byte Version1 = 1;

    /// <summary>Rows that the entry counts.</summary>
    public int Rows { get; init; }

    /// <summary>Deltas to merge into panes.</summary>
    public IReadOnlyList<byte[]> Deltas { get; init; } = [];

    /// <summary>A delta to merge into the reference.</summary>
    public byte[]? ReferenceDelta { get; init; }

    /// <summary>An encoded row batch.</summary>
    public byte[]? RawRows { get; init; }

    /// <summary>Encodes the payload.</summary>
    public byte[] Encode()
    {
        var writer = new ByteWriter(64 + Deltas.Sum(d => d.Length) + (RawRows?.Length ?? 0));
        writer.WriteByte(Kind);
        writer.WriteByte(Version1);
        writer.WriteCount(Rows);
        writer.WriteVarint((ulong)Deltas.Count);
        foreach (var delta in Deltas)
            writer.WriteBytes(delta);
        writer.WriteBytes(ReferenceDelta);
        writer.WriteBytes(RawRows);
        writer.WriteChecksum(0);
        return writer.ToArray();
    }

    /// <exception cref="CodecException">The bytes are damaged or of a newer release.</exception>
    public static JournalPayload Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = ByteReader.Open(bytes, Kind, Version1, "journal entry", out _);
        var rows = reader.ReadInt(int.MaxValue);
        var deltas = new List<byte[]>();
        for (var left = reader.ReadLength(); left > 0; left--)
            deltas.Add(reader.ReadBytes().ToArray());
        var reference = reader.ReadBytes().ToArray();
        var raw = reader.ReadBytes().ToArray();
        reader.End();
        return new JournalPayload { Rows = rows, Deltas = deltas, ReferenceDelta = reference.Length == 0 ? null : reference, RawRows = raw.Length == 0 ? null : raw };
    }
}
