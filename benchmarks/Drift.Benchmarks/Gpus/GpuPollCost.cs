using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Drift.Actors.Instruments;
using Drift.Support.Nvml;
using Drift.Telemetry.Nvml;
using Microsoft.Extensions.DependencyInjection;

namespace Drift.Benchmarks.Gpus;

/// <summary>
/// What one poll of 8 GPUs costs this process, over a fake NVML that answers at once: calls, report and metrics, without the driver's
/// own time. Processor time is of the whole process, so what the runtime does besides is in it.
/// </summary>
internal static class GpuPollCost
{
    private const int Gpus = 8;

    /// <summary>Measures and prints a table.</summary>
    public static async Task RunAsync(int polls)
    {
        if (!FakeNvml.IsAvailable)
        {
            Console.WriteLine("The fake NVML needs gcc on 64-bit Linux.");
            return;
        }

        var fake = FakeNvml.Start(Gpus);
        for (var gpu = 0; gpu < Gpus; gpu++)
            fake.Processes(gpu, 4);
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var instruments = new GpuInstruments(services.GetRequiredService<IMeterFactory>(), TimeProvider.System);
        await using var poller = new GpuPoller(new GpuPollOptions { Library = FakeNvml.Path }, TimeProvider.System);
        await PollAsync(polls / 10);

        var calls = fake.Calls;
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        using var process = Process.GetCurrentProcess();
        var processor = process.TotalProcessorTime;
        var started = Stopwatch.GetTimestamp();
        await PollAsync(polls);
        var wall = Stopwatch.GetElapsedTime(started);
        process.Refresh();
        var cost = process.TotalProcessorTime - processor;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;

        Console.WriteLine("| GPUs | polls | NVML calls per poll | CPU per poll | wall per poll | of one core at a poll per second | allocated per poll |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {Gpus} | {polls} | {(fake.Calls - calls) / (double)polls:0} | {cost.TotalMicroseconds / polls:0.0} µs | {wall.TotalMicroseconds / polls:0.0} µs | "
            + $"{cost.TotalSeconds / polls:0.0000 %} | {allocated / (double)polls / 1024:0.0} KiB |"));

        async Task PollAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var report = await poller.PollAsync(default);
                instruments.Publish("bench", report, report.At, TimeSpan.FromMinutes(1));
            }
        }
    }
}
