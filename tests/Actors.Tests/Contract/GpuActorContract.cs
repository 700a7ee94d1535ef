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

    private GpuHistoryQuery Query(GpuResolution resolution = GpuResolution.Raw) => new(Now.AddHours(-3), resolution, null, 1000);
}
