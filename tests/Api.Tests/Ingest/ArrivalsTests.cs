using Drift.Actors;
using Drift.Api.Ingest;

namespace Drift.Api.Tests.Ingest;

public sealed class ArrivalsTests
{
    private static readonly ModelId Flood = ModelId.Create("t", "flood");
    private static readonly ModelId Quiet = ModelId.Create("t", "quiet");

    [Fact]
    public void A_model_that_nearly_all_requests_are_for_crowds_the_others_out_and_not_the_other_way_round()
    {
        var arrivals = Of([.. Enumerable.Repeat(Flood, 2 * Arrivals.Remembered), Quiet, Flood, Flood]);

        Assert.True(arrivals.AreCrowdedBy(Flood));
        Assert.False(arrivals.AreCrowdedBy(Quiet));
    }

    [Fact]
    public void A_model_that_is_alone_is_in_nobodys_way()
    {
        var arrivals = Of([Quiet, .. Enumerable.Repeat(Flood, Arrivals.Remembered)]);

        Assert.False(arrivals.AreCrowdedBy(Flood));
    }

    [Fact]
    public void Models_that_come_as_often_as_each_other_are_in_nobodys_way()
    {
        var arrivals = Of([.. Enumerable.Range(0, 3 * Arrivals.Remembered).Select(i => ModelId.Create("t", $"m{i % 2}"))]);

        Assert.False(arrivals.AreCrowdedBy(ModelId.Create("t", "m0")));
        Assert.False(arrivals.AreCrowdedBy(ModelId.Create("t", "m1")));
    }

    private static Arrivals Of(IEnumerable<ModelId> models)
    {
        var arrivals = new Arrivals();
        foreach (var model in models)
            arrivals.Add(model);
        return arrivals;
    }
}
