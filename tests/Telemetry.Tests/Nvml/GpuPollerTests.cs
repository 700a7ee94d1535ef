using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Drift.Core.Gpus;
using Drift.Support;
using Drift.Support.Nvml;
using Drift.Telemetry.Nvml;

namespace Drift.Telemetry.Tests.Nvml;

[Collection(nameof(NvmlCollection))]
public sealed class GpuPollerTests : IAsyncLifetime
{
    private const int NotSupported = 3;
    private const int NoPermission = 4;

    private readonly FakeClock _clock = new(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
    private GpuPoller? _poller;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_poller is not null)
            await _poller.DisposeAsync();
    }

    [NvmlFact]
    public async Task A_sound_GPU_is_read_in_full()
    {
        var fake = FakeNvml.Start(2);
        fake.Read(1, "throttle", 0x44);
        fake.Processes(1, 2);

        var report = await PollAsync();

        Assert.Equal((GpuDriverState.Ok, "560.35.03", "12.560.35.03"), (report.State, report.DriverVersion, report.NvmlVersion));
        Assert.Equal([0, 1], report.Gpus.Select(g => g.Index));
        var gpu = report.Gpus[1];
        Assert.Equal("GPU-00000000-0000-0000-0000-000000000001", gpu.Uuid);
        Assert.Equal(("NVIDIA Fake 80GB", "nvidia1", "00000000:11:00.0"), (gpu.Model, gpu.Device, gpu.PciBusId));
        Assert.Equal((GpuState.Present, _clock.GetUtcNow()), (gpu.State, gpu.StateSince));
        Assert.Equal((40.0, 20.0), (gpu.UtilizationPercent, gpu.MemoryUtilizationPercent));
        const long GiB = 1L << 30;
        Assert.Equal((80 * GiB, 16 * GiB, GiB / 2, (80 * GiB) - (16 * GiB) - (GiB / 2)), (gpu.MemoryTotalBytes, gpu.MemoryUsedBytes, gpu.MemoryReservedBytes, gpu.MemoryFreeBytes));
        Assert.Equal((55.0, 61.0), (gpu.TemperatureCelsius, gpu.MemoryTemperatureCelsius));
        Assert.Equal((312.5, 700.0), (gpu.PowerWatts, gpu.PowerLimitWatts));
        Assert.Equal((1980.0, 2619.0), (gpu.SmClockMhz, gpu.MemoryClockMhz));
        Assert.Equal((123456789012L, 3L), (gpu.EnergyMillijoules, gpu.PcieReplays));
        Assert.Equal((0L, 2L, 1L, 3L), (gpu.EccVolatileCorrected, gpu.EccVolatileUncorrected, gpu.EccAggregateCorrected, gpu.EccAggregateUncorrected));
        Assert.Equal((1L, 2L, false, false), (gpu.RemappedRowsCorrected, gpu.RemappedRowsUncorrected, gpu.RemappedRowsPending, gpu.RemappedRowsFailed));
        Assert.Equal(["sw_power_cap", "hw_thermal_slowdown"], gpu.ThrottleReasons);
        Assert.Equal((0L, (long?)null, false), (gpu.XidErrors, gpu.LastXid, gpu.MigEnabled));
        // The first one's memory is NVML's "not available".
        Assert.Equal(
            [new GpuProcess { Pid = 4000, Kind = GpuProcessKind.Compute }, new GpuProcess { Pid = 4001, Kind = GpuProcessKind.Compute, MemoryUsedBytes = 1L << 20 }],
            gpu.Processes);
        Assert.Null(gpu.Missing);
    }

    [NvmlFact]
    public async Task What_a_board_refuses_is_absent_and_named_and_the_rest_is_read()
    {
        var fake = FakeNvml.Start(1);
        fake.Refuse(0, "nvmlDeviceGetUtilizationRates", NotSupported);
        fake.Refuse(0, "nvmlDeviceGetTotalEccErrors", NotSupported);
        fake.Refuse(0, "nvmlDeviceGetRemappedRows", NotSupported);
        fake.Refuse(0, "nvmlDeviceGetPowerUsage", 999);
        fake.Refuse(0, "nvmlDeviceGetMigMode", NotSupported);
        fake.Refuse(0, "nvmlDeviceRegisterEvents", NotSupported);
        fake.Refuse(0, "nvmlDeviceGetComputeRunningProcesses_v3", NoPermission);

        var gpu = Assert.Single((await PollAsync()).Gpus);

        Assert.Equal(GpuState.Present, gpu.State);
        Assert.Equal((null, null, null, null, null), (gpu.UtilizationPercent, gpu.EccAggregateCorrected, gpu.RemappedRowsFailed, gpu.PowerWatts, gpu.XidErrors));
        Assert.Equal(55, gpu.TemperatureCelsius);
        Assert.Equal("not_supported", gpu.Missing!["utilization_percent"]);
        Assert.Equal("not_supported", gpu.Missing["memory_utilization_percent"]);
        Assert.Equal("not_supported", gpu.Missing["ecc_volatile_corrected"]);
        Assert.Equal("not_supported", gpu.Missing["remapped_rows"]);
        Assert.Equal("error_999", gpu.Missing["power_watts"]);
        Assert.Equal("not_supported", gpu.Missing["mig_enabled"]);
        Assert.Equal("not_supported", gpu.Missing["xid_errors"]);
        Assert.Equal("no_permission", gpu.Missing["processes"]);
        Assert.DoesNotContain("temperature_celsius", gpu.Missing.Keys);
    }

    [NvmlFact]
    public async Task NVML_s_numbers_for_no_value_are_no_values()
    {
        var fake = FakeNvml.Start(1);
        string[] words = ["utilization", "memory_utilization", "temperature", "memory_temperature", "power", "power_limit", "sm_clock", "memory_clock", "pcie_replays"];
        foreach (var name in words)
            fake.Read(0, name, uint.MaxValue);
        foreach (var name in (string[])["energy", "ecc_volatile_corrected", "ecc_aggregate_uncorrected"])
            fake.Read(0, name, ulong.MaxValue);

        var gpu = Assert.Single((await PollAsync()).Gpus);

        Assert.Equal(
            new GpuReading { Index = gpu.Index },
            new GpuReading
            {
                Index = gpu.Index,
                UtilizationPercent = gpu.UtilizationPercent,
                MemoryUtilizationPercent = gpu.MemoryUtilizationPercent,
                TemperatureCelsius = gpu.TemperatureCelsius,
                MemoryTemperatureCelsius = gpu.MemoryTemperatureCelsius,
                PowerWatts = gpu.PowerWatts,
                PowerLimitWatts = gpu.PowerLimitWatts,
                SmClockMhz = gpu.SmClockMhz,
                MemoryClockMhz = gpu.MemoryClockMhz,
                PcieReplays = gpu.PcieReplays,
                EnergyMillijoules = gpu.EnergyMillijoules,
                EccVolatileCorrected = gpu.EccVolatileCorrected,
                EccAggregateUncorrected = gpu.EccAggregateUncorrected,
            });
        Assert.All(gpu.Missing!.Values, reason => Assert.Equal("no_value", reason));
        Assert.Equal(words.Length + 3, gpu.Missing!.Count);
        Assert.Equal(1, gpu.EccAggregateCorrected);
    }

    [NvmlFact]
    public async Task Memory_temperature_is_read_whatever_type_the_driver_gives_it()
    {
        var fake = FakeNvml.Start(1);
        foreach (var type in (int[])[0, 1, 2, 3, 4, 5, 6])
        {
            fake.Read(0, "memory_temperature_type", (ulong)type);
            Assert.Equal((type, 61.0), (type, Assert.Single((await PollAsync()).Gpus).MemoryTemperatureCelsius));
        }

        fake.Read(0, "memory_temperature_result", NotSupported);
        Assert.Equal("not_supported", Assert.Single((await PollAsync()).Gpus).Missing!["memory_temperature_celsius"]);
    }

    [NvmlFact]
    public async Task A_driver_without_the_second_memory_struct_is_asked_for_the_first()
    {
        var fake = FakeNvml.Start(1);
        fake.Refuse(0, "nvmlDeviceGetMemoryInfo_v2", 25);

        var gpu = Assert.Single((await PollAsync()).Gpus);

        Assert.Equal((16L << 30) + (1L << 29), gpu.MemoryUsedBytes);
        Assert.Null(gpu.MemoryReservedBytes);
        Assert.Equal("no_function", gpu.Missing!["memory_reserved_bytes"]);
    }

    [NvmlFact]
    public async Task A_lost_GPU_is_reported_as_lost_and_the_others_as_they_are()
    {
        var fake = FakeNvml.Start(3);
        await PollAsync();
        _clock.Advance(TimeSpan.FromSeconds(1));
        fake.Lost(1, true);

        var report = await PollAsync();

        Assert.Equal(GpuDriverState.Ok, report.State);
        Assert.Equal([GpuState.Present, GpuState.Lost, GpuState.Present], report.Gpus.Select(g => g.State));
        Assert.Equal((null, _clock.GetUtcNow()), (report.Gpus[1].TemperatureCelsius, report.Gpus[1].StateSince));
        Assert.Equal("NVIDIA Fake 80GB", report.Gpus[1].Model);

        fake.Lost(1, false);
        Assert.All((await PollAsync()).Gpus, g => Assert.Equal(GpuState.Present, g.State));
    }

    [NvmlFact]
    public async Task A_GPU_that_disappears_and_returns_is_reported_all_the_way()
    {
        var fake = FakeNvml.Start(2);
        await PollAsync();
        var gone = _clock.GetUtcNow();
        fake.Present(0, false);

        // The running session still lists it and gets no answer.
        Assert.Equal([GpuState.Lost, GpuState.Present], (await PollAsync()).Gpus.Select(g => g.State));

        // A new session no longer lists it, and counts the other one as the first.
        _clock.Advance(NvmlReader.RestartInterval);
        var without = await PollAsync();
        Assert.Equal([(GpuState.Vanished, "GPU-00000000-0000-0000-0000-000000000000"), (GpuState.Present, "GPU-00000000-0000-0000-0000-000000000001")], without.Gpus.Select(g => (g.State, g.Uuid)));
        Assert.Equal(55, without.Gpus[1].TemperatureCelsius);
        Assert.True(without.Gpus[0].StateSince > gone);

        fake.Present(0, true);
        _clock.Advance(2 * NvmlReader.RestartInterval);
        var back = await PollAsync();
        Assert.All(back.Gpus, g => Assert.Equal(GpuState.Present, g.State));
        Assert.Equal([0, 1], back.Gpus.Select(g => g.Index));
        Assert.Equal((1, 1L), (fake.Sessions, fake.EventSets));
    }

    [NvmlFact]
    public async Task A_session_is_restarted_ever_more_rarely_while_that_does_not_help()
    {
        var fake = FakeNvml.Start(1);
        await PollAsync();
        fake.Lost(0, true);
        await PollAsync();
        fake.Refuse(0, "nvmlDeviceGetHandleByIndex_v2", 15);
        for (var second = 0; second < 3600; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(GpuState.Lost, Assert.Single((await PollAsync()).Gpus).State);
        }

        // At 0, 30 s, 90 s, 210 s, 450 s, then every 5 minutes.
        Assert.InRange(fake.Starts, 12, 16);
    }

    [NvmlFact]
    public async Task Critical_errors_are_counted_and_survive_a_restart_of_the_session()
    {
        var fake = FakeNvml.Start(2);
        await PollAsync();
        fake.Xid(1, 79);
        fake.Xid(1, 48);

        var gpu = (await PollAsync()).Gpus[1];
        Assert.Equal((2L, 48L, _clock.GetUtcNow()), (gpu.XidErrors, gpu.LastXid, gpu.LastXidAt));
        Assert.Equal(0, (await PollAsync()).Gpus[0].XidErrors);

        fake.Present(0, false);
        await PollAsync();
        _clock.Advance(NvmlReader.RestartInterval);
        fake.Xid(1, 31);
        await PollAsync();
        fake.Xid(1, 31);
        gpu = (await PollAsync()).Gpus.Single(g => g.Uuid.EndsWith('1'));
        Assert.True(gpu.XidErrors >= 3);
        Assert.Equal(31, gpu.LastXid);
    }

    [NvmlFact]
    public async Task A_GPU_divided_by_MIG_shows_its_instances()
    {
        var fake = FakeNvml.Start(1);
        fake.Mig(0, 2);
        fake.Processes(0, 1);
        fake.Refuse(0, "nvmlDeviceGetUtilizationRates", NotSupported);

        var gpu = Assert.Single((await PollAsync()).Gpus);

        Assert.True(gpu.MigEnabled);
        Assert.Equal(["1g.10gb", "1g.10gb"], gpu.MigInstances!.Select(m => m.Profile));
        Assert.Equal([7, 8], gpu.MigInstances!.Select(m => m.GpuInstance));
        Assert.All(gpu.MigInstances!, m => Assert.Equal((10L << 30, 1L << 30, 0), (m.MemoryTotalBytes, m.MemoryUsedBytes, m.ComputeInstance)));
        Assert.Equal(2, gpu.MigInstances!.Select(m => m.Uuid).Distinct().Count());
        Assert.Equal((1, 0), (gpu.Processes![0].GpuInstance, gpu.Processes[0].ComputeInstance));
    }

    [NvmlFact]
    public async Task More_processes_than_room_are_asked_for_again_with_more_room()
    {
        var fake = FakeNvml.Start(1);
        fake.Processes(0, 300);

        Assert.Equal(300, Assert.Single((await PollAsync()).Gpus).Processes!.Count);
    }

    [NvmlFact]
    public async Task An_absent_library_is_a_state_and_one_that_comes_later_is_found()
    {
        FakeNvml.Start(1);
        using var folder = new TempDirectory();
        var path = folder["libnvidia-ml.so.1"];
        await using var poller = new GpuPoller(new GpuPollOptions { Library = path }, _clock);

        var absent = await poller.PollAsync(default);
        Assert.Equal(GpuDriverState.LibraryAbsent, absent.State);
        Assert.Contains(path, absent.Detail, StringComparison.Ordinal);
        Assert.Empty(absent.Gpus);

        File.CreateSymbolicLink(path, FakeNvml.Path);
        Assert.Equal(GpuDriverState.LibraryAbsent, (await poller.PollAsync(default)).State);
        _clock.Advance(NvmlReader.LongestRestartInterval);
        var found = await poller.PollAsync(default);
        Assert.Equal(GpuDriverState.Ok, found.State);
        Assert.Single(found.Gpus);
    }

    [NvmlFact]
    public async Task A_file_that_is_no_NVML_is_told_from_one_that_is_absent()
    {
        FakeNvml.Start(1);
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(folder["text.so"], "not a library");
        var libc = Directory.EnumerateFiles("/lib", "libm.so.6", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).First();

        await using var text = new GpuPoller(new GpuPollOptions { Library = folder["text.so"] }, _clock);
        await using var other = new GpuPoller(new GpuPollOptions { Library = libc }, _clock);

        Assert.Equal(GpuDriverState.LibraryUnusable, (await text.PollAsync(default)).State);
        var report = await other.PollAsync(default);
        Assert.Equal(GpuDriverState.LibraryUnusable, report.State);
        Assert.Contains("lacks nvmlInit_v2", report.Detail, StringComparison.Ordinal);
    }

    [NvmlTheory]
    [InlineData(9, GpuDriverState.DriverNotLoaded)]
    [InlineData(18, GpuDriverState.VersionMismatch)]
    [InlineData(4, GpuDriverState.NoPermission)]
    [InlineData(17, GpuDriverState.NoPermission)]
    [InlineData(999, GpuDriverState.Failed)]
    public async Task A_driver_that_does_not_start_is_named_and_tried_again(int code, GpuDriverState state)
    {
        var fake = FakeNvml.Start(1);
        fake.InitResult(code);
        var report = await PollAsync();
        Assert.Equal(state, report.State);
        Assert.False(string.IsNullOrEmpty(report.Detail));

        fake.InitResult(0);
        _clock.Advance(NvmlReader.LongestRestartInterval);
        Assert.Equal(GpuDriverState.Ok, (await PollAsync()).State);
    }

    [NvmlFact]
    public async Task A_machine_with_a_driver_and_no_GPU_is_no_error_and_a_GPU_that_comes_is_found()
    {
        var fake = FakeNvml.Start(0);
        Assert.Equal(GpuDriverState.NoDevices, (await PollAsync()).State);

        fake.Present(0, true);
        _clock.Advance(NvmlReader.LongestRestartInterval);
        Assert.Single((await PollAsync()).Gpus);
    }

    [NvmlFact]
    public async Task A_GPU_that_this_user_may_not_open_does_not_hide_the_others()
    {
        var fake = FakeNvml.Start(2);
        fake.Refuse(0, "nvmlDeviceGetHandleByIndex_v2", NoPermission);

        var report = await PollAsync();

        Assert.Equal(1, Assert.Single(report.Gpus).Index);
        Assert.Contains("GPU 0 (no permission)", report.Detail, StringComparison.Ordinal);
    }

    [NvmlFact]
    public async Task A_driver_that_hangs_does_not_hang_the_poller()
    {
        var fake = FakeNvml.Start(1);
        await PollAsync();
        fake.Block(true);
        var hanging = _poller!.PollAsync(default);
        await Eventually.Async(() => _clock.ActiveTimers > 0, TimeSpan.FromSeconds(10), "the poll waits");
        _clock.Advance(TimeSpan.FromSeconds(10));

        var report = await hanging;
        Assert.Equal((GpuDriverState.NotResponding, GpuState.Unknown), (report.State, Assert.Single(report.Gpus).State));
        Assert.Equal(GpuDriverState.NotResponding, (await PollAsync()).State);

        fake.Block(false);
        await Eventually.Async(async () => (await PollAsync()).State == GpuDriverState.Ok, TimeSpan.FromSeconds(10), "the driver answers again");
        Assert.Equal(GpuState.Present, Assert.Single((await PollAsync()).Gpus).State);
    }

    [NvmlFact]
    public async Task Ten_thousand_polls_leak_nothing()
    {
        var fake = FakeNvml.Start(8);
        fake.Processes(3, 5);
        await using var poller = new GpuPoller(new GpuPollOptions { Library = FakeNvml.Path }, _clock);
        await PollManyAsync(1_000);
        var (managed, handles) = (GC.GetTotalMemory(forceFullCollection: true), Directory.GetFiles("/proc/self/fd").Length);

        // A GPU that comes and goes restarts the session every time.
        await PollManyAsync(10_000);

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - managed, long.MinValue, 256 * 1024);
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length - handles, int.MinValue, 8);
        Assert.Equal((1, 1L), (fake.Sessions, fake.EventSets));
        await poller.DisposeAsync();
        Assert.Equal((0, 0L), (fake.Sessions, fake.EventSets));

        async Task PollManyAsync(int polls)
        {
            for (var i = 0; i < polls; i++)
            {
                fake.Present(7, i / 50 % 2 == 0);
                if (i % 10 == 0)
                    fake.Xid(0, 13);
                _clock.Advance(TimeSpan.FromSeconds(10));
                Assert.Equal(8, (await poller.PollAsync(default)).Gpus.Count);
            }
        }
    }

    [NvmlFact]
    public void Structs_are_laid_out_as_the_C_compiler_lays_them_out()
    {
        var fake = FakeNvml.Start(0);
        Assert.Equal(fake.LayoutOf("utilization"), Unsafe.SizeOf<NvmlUtilization>());
        Assert.Equal(fake.LayoutOf("memory"), Unsafe.SizeOf<NvmlMemory>());
        Assert.Equal(fake.LayoutOf("memory_v2"), Unsafe.SizeOf<NvmlMemoryV2>());
        Assert.Equal(fake.LayoutOf("pci"), Unsafe.SizeOf<NvmlPciInfo>());
        Assert.Equal(fake.LayoutOf("pci.bus_id"), Marshal.OffsetOf<NvmlPciInfo>(nameof(NvmlPciInfo.BusId)));
        Assert.Equal(fake.LayoutOf("process"), Unsafe.SizeOf<NvmlProcessInfo>());
        Assert.Equal(fake.LayoutOf("event"), Unsafe.SizeOf<NvmlEventData>());
        Assert.Equal(fake.LayoutOf("field"), Unsafe.SizeOf<NvmlFieldValue>());
        Assert.Equal(fake.LayoutOf("field.value"), Marshal.OffsetOf<NvmlFieldValue>(nameof(NvmlFieldValue.Value)));
        // What nvml.h's NVML_STRUCT_VERSION gives for the second version of the memory struct.
        Assert.Equal(0x2000028u, NvmlMemoryV2.CurrentVersion);
    }

    private Task<GpuReport> PollAsync()
    {
        _poller ??= new GpuPoller(new GpuPollOptions { Library = FakeNvml.Path }, _clock);
        return _poller.PollAsync(default);
    }
}
