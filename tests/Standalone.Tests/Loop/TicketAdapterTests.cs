using Drift.Standalone.Loop;
using Drift.Support;

namespace Drift.Standalone.Tests.Loop;

public sealed class TicketAdapterTests
{
    [Fact]
    public void Training_on_the_tickets_of_a_world_learns_that_world_and_no_other()
    {
        var random = new Random(7);
        var adapter = TicketAdapter.Untrained();
        var epochs = adapter.Train(TicketWorld.After.Take(4_000, random), TicketWorld.After.Take(1_000, random), 0.02, random).Take(6).ToList();

        Assert.True(epochs[^1].TrainingLoss < epochs[0].TrainingLoss);
        Assert.InRange(Accuracy(adapter, TicketWorld.After), 0.78, 1);
        Assert.InRange(Accuracy(adapter, TicketWorld.Before), 0, 0.6);
    }

    [Fact]
    public void What_is_saved_scores_the_same_when_it_is_loaded()
    {
        using var folder = new TempDirectory();
        var random = new Random(7);
        var adapter = TicketAdapter.Untrained();
        _ = adapter.Train(TicketWorld.After.Take(100, random), TicketWorld.After.Take(100, random), 0.02, random).First();
        adapter.Save(folder["v1.json"]);

        double[] ticket = [0.5, -1, 2];
        Assert.Equal(adapter.Score(ticket), TicketAdapter.Load(folder["v1.json"]).Score(ticket));
    }

    private static double Accuracy(TicketAdapter adapter, TicketWorld world) =>
        world.Take(4_000, new Random(11)).Average(t => adapter.Score(t.Features) >= 0.5 == t.Escalate ? 1.0 : 0);
}
