using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Core.Gpus;
using Drift.Storage.Tests.Support;

namespace Drift.Storage.Tests.Contracts;

public abstract class GpuStoreContract(StoreFixture fixture)
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static int _nodes;

    private readonly IGpuStore _store = fixture.Shared.Get<IGpuStore>();
    private readonly string _node = $"node-{Interlocked.Increment(ref _nodes)}";

    [StoreFact]
    public async Task FindAsync_gives_back_the_last_report_as_it_was()
    {
        var report = new GpuReport
        {
            At = Noon,
            State = GpuDriverState.Ok,
            DriverVersion = "560",
            Gpus =
            [
                new()
                {
                    Index = 1,
                    Uuid = "GPU-1",
                    Model = "NVIDIA Größe",
                    State = GpuState.Lost,
                    StateSince = Noon.AddSeconds(-3),
                    EnergyMillijoules = long.MaxValue,
                    RemappedRowsFailed = true,
                    ThrottleReasons = ["sw_power_cap"],
                    Missing = new Dictionary<string, string> { ["power_watts"] = "not_supported" },
                    Processes = [new() { Pid = 7, Kind = GpuProcessKind.Graphics }],
                    MigInstances = [new() { Uuid = "MIG-1", Profile = "1g.10gb", MemoryUsedBytes = 1 }],
                },
            ],
        };
        Assert.Null(await _store.FindAsync(_node, default));
        await _store.WriteAsync(_node, report, [], default);

        var read = await _store.FindAsync(_node, default);

        Assert.Equal(report with { Gpus = [] }, read! with { Gpus = [] });
        var (wrote, got) = (report.Gpus[0], Assert.Single(read.Gpus));
        Assert.Equal(wrote.ThrottleReasons, got.ThrottleReasons);
        Assert.Equal(wrote.Processes, got.Processes);
        Assert.Equal(wrote.MigInstances, got.MigInstances);
        Assert.Equal(wrote.Missing, got.Missing);
        Assert.Equal(Bare(wrote), Bare(got));

        static GpuReading Bare(GpuReading gpu) => gpu with { ThrottleReasons = null, Processes = null, MigInstances = null, Missing = null };
    }

    [StoreFact]
    public async Task WriteAsync_never_replaces_a_later_report()
    {
        await _store.WriteAsync(_node, new() { At = Noon, State = GpuDriverState.NoDevices }, [], default);
        await _store.WriteAsync(_node, new() { At = Noon.AddSeconds(-1), State = GpuDriverState.Failed }, [], default);

        Assert.Equal(GpuDriverState.NoDevices, (await _store.FindAsync(_node, default))!.State);
    }

    [StoreFact]
    public async Task ListAsync_gives_the_nodes_in_order()
    {
        var store = (await fixture.CreateMigratedAsync()).Get<IGpuStore>();
        foreach (var node in (string[])["b", "a-1", "B", "a"])
            await store.WriteAsync(node, new() { At = Noon }, [], default);

        Assert.Equal(["B", "a", "a-1", "b"], await store.ListAsync(default));
    }

    [StoreFact]
    public async Task WriteAsync_rolls_samples_up_to_minutes_and_hours_and_each_counts_once()
    {
        // Two minutes, one poll every 20 s: 10, 20, 30 then 40, 50, 60 degrees; the third has no utilization.
        var samples = Enumerable.Range(0, 6).Select(i => new GpuSample
        {
            Timestamp = Noon.AddSeconds(20 * i),
            Uuid = "GPU-1",
            Index = 3,
            UtilizationPercent = i == 2 ? null : 100,
            TemperatureCelsius = 10 * (i + 1),
            TemperatureCelsiusMax = 10 * (i + 1),
            EnergyMillijoules = 1e12 + i,
            Throttled = i % 2,
        }).ToList();
        await WriteAsync(samples.Take(4));
        await WriteAsync(samples.Skip(2));
        await WriteAsync(samples);

        Assert.Equal(samples.AsEnumerable().Reverse(), await ReadAsync(GpuResolution.Raw));
        Assert.Equal(
            [
                new() { Timestamp = Noon.AddMinutes(1), Uuid = "GPU-1", Index = 3, Samples = 3, UtilizationPercent = 100, TemperatureCelsius = 50, TemperatureCelsiusMax = 60, EnergyMillijoules = 1e12 + 5, Throttled = 2.0 / 3 },
                new() { Timestamp = Noon, Uuid = "GPU-1", Index = 3, Samples = 3, UtilizationPercent = 100, TemperatureCelsius = 20, TemperatureCelsiusMax = 30, EnergyMillijoules = 1e12 + 2, Throttled = 1.0 / 3 },
            ],
            await ReadAsync(GpuResolution.Minute));
        Assert.Equal(
            [new() { Timestamp = Noon, Uuid = "GPU-1", Index = 3, Samples = 6, UtilizationPercent = 100, TemperatureCelsius = 35, TemperatureCelsiusMax = 60, EnergyMillijoules = 1e12 + 5, Throttled = 0.5 }],
            await ReadAsync(GpuResolution.Hour));
    }

    [StoreFact]
    public async Task WriteAsync_keeps_every_measure()
    {
        var sample = new GpuSample
        {
            Timestamp = Noon,
            Uuid = "GPU-1",
            Index = 1,
            UtilizationPercent = 1,
            UtilizationPercentMax = 2,
            MemoryUtilizationPercent = 3,
            MemoryUsedBytes = 4,
            MemoryUsedBytesMax = 5,
            MemoryTotalBytes = 6,
            TemperatureCelsius = 7,
            TemperatureCelsiusMax = 8,
            MemoryTemperatureCelsiusMax = 9,
            PowerWatts = 10,
            PowerWattsMax = 11,
            SmClockMhz = 12,
            MemoryClockMhz = 13,
            Throttled = 0.5,
            EnergyMillijoules = 14,
            PcieReplays = 15,
            EccCorrected = 16,
            EccUncorrected = 17,
            XidErrors = 18,
        };
        Assert.All(typeof(GpuSample).GetProperties(), p => Assert.NotNull(p.GetValue(sample)));

        await WriteAsync([sample]);

        Assert.Equal([sample], await ReadAsync(GpuResolution.Raw));
        Assert.Equal([sample], await ReadAsync(GpuResolution.Minute));
        Assert.Equal([sample], await ReadAsync(GpuResolution.Hour));
    }

    [StoreFact]
    public async Task ReadAsync_gives_one_GPU_from_a_time_on_newest_first_and_no_more_than_asked()
    {
        await WriteAsync(
            from second in Enumerable.Range(0, 5)
            from gpu in (int[])[0, 1]
            select new GpuSample { Timestamp = Noon.AddSeconds(second), Uuid = $"GPU-{gpu}", Index = gpu });

        Assert.Equal(
            [(4, "GPU-0"), (4, "GPU-1"), (3, "GPU-0")],
            (await _store.ReadAsync(_node, new(Noon, GpuResolution.Raw, null, 3), default)).Select(s => ((int)(s.Timestamp - Noon).TotalSeconds, s.Uuid)));
        Assert.Equal(
            [(4, "GPU-1"), (3, "GPU-1")],
            (await _store.ReadAsync(_node, new(Noon.AddSeconds(3), GpuResolution.Raw, "GPU-1", 10), default)).Select(s => ((int)(s.Timestamp - Noon).TotalSeconds, s.Uuid)));
        Assert.Empty(await _store.ReadAsync(_node + "x", new(Noon, GpuResolution.Raw, null, 3), default));
    }

    [StoreFact]
    public async Task SweepAsync_deletes_raw_minute_and_hour_samples_each_at_its_own_age()
    {
        var store = await fixture.CreateMigratedAsync();
        var gpus = store.Get<IGpuStore>();
        foreach (var age in (TimeSpan[])[TimeSpan.FromDays(401), TimeSpan.FromDays(15), TimeSpan.FromHours(7), TimeSpan.Zero])
            await gpus.WriteAsync(_node, new() { At = Noon - age }, [new() { Timestamp = Noon - age, Uuid = "GPU-1" }], default);
        await gpus.WriteAsync("gone", new() { At = Noon.AddDays(-401) }, [], default);

        // Raw: three; minutes: two; hours: one; nodes: the one that is gone.
        Assert.Equal(new RetentionReport(0, 0, 0, 0, 0, Gpus: 7), await store.Retention.SweepAsync(Noon));
        Assert.Equal((1, 2, 3), (await CountAsync("raw"), await CountAsync("minute"), await CountAsync("hour")));
        Assert.Equal([_node], await gpus.ListAsync(default));

        Task<long> CountAsync(string resolution) => store.CountAsync("gpu_samples", $"resolution = '{resolution}'");
    }

    private Task WriteAsync(IEnumerable<GpuSample> samples) => _store.WriteAsync(_node, new() { At = Noon }, [.. samples], default);

    private Task<IReadOnlyList<GpuSample>> ReadAsync(GpuResolution resolution) => _store.ReadAsync(_node, new(Noon.AddDays(-1), resolution, null, 100), default);
}
