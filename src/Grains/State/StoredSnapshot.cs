namespace Drift.Grains.State;

/// <summary>What grain storage keeps of an actor.</summary>
internal sealed class StoredSnapshot
{
    /// <summary>The last journal sequence that the snapshot contains.</summary>
    public long JournalSequence { get; init; }

    /// <summary>Whether it becomes the previous copy too.</summary>
    public bool BothCopies { get; init; }

    /// <summary>Its bytes.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }
}
