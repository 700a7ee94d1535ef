using Drift.Actors.Local;
using Drift.Support;

namespace Drift.Actors.Tests.Local;

public sealed class LocalEngineTests
{
    [Fact]
    public async Task Turns_of_an_actor_never_run_at_the_same_time_but_interleave_at_an_await()
    {
        var cell = new ActorCell<Probe>("probe", () => new Probe(), new FakeClock());

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => cell.CallAsync(p => p.TurnAsync())));

        var (largest, entered) = await cell.CallAsync(p => Task.FromResult((p.LargestOverlap, p.Entered)));
        Assert.Equal(1, largest);
        Assert.Equal(200, entered);
    }

    [Fact]
    public async Task An_actor_leaves_after_its_idle_time_and_its_cell_sends_callers_to_a_new_one()
    {
        var clock = new FakeClock();
        var made = new List<Probe>();
        var cell = new ActorCell<Probe>("probe", () => Add(made), clock);
        await cell.CallAsync(p => p.TurnAsync());

        Assert.False(await cell.PassivateAsync(TimeSpan.FromMinutes(1)));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await cell.PassivateAsync(TimeSpan.FromMinutes(1)));

        Assert.Equal([(1, 1)], made.Select(p => (p.Activations, p.Deactivations)));
        await Assert.ThrowsAsync<CellRetiredException>(() => cell.CallAsync(p => p.TurnAsync()));
    }

    [Fact]
    public async Task Calls_during_an_actor_s_leave_wait_and_reach_the_new_one()
    {
        var clock = new FakeClock();
        var made = new List<Probe>();
        var cell = new ActorCell<Probe>("probe", () => Add(made), clock);
        var leave = new TaskCompletionSource();
        await cell.CallAsync(p => p.HoldDeactivationAsync(leave.Task));
        clock.Advance(TimeSpan.FromMinutes(1));
        var passivation = cell.PassivateAsync(TimeSpan.FromMinutes(1));
        var call = cell.CallAsync(p => p.TurnAsync());
        // A turn behind the call's: when it has run, the call waits.
        Assert.False(await cell.PassivateAsync(TimeSpan.MaxValue));
        Assert.False(call.IsCompleted);

        leave.SetResult();
        await Task.WhenAll(passivation, call);

        Assert.Equal([1, 0], made.Select(p => p.Deactivations));
    }

    [Fact]
    public async Task A_cell_is_not_retired_while_its_actor_still_leaves()
    {
        var leave = new TaskCompletionSource();
        var made = new List<Probe>();
        var cell = new ActorCell<Probe>("probe", () => Add(made), new FakeClock());
        await cell.CallAsync(p => p.HoldDeactivationAsync(leave.Task));
        var first = cell.PassivateAsync(TimeSpan.Zero);

        Assert.False(await cell.PassivateAsync(TimeSpan.Zero));

        leave.SetResult();
        Assert.True(await first);
    }

    [Fact]
    public async Task Models_that_nobody_calls_leave_nothing_in_memory_and_come_back_with_their_next_call()
    {
        await using var harness = await LocalEngineHarness.StartAsync();
        for (var i = 0; i < 20; i++)
            await Assert.ThrowsAsync<DriftException>(() => harness.Model($"nobody-{i}").DescribeAsync());
        await harness.Model().ConfigureAsync(new Core.Settings.ModelSettings());
        Assert.Equal(21, harness.Local.ActiveModels);

        await harness.PassivateAsync();

        Assert.Equal(0, harness.Local.ActiveModels);
        Assert.Equal("default/credit", (await harness.Model().DescribeAsync()).Model);
    }

    [Fact]
    public async Task A_failed_activation_is_tried_again_with_the_next_call()
    {
        var attempts = 0;
        var cell = new ActorCell<Probe>("probe", () => new Probe { FailActivation = ++attempts == 1 }, new FakeClock());

        await Assert.ThrowsAsync<DriftException>(() => cell.CallAsync(p => p.TurnAsync()));
        await cell.CallAsync(p => p.TurnAsync());

        Assert.Equal(2, attempts);
    }

    [Fact]
    public async Task A_timer_ticks_as_a_turn_and_not_after_its_actor_left()
    {
        var clock = new FakeClock();
        var made = new List<Probe>();
        var cell = new ActorCell<Probe>("probe", () => Add(made), clock);
        await cell.CallAsync(p => p.TickInAsync(TimeSpan.FromSeconds(1)));
        clock.Advance(TimeSpan.FromSeconds(1));
        await Eventually.Async(() => cell.CallAsync(p => Task.FromResult(p.Ticks == 1)), TimeSpan.FromSeconds(10), "the timer ticks");

        await cell.CallAsync(p => p.TickInAsync(TimeSpan.FromHours(1)));
        clock.Advance(TimeSpan.FromMinutes(30));
        Assert.True(await cell.PassivateAsync(TimeSpan.FromMinutes(30)));
        clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal([1], made.Select(p => p.Ticks));
    }

    private static Probe Add(List<Probe> made)
    {
        made.Add(new Probe());
        return made[^1];
    }

    private sealed class Probe : IActor
    {
        private IActorContext? _context;
        private Task _deactivation = Task.CompletedTask;
        private int _inside;

        public bool FailActivation { get; init; }

        public int Activations { get; private set; }

        public int Deactivations { get; private set; }

        public int LargestOverlap { get; private set; }

        public int Entered { get; private set; }

        public int Ticks { get; private set; }

        public async Task ActivateAsync(IActorContext context, CancellationToken cancellationToken)
        {
            await Task.Yield();
            _context = context;
            Activations++;
            if (FailActivation)
                throw new DriftException(DriftError.Unavailable, "The database is away.");
        }

        public async Task DeactivateAsync(CancellationToken cancellationToken)
        {
            await _deactivation;
            Deactivations++;
        }

        public async Task TurnAsync()
        {
            Entered++;
            for (var i = 0; i < 3; i++)
            {
                var inside = Interlocked.Increment(ref _inside);
                LargestOverlap = Math.Max(LargestOverlap, inside);
                Interlocked.Decrement(ref _inside);
                await Task.Yield();
            }
        }

        public Task HoldDeactivationAsync(Task until)
        {
            _deactivation = until;
            return Task.CompletedTask;
        }

        public Task TickInAsync(TimeSpan due)
        {
            _context!.SetTimer(due, _ =>
            {
                Ticks++;
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        }
    }
}
