using Drift.Core.Codec;
using Drift.Core.Windows;

namespace Drift.Core.Tests.Windows;

/// <summary>A shelf that knows what lies on it, and has no room or fails when the test says so. The one that is used in hosts is tested in Storage.Tests.</summary>
internal sealed class CountingShelf : IPaneShelf
{
    private readonly Dictionary<ShelvedPane, byte[]> _panes = [];

    public int Count => _panes.Count;

    public int Puts { get; private set; }

    public int Refused { get; private set; }

    public bool HasRoom { get; set; } = true;

    public Exception? Failure { get; set; }

    public bool TryPut(ReadOnlySpan<byte> pane, out ShelvedPane shelved)
    {
        shelved = new ShelvedPane(Puts, pane.Length, Checksum.Compute(pane));
        if (!HasRoom)
        {
            Refused++;
            return false;
        }

        Puts++;
        _panes.Add(shelved, pane.ToArray());
        return true;
    }

    public void Read(ShelvedPane shelved, Span<byte> pane)
    {
        if (Failure is not null)
            throw Failure;
        _panes[shelved].CopyTo(pane);
    }

    public void Remove(ShelvedPane shelved) => Assert.True(_panes.Remove(shelved), "What is taken away lies there.");
}
