using System.Diagnostics.Metrics;
using Drift.Core.Gpus;
using Drift.Support;
using Drift.Support.Nvml;
using Drift.Telemetry.Nvml;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Telemetry.Tests.Nvml;

[Collection(nameof(NvmlCollection))]
public sealed class GpuPollServiceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly FakeClock _clock = new();
    private readonly EventLog _log = new();
    private readonly Sink _sink = new();

    [NvmlFact]
    public async Task It_polls_every_interval_and_goes_on_when_the_sink_fails()
    {
        var fake = FakeNvml.Start(1);
        using var service = await StartAsync(new GpuPollOptions { Library = FakeNvml.Path, Node = "n" });
        await TickAsync(() => _sink.Reports.Count >= 3);
        _sink.Failure = new InvalidOperationException("away");
        var before = _sink.Attempts;
        await TickAsync(() => _sink.Attempts >= before + 5);
        _sink.Failure = null;
        var reports = _sink.Reports.Count;
        await TickAsync(() => _sink.Reports.Count > reports);
        await service.StopAsync(default);

        Assert.All(_sink.Reports, r => Assert.Equal(GpuDriverState.Ok, r.State));
        Assert.Equal(1, _log.Entries.Count(e => e.Id.Id == 7106));
        Assert.Equal(1, _log.Entries.Count(e => e.Id.Id == 7107));
        Assert.Equal((0, 0L), (fake.Sessions, fake.EventSets));
    }

    [NvmlFact]
    public async Task What_happens_to_a_GPU_is_logged_once()
    {
        var fake = FakeNvml.Start(2);
        using var service = await StartAsync(new GpuPollOptions { Library = FakeNvml.Path });
        await TickAsync(() => _sink.Reports.Count >= 2);
        fake.Lost(1, true);
        fake.Xid(0, 63);
        await TickAsync(() => _sink.Reports.Count(r => r.Gpus[1].State == GpuState.Lost) >= 3);
        fake.Lost(1, false);
        var seen = _sink.Reports.Count;
        await TickAsync(() => _sink.Reports.Count >= seen + 3);
        await service.StopAsync(default);

        Assert.Equal([7100, 7105, 7103, 7104], _log.Entries.Select(e => e.Id.Id));
        Assert.Contains("XID 63", _log.Entries[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_without_the_library_is_quiet_unless_the_sink_takes_absence()
    {
        var options = new GpuPollOptions { Library = "/nowhere/libnvidia-ml.so.1" };
        using (var quiet = await StartAsync(options))
        {
            await TickAsync(() => _log.Entries.Any(e => e.Id.Id == 7101));
            await quiet.StopAsync(default);
        }

        Assert.Empty(_sink.Reports);
        _sink.TakesAbsence = true;
        using var told = await StartAsync(options);
        await TickAsync(() => _sink.Reports.Count > 0);
        await told.StopAsync(default);
        Assert.Equal(GpuDriverState.LibraryAbsent, _sink.Reports[0].State);
        Assert.Contains(_log.Entries, e => e.Id.Id == 7102);
    }

    [Fact]
    public async Task It_does_nothing_when_it_is_not_enabled()
    {
        using var service = await StartAsync(new GpuPollOptions { Enabled = false });
        await service.ExecuteTask!;
        Assert.Empty(_log.Entries);
    }

    private async Task<GpuPollService> StartAsync(GpuPollOptions options)
    {
        var service = new GpuPollService(_sink, Options.Create(options), _clock, new GpuPollInstruments(new Meters()), _log);
        await service.StartAsync(default);
        return service;
    }

    // Only moves the clock when the loop waits for it.
    private Task TickAsync(Func<bool> condition) => Eventually.Async(
        () =>
        {
            if (condition())
                return true;
            _clock.Advance(TimeSpan.FromSeconds(1));
            return false;
        },
        Patience,
        "the poller went on");

    private sealed class Sink : IGpuSink
    {
        private readonly List<GpuReport> _reports = [];

        public bool TakesAbsence { get; set; }

        public Exception? Failure { get; set; }

        public int Attempts { get; private set; }

        public IReadOnlyList<GpuReport> Reports
        {
            get
            {
                lock (_reports)
                    return [.. _reports];
            }
        }

        public Task ReportAsync(string node, GpuReport report, CancellationToken cancellationToken)
        {
            lock (_reports)
            {
                Attempts++;
                if (Failure is not null)
                    return Task.FromException(Failure);
                _reports.Add(report);
                return Task.CompletedTask;
            }
        }
    }

    private sealed class EventLog : ILogger<GpuPollService>
    {
        private readonly List<(EventId Id, string Message)> _entries = [];

        public IReadOnlyList<(EventId Id, string Message)> Entries
        {
            get
            {
                lock (_entries)
                    return [.. _entries];
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_entries)
                _entries.Add((eventId, formatter(state, exception)));
        }
    }

    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
