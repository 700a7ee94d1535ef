using Drift.Actors.Tests.Contract;
using Drift.Core.Settings;

namespace Drift.Actors.Tests.Local;

/// <summary>Calls that meet a model's actor while it leaves memory: an engine keeps them away, but what an actor promises does not depend on that.</summary>
public sealed class LeavingActorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Batches_that_wait_while_the_actor_leaves_are_refused_and_nothing_that_was_counted_is_lost()
    {
        await using var harness = await LocalEngineHarness.StartAsync();
        await harness.Model().SendAsync(Traffic.Rows(5000, 1), harness.Clock.GetUtcNow());
        await harness.Model().SendAsync(Traffic.Rows(100, 2), harness.Clock.GetUtcNow(), "counted");
        harness.Crash();
        var actor = harness.NewActor();
        await actor.ActivateAsync(new NoTimer(), default);
        await actor.SendAsync(Traffic.Rows(10, 3), harness.Clock.GetUtcNow(), "counted too");
        var (saving, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        harness.OnSave = async save =>
        {
            saving.TrySetResult();
            await release.Task;
            return await save();
        };

        var leaving = LeaveAsync(actor);
        await saving.Task.WaitAsync(Patience);
        var late = Enumerable.Range(0, 3).Select(i => actor.SendAsync(Traffic.Rows(1, 4 + i), harness.Clock.GetUtcNow(), $"late-{i}")).ToList();
        release.SetResult();
        await leaving.WaitAsync(Patience);

        foreach (var batch in late)
        {
            var refused = await Assert.ThrowsAsync<DriftException>(() => batch.WaitAsync(Patience));
            Assert.Equal(DriftError.Unavailable, refused.Error);
            Assert.Contains("Nothing was done: send the request again", refused.Message, StringComparison.Ordinal);
        }

        harness.OnSave = null;
        Assert.Equal(110, (await harness.Model().GetVerdictAsync("24h", now: true)).Rows);
    }

    [Fact]
    public async Task Changes_that_wait_while_a_trigger_leaves_are_all_answered()
    {
        await using var harness = await LocalEngineHarness.StartAsync();
        var actor = harness.NewTrigger();
        await actor.ActivateAsync(new NoTimer(), default);
        var release = new TaskCompletionSource();
        harness.OnSave = async save =>
        {
            await release.Task;
            return await save();
        };

        var changes = Enumerable.Range(1, 3).Select(days => actor.ConfigureAsync(new TriggerSettings { Enabled = true, ScheduleDays = days })).ToList();
        await LeaveAsync(actor);
        release.SetResult();

        await Task.WhenAll(changes).WaitAsync(Patience);
    }

    // As engines do.
    private static async Task LeaveAsync(IActor actor)
    {
        await actor.DeactivateAsync(default);
        (actor as IDisposable)?.Dispose();
    }

    private sealed class NoTimer : IActorContext
    {
        public string Key => "model/default/credit";

        public void SetTimer(TimeSpan due, Func<CancellationToken, Task> tick)
        {
        }
    }
}
