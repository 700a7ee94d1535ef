using System.Buffers.Binary;
using Orleans.Storage;

namespace Drift.Grains.State;

/// <summary>
/// The bytes of a snapshot in grain storage: eight of the journal sequence, the most significant first, one that is 1 when both copies are to
/// be replaced, then the payload as the actor encoded it. The statements that Orleans reads from <c>OrleansQuery</c> take them apart again.
/// </summary>
internal sealed class SnapshotSerializer : IGrainStorageSerializer
{
    private const int Header = sizeof(long) + 1;

    public BinaryData Serialize<T>(T? input)
    {
        var snapshot = (StoredSnapshot)(object)input!;
        var bytes = new byte[Header + snapshot.Payload.Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, snapshot.JournalSequence);
        bytes[Header - 1] = snapshot.BothCopies ? (byte)1 : (byte)0;
        snapshot.Payload.Span.CopyTo(bytes.AsSpan(Header));
        return new BinaryData(bytes);
    }

    public T Deserialize<T>(BinaryData input)
    {
        var bytes = input.ToMemory();
        return (T)(object)new StoredSnapshot { JournalSequence = BinaryPrimitives.ReadInt64BigEndian(bytes.Span), Payload = bytes[Header..] };
    }
}
