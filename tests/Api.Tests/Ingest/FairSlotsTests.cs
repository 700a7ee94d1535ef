using Drift.Actors;
using Drift.Api.Ingest;
using Drift.Api.Tests.Support;
using Drift.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Drift.Api.Tests.Ingest;

public sealed class FairSlotsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Those_who_wait_come_by_turns_of_tenants_and_of_their_models()
    {
        var slots = new FairSlots(1);
        var held = await slots.EnterAsync(ModelId.Create("x", "x"), CancellationToken.None);
        var order = new List<string>();
        string[] waiting = ["a/1", "a/1", "a/1", "a/2", "b/1", "b/1", "c/1"];
        var tasks = waiting.Select(async name =>
        {
            using (await slots.EnterAsync(ModelId.Create(name[..1], name[2..]), CancellationToken.None))
                order.Add(name);
        }).ToArray();
        Assert.Equal(7, slots.Waiting);

        held.Dispose();
        await Task.WhenAll(tasks).WaitAsync(Limit);
        Assert.Equal(["a/1", "b/1", "c/1", "a/2", "b/1", "a/1", "a/1"], order);
        Assert.Equal(0, slots.Waiting);
    }

    [Fact]
    public async Task A_small_body_is_not_behind_those_that_are_long_to_read()
    {
        await using var host = await ApiHost.StartAsync();
        var slots = host.Services.GetRequiredService<FairSlots>();
        var held = new List<FairSlots.Slot>();
        for (var i = 0; i < Environment.ProcessorCount; i++)
            held.Add(await slots.EnterAsync(ModelId.Create("x", "x"), CancellationToken.None));

        var large = host.PostAsync("/v1/models/credit/predictions", "age\n" + string.Concat(Enumerable.Repeat("41\n", 10_000)), "text/csv");
        await Eventually.Async(() => slots.Waiting == 1, Limit, "the large body waits for its turn");
        (await host.PostAsync("/v1/models/credit/predictions", "age\n41\n", "text/csv").WaitAsync(Limit)).Ok();
        Assert.False(large.IsCompleted);

        held.ForEach(slot => slot.Dispose());
        (await large).Ok();
    }

    [Fact]
    public async Task No_more_than_the_slots_are_held_and_none_is_lost()
    {
        var slots = new FairSlots(3);
        int held = 0, most = 0, done = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                using (await slots.EnterAsync(ModelId.Create("t", $"m{worker % 3}"), CancellationToken.None))
                {
                    var now = Interlocked.Increment(ref held);
                    InterlockedMax(ref most, now);
                    if (i % 64 == 0)
                        await Task.Yield();
                    Interlocked.Decrement(ref held);
                }

                Interlocked.Increment(ref done);
            }
        }))).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(16_000, done);
        Assert.InRange(most, 1, 3);
        for (var i = 0; i < 3; i++)
            Assert.True(slots.EnterAsync(ModelId.Create("t", "m"), CancellationToken.None).IsCompletedSuccessfully);
        Assert.False(slots.EnterAsync(ModelId.Create("t", "m"), CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task Who_stops_waiting_is_passed_over()
    {
        var slots = new FairSlots(1);
        var model = ModelId.Create("t", "m");
        var held = await slots.EnterAsync(model, CancellationToken.None);
        using var gone = new CancellationTokenSource();
        var first = slots.EnterAsync(model, gone.Token).AsTask();
        var second = slots.EnterAsync(model, CancellationToken.None).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(Limit));

        held.Dispose();
        (await second.WaitAsync(Limit)).Dispose();
        Assert.True(slots.EnterAsync(model, CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public void Without_a_wait_nothing_is_allocated()
    {
        var slots = new FairSlots(1);
        var model = ModelId.Create("t", "m");
        Enter();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Enter();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Enter()
        {
            var entering = slots.EnterAsync(model, CancellationToken.None);
            Assert.True(entering.IsCompletedSuccessfully);
            entering.GetAwaiter().GetResult().Dispose();
        }
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); seen < value;)
        {
            var before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
