namespace Drift.Core.Windows;

/// <summary>
/// Where encoded panes lie that are read once a minute or never again, so that they take no memory. It lasts as long as the process: what lies
/// there is in the model's snapshot and journal too. Thread-safe.
/// </summary>
public interface IPaneShelf
{
    /// <summary>Puts a pane on the shelf.</summary>
    /// <param name="pane">The encoded pane, not empty.</param>
    /// <param name="shelved">Where it lies, until <see cref="Remove"/>.</param>
    /// <returns>False where there is no room: the pane stays in memory.</returns>
    bool TryPut(ReadOnlySpan<byte> pane, out ShelvedPane shelved);

    /// <summary>Reads a pane.</summary>
    /// <param name="shelved">Where it lies.</param>
    /// <param name="pane">Filled with it; as long as it is.</param>
    /// <exception cref="Exception">It cannot be read, or is not what was put there. Which exception it is, is the shelf's affair.</exception>
    void Read(ShelvedPane shelved, Span<byte> pane);

    /// <summary>Takes a pane away; its place is free for others.</summary>
    void Remove(ShelvedPane shelved);
}

/// <summary>A pane on a shelf.</summary>
/// <param name="Offset">Where its place begins, in bytes.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Checksum">Their CRC-32C.</param>
public readonly record struct ShelvedPane(long Offset, int Length, uint Checksum);
