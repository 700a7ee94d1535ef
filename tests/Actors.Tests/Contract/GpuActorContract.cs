using Drift.Core.Gpus;
using Drift.Support;

namespace Drift.Actors.Tests.Contract;

/// <summary>What the actor of a GPU node promises, whatever hosts it.</summary>
public abstract class GpuActorContract : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private EngineHarness _harness = null!;

    private IGpuActor Node => _harness.Engine.Gpu("gpu-7");

    private DateTimeOffset Now => _harness.Clock.GetUtcNow();

    public async Task InitializeAsync() => _harness = await StartAsync();

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task A_node_that_never_reported_does_not_exist_and_asking_creates_nothing()
    {
        Assert.Equal(DriftError.NotFound, (await Assert.ThrowsAsync<DriftException>(() => Node.GetAsync())).Error);
        Assert.Equal(DriftError.NotFound, (await Assert.ThrowsAsync<DriftException>(() => Node.GetHistoryAsync(Query()))).Error);
        Assert.Empty(await _harness.Engine.GpuCatalog().ListAsync());
    }

    [Fact]
    public async Task A_report_is_shown_and_its_node_listed()
    {
        Assert.Equal(new GpuReceipt(1, 0), await Node.ReportAsync([Report(61)]));

        var node = await Node.GetAsync();
        Assert.Equal(("gpu-7", false, Now, 61.0), (node.Node, node.Silent, node.Report.At, Assert.Single(node.Report.Gpus).TemperatureCelsius));
        Assert.Equal(["gpu-7"], await _harness.Engine.GpuCatalog().ListAsync());
        Assert.Equal(61, Assert.Single(await Node.GetHistoryAsync(Query())).TemperatureCelsius);
    }

    [Fact]
    public async Task Reports_that_come_late_add_their_samples_and_do_not_turn_back_what_is_shown()
    {
        await Node.ReportAsync([Report(61)]);
        var receipt = await Node.ReportAsync([Report(40, -TimeSpan.FromMinutes(30)), Report(30, -TimeSpan.FromHours(2)), Report(50, -TimeSpan.FromMinutes(20))]);

        Assert.Equal(new GpuReceipt(2, 1), receipt);
        Assert.Equal(61, (await Node.GetAsync()).Report.Gpus[0].TemperatureCelsius);
        Assert.Equal([61, 50, 40], (await Node.GetHistoryAsync(Query())).Select(s => (int)s.TemperatureCelsius!));
    }

    [Fact]
    public async Task A_report_sent_twice_counts_once()
    {
        var report = Report(61);
        await Node.ReportAsync([report]);
        await Node.ReportAsync([report, report]);

        Assert.Single(await Node.GetHistoryAsync(Query()));
        Assert.Equal(1, Assert.Single(await Node.GetHistoryAsync(Query(GpuResolution.Minute))).Samples);
    }

    [Fact]
    public async Task A_GPU_that_a_report_lacks_has_vanished_also_when_the_process_was_killed_in_between()
    {
        await Node.ReportAsync([Report(61)]);
        _harness.Crash();
        _harness.Clock.Advance(TimeSpan.FromSeconds(5));
        await Node.ReportAsync([Report(61) with { Gpus = [] }]);

        var gpu = Assert.Single((await Node.GetAsync()).Report.Gpus);
        Assert.Equal((GpuState.Vanished, Now, null), (gpu.State, gpu.StateSince, gpu.TemperatureCelsius));

        await Node.ReportAsync([Report(50, TimeSpan.FromSeconds(1))]);
        Assert.Equal(GpuState.Present, Assert.Single((await Node.GetAsync()).Report.Gpus).State);
    }

    [Fact]
    public async Task Of_two_pollers_of_one_node_the_one_that_began_last_counts_for_as_long_as_it_reports()
    {
        Assert.Equal(new GpuReceipt(1, 0), await Node.ReportAsync([By("host", 50)]));
        for (var second = 1; second <= 3; second++)
        {
            _harness.Clock.Advance(TimeSpan.FromMilliseconds(500));
            Assert.Equal(new GpuReceipt(1, 0), await Node.ReportAsync([By("agent", 70 + second)]));
            _harness.Clock.Advance(TimeSpan.FromMilliseconds(500));
            Assert.Equal(new GpuReceipt(0, 1), await Node.ReportAsync([By("host", 50 + second)]));
        }

        Assert.Equal(73, (await Node.GetAsync()).Report.Gpus[0].TemperatureCelsius);
        // The agent is stopped.
        var ignored = 0;
        for (var second = 1; second <= 62; second++)
        {
            _harness.Clock.Advance(TimeSpan.FromSeconds(1));
            ignored += (await Node.ReportAsync([By("host", 60)])).Ignored;
        }

        Assert.InRange(ignored, 59, 61);
        Assert.Equal(60, (await Node.GetAsync()).Report.Gpus[0].TemperatureCelsius);
        var samples = await Node.GetHistoryAsync(Query());
        Assert.Equal([50, 71, 72, 73], samples.Reverse().Take(4).Select(s => (int)s.TemperatureCelsius!));
        Assert.Equal(4 + 62 - ignored, samples.Count);
    }

    [Fact]
    public async Task What_a_poller_kept_while_another_one_reported_does_not_count_a_second_time()
    {
        await Node.ReportAsync([By("agent", 50)]);
        _harness.Clock.Advance(TimeSpan.FromMinutes(2));
        await Node.ReportAsync([By("host", 60)]);
        _harness.Clock.Advance(TimeSpan.FromMinutes(2));

        var receipt = await Node.ReportAsync([By("agent", 71, -TimeSpan.FromSeconds(150)), By("agent", 72, -TimeSpan.FromSeconds(90)), By("agent", 73)]);

        Assert.Equal(new GpuReceipt(2, 1), receipt);
        Assert.Equal([73, 72, 60, 50], (await Node.GetHistoryAsync(Query())).Select(s => (int)s.TemperatureCelsius!));
    }

    [Fact]
    public async Task Two_pollers_that_see_different_GPUs_of_a_node_both_count()
    {
        for (var second = 0; second < 3; second++)
        {
            await Node.ReportAsync([By("one", 50)]);
            await Node.ReportAsync([By("two", 60, gpu: "GPU-2")]);
            _harness.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([("GPU-1", GpuState.Present), ("GPU-2", GpuState.Present)], (await Node.GetAsync()).Report.Gpus.Select(g => (g.Uuid, g.State)));
        Assert.Equal(6, (await Node.GetHistoryAsync(Query())).Count);

        // Of those that it reports itself, each says what is gone; one without a driver says nothing of the others'.
        await Node.ReportAsync([By("two", 60) with { Gpus = [new() { Index = 1, Uuid = "GPU-3" }] }]);
        Assert.Equal(new GpuReceipt(0, 1), await Node.ReportAsync([By("three", 0) with { Gpus = [], State = GpuDriverState.LibraryAbsent }]));
        Assert.Equal(
            [("GPU-1", GpuState.Present), ("GPU-2", GpuState.Vanished), ("GPU-3", GpuState.Present)],
            (await Node.GetAsync()).Report.Gpus.Select(g => (g.Uuid, g.State)).Order());
    }

    [Fact]
    public async Task Samples_are_written_after_the_interval_without_another_call()
    {
        await Node.ReportAsync([Report(61)]);
        _harness.Clock.Advance(TimeSpan.FromSeconds(1));
        await Node.ReportAsync([Report(62)]);
        _harness.Clock.Advance(TimeSpan.FromSeconds(10));

        // What another process reads is what is stored.
        var other = _harness.StartSecondEngine();
        await Eventually.Async(
            async () => (await other.Gpu("gpu-7").GetHistoryAsync(Query())).Count == 2,
            Patience,
            "both samples are stored");
    }

    [Fact]
    public async Task A_store_that_is_away_costs_no_sample()
    {
        await Node.ReportAsync([Report(61)]);
        _harness.GpuStoreFailure = new DriftException("away");
        for (var second = 1; second <= 30; second++)
        {
            _harness.Clock.Advance(TimeSpan.FromSeconds(1));
            await Node.ReportAsync([Report(61 + second)]);
        }

        Assert.Equal(91, (await Node.GetAsync()).Report.Gpus[0].TemperatureCelsius);
        _harness.GpuStoreFailure = null;
        Assert.Equal(31, (await Node.GetHistoryAsync(Query())).Count);
    }

    [Fact]
    public async Task A_node_without_reports_is_silent_and_leaves_memory_without_losing_a_sample()
    {
        await Node.ReportAsync([Report(61)]);
        _harness.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.True((await Node.GetAsync()).Silent);

        await Node.ReportAsync([Report(62)]);
        Assert.False((await Node.GetAsync()).Silent);
        await _harness.PassivateAsync();

        var node = await Node.GetAsync();
        Assert.Equal((true, 62.0), (node.Silent, node.Report.Gpus[0].TemperatureCelsius));
        Assert.Equal(2, (await Node.GetHistoryAsync(Query())).Count);
    }

    protected abstract Task<EngineHarness> StartAsync();

    private GpuReport Report(double temperature, TimeSpan after = default) => new()
    {
        At = Now + after,
        Gpus = [new() { Index = 0, Uuid = "GPU-1", TemperatureCelsius = temperature }],
    };

    private GpuReport By(string source, double temperature, TimeSpan after = default, string gpu = "GPU-1") => new()
    {
        At = Now + after,
        Source = source,
        Gpus = [new() { Index = 0, Uuid = gpu, TemperatureCelsius = temperature }],
    };

    private GpuHistoryQuery Query(GpuResolution resolution = GpuResolution.Raw) => new(Now.AddHours(-3), resolution, null, 1000);
}
