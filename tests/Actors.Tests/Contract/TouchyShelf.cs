using Drift.Core.Windows;

namespace Drift.Actors.Tests.Contract;

/// <summary>The real shelf of panes, which cannot be read when the test says so, and then takes nothing either.</summary>
public sealed class TouchyShelf(EngineHarness harness, IPaneShelf inner) : IPaneShelf
{
    public bool TryPut(ReadOnlySpan<byte> pane, out ShelvedPane shelved)
    {
        shelved = default;
        if (harness.ShelfFailure is not null || !inner.TryPut(pane, out shelved))
            return false;
        harness.CountShelved(1);
        return true;
    }

    public void Read(ShelvedPane shelved, Span<byte> pane)
    {
        if (harness.ShelfFailure is { } failure)
            throw failure;
        inner.Read(shelved, pane);
    }

    public void Remove(ShelvedPane shelved)
    {
        harness.CountShelved(-1);
        inner.Remove(shelved);
    }
}
