using System.Threading.Channels;
using Drift.Actors;
using Drift.Storage.Tests.Support;
using Drift.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Drift.Storage.Tests;

public sealed class RetentionServiceTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly FakeClock _clock = new();
    private readonly FakeRetention _retention = new();
    private readonly RecordingLogger<RetentionService> _logger = new();
    private readonly RetentionService _service;

    public RetentionServiceTests() =>
        _service = new(_retention, Options.Create(new RetentionOptions { Interval = TimeSpan.FromMinutes(10) }), _clock, _logger);

    public Task InitializeAsync() => _service.StartAsync(default);

    public async Task DisposeAsync()
    {
        await _service.StopAsync(default);
        _service.Dispose();
    }

    [Fact]
    public async Task It_sweeps_at_start_and_after_every_interval()
    {
        var start = _clock.GetUtcNow();
        Assert.Equal(start, await SweepAsync(default(RetentionReport)));

        _clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(start.AddMinutes(10), await SweepAsync(default(RetentionReport)));
    }

    [Fact]
    public async Task It_logs_what_was_deleted_only_when_something_was()
    {
        await SweepAsync(default(RetentionReport));
        _clock.Advance(TimeSpan.FromMinutes(10));
        await SweepAsync(new RetentionReport(1, 2, 3, 4, 5));
        await Eventually.Async(() => !_logger.Entries.IsEmpty, Limit, "the sweep is logged");

        var entry = Assert.Single(_logger.Entries);
        Assert.Equal((StorageEventId.RetentionSwept, LogLevel.Information), (entry.Id.Id, entry.Level));
        Assert.Contains("1 rows of drift_metrics, 2 of feature_drift, 3 of ml_metrics, 4 of predictions, 5 of labels", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_survives_a_failing_database_and_tries_again_next_time()
    {
        await SweepAsync(new DriftException("The database is away."));
        await Eventually.Async(() => !_logger.Entries.IsEmpty, Limit, "the failure is logged");

        _clock.Advance(TimeSpan.FromMinutes(10));
        await SweepAsync(new RetentionReport(1, 0, 0, 0, 0));
        await Eventually.Async(() => _logger.Entries.Count == 2, Limit, "the next sweep is logged");

        Assert.Equal([StorageEventId.RetentionFailed, StorageEventId.RetentionSwept], _logger.Entries.Select(e => e.Id.Id));
    }

    [Fact]
    public async Task It_stops_in_the_middle_of_a_sweep_without_a_complaint()
    {
        await _retention.Calls.Reader.ReadAsync();

        await _service.StopAsync(default);

        Assert.Empty(_logger.Entries);
        Assert.True(_service.ExecuteTask!.IsCompletedSuccessfully);
    }

    private Task<DateTimeOffset> SweepAsync(RetentionReport report) => SweepAsync(call => call.SetResult(report));

    private Task<DateTimeOffset> SweepAsync(Exception failure) => SweepAsync(call => call.SetException(failure));

    private async Task<DateTimeOffset> SweepAsync(Action<TaskCompletionSource<RetentionReport>> answer)
    {
        using var limit = new CancellationTokenSource(Limit);
        var (now, call) = await _retention.Calls.Reader.ReadAsync(limit.Token);
        answer(call);
        return now;
    }

    private sealed class FakeRetention : IRetention
    {
        public Channel<(DateTimeOffset Now, TaskCompletionSource<RetentionReport> Call)> Calls { get; } =
            Channel.CreateUnbounded<(DateTimeOffset, TaskCompletionSource<RetentionReport>)>();

        public Task<RetentionReport> SweepAsync(DateTimeOffset now, CancellationToken cancellationToken)
        {
            var call = new TaskCompletionSource<RetentionReport>(TaskCreationOptions.RunContinuationsAsynchronously);
            Calls.Writer.TryWrite((now, call));
            return call.Task.WaitAsync(cancellationToken);
        }
    }
}
