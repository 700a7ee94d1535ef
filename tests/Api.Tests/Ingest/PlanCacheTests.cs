using Drift.Actors;
using Drift.Api.Ingest;
using Drift.Api.Options;
using Drift.Api.Tests.Support;
using Drift.Support;

namespace Drift.Api.Tests.Ingest;

public sealed class PlanCacheTests
{
    private static readonly ModelId Id = ModelId.Create(ModelId.DefaultTenant, "credit");

    private readonly FakeClock _clock = new();
    private readonly FakeEngine _engine = new();

    [Fact]
    public async Task A_plan_stays_the_same_object_while_its_bytes_do_and_is_another_after_a_change()
    {
        using var cache = NewCache();
        var model = Learned();
        var first = await cache.GetAsync(Id, default);

        _clock.Advance(TimeSpan.FromMinutes(1));
        var again = await cache.GetAsync(Id, default);
        model.ChangePlan();
        cache.Invalidate(Id);
        var changed = await cache.GetAsync(Id, default);

        Assert.Same(first.Plan, again.Plan);
        Assert.Equal((1, 2, 2), (first.Version, changed.Version, changed.Plan!.Version));
        Assert.Equal(3, model.PlanRequests);
    }

    [Fact]
    public async Task A_plan_that_no_batch_came_for_leaves_memory_and_one_in_use_stays()
    {
        using var cache = NewCache();
        Learned();
        _engine.Of("busy").Create();
        await cache.GetAsync(Id, default);
        for (var minute = 0; minute < 5; minute++)
        {
            await cache.GetAsync(ModelId.Create(ModelId.DefaultTenant, "busy"), default);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(1, cache.Count);
        Assert.NotNull((await cache.GetAsync(Id, default)).Plan);
    }

    private PlanCache NewCache() => new(_engine, _clock, Microsoft.Extensions.Options.Options.Create(new IngestOptions()));

    private FakeModel Learned()
    {
        var model = _engine.Of("credit");
        model.Learn(rows =>
        {
            for (var i = 0; i < 100; i++)
                rows.Feature("age").SetNumber(rows.AddRow(), i);
        });
        return model;
    }
}
