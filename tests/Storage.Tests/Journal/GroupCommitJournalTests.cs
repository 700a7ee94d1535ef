using System.Diagnostics.Metrics;
using Drift.Actors;
using Drift.Actors.Ports;
using Drift.Storage.Journal;
using Drift.Storage.Tests.Support;
using Microsoft.Extensions.Options;

namespace Drift.Storage.Tests.Journal;

public sealed class GroupCommitJournalTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly GatedJournal _gate = new();
    private readonly MeterFactory _meters = new();
    private readonly JournalOptions _options = new() { MaxPending = 10, MaxPendingBytes = 1 << 20 };
    private GroupCommitJournal _journal = null!;

    public Task InitializeAsync()
    {
        _journal = new(_gate, Options.Create(_options), new StorageInstruments(_meters));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _gate.Open();
        await _journal.DisposeAsync();
        _meters.Dispose();
    }

    [Fact]
    public async Task While_one_group_is_written_the_next_one_gathers()
    {
        var appends = await FillAsync(10);
        _gate.Open();

        Assert.All(await Task.WhenAll(appends), outcome => Assert.Equal(AppendOutcome.Appended, outcome));
        Assert.Equal([1, 9], _gate.Groups.Select(g => g.Count));
    }

    [Fact]
    public async Task When_it_is_full_it_refuses_at_once_and_takes_again_when_there_is_room()
    {
        var appends = await FillAsync(10);

        var refused = _journal.AppendAsync(Entry(11), default);

        Assert.True(refused.IsFaulted);
        var failure = await Assert.ThrowsAsync<AppendRefusedException>(() => refused);
        Assert.Equal(DriftError.Unavailable, failure.Error);
        Assert.Contains("10 batches", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Send the request again", failure.Message, StringComparison.Ordinal);
        _gate.Open();
        await Task.WhenAll(appends);
        Assert.Equal(AppendOutcome.Appended, await _journal.AppendAsync(Entry(11), default));
    }

    [Fact]
    public async Task It_bounds_the_bytes_too_but_takes_one_entry_of_any_size()
    {
        var large = _journal.AppendAsync(Entry(1) with { Payload = new byte[2 << 20] }, default);
        await _gate.Entered.WaitAsync(Limit);

        var failure = await Assert.ThrowsAsync<AppendRefusedException>(() => _journal.AppendAsync(Entry(2), default));

        Assert.Equal(DriftError.Unavailable, failure.Error);
        _gate.Open();
        await large;
        Assert.Equal(AppendOutcome.Appended, await _journal.AppendAsync(Entry(2), default));
    }

    [Fact]
    public async Task Records_count_as_bytes()
    {
        var appends = await FillAsync(1);
        var labels = Enumerable.Range(0, 10_000).Select(i => new LabelRecord($"{i}", "yes", null)).ToList();

        await Assert.ThrowsAsync<AppendRefusedException>(() => _journal.AppendAsync(Entry(2) with { Labels = labels }, default));

        _gate.Open();
        await Task.WhenAll(appends);
    }

    [Fact]
    public async Task Rivals_do_not_go_into_one_group()
    {
        var appends = await FillAsync(1);
        appends.Add(_journal.AppendAsync(Entry(2) with { BatchIds = ["b"] }, default));
        appends.Add(_journal.AppendAsync(Entry(3), default));
        appends.Add(_journal.AppendAsync(Entry(3), default));
        appends.Add(_journal.AppendAsync(Entry(4), default));
        _gate.Open();

        await Task.WhenAll(appends);

        Assert.Equal([[1], [2, 3], [3, 4]], _gate.Groups.Select(g => g.Select(e => (int)e.Sequence).ToArray()));
    }

    [Fact]
    public async Task A_database_that_fails_fails_all_who_wait_and_later_appends_work()
    {
        var appends = await FillAsync(10);
        _gate.OnAppend = _ => throw new DriftException("The database is away.");
        _gate.Open();

        foreach (var append in appends)
        {
            var failure = await Assert.ThrowsAsync<DriftException>(() => append);
            Assert.Equal((DriftError.Unavailable, "The database is away."), (failure.Error, failure.Message));
        }

        // Nothing is tried again: it may have been written.
        Assert.Equal([1, 9], _gate.Groups.Select(g => g.Count));
        _gate.OnAppend = null;
        Assert.Equal(AppendOutcome.Appended, await _journal.AppendAsync(Entry(11), default));
    }

    [Fact]
    public async Task An_entry_that_breaks_its_group_fails_alone()
    {
        var appends = await FillAsync(5);
        _gate.OnAppend = entries =>
        {
            if (entries.Any(e => e.Sequence == 3))
                throw new InvalidOperationException("Not three.");
        };
        _gate.Open();

        Assert.Equal("Not three.", (await Assert.ThrowsAsync<InvalidOperationException>(() => appends[2])).Message);
        appends.RemoveAt(2);
        Assert.All(await Task.WhenAll(appends), outcome => Assert.Equal(AppendOutcome.Appended, outcome));
        Assert.Equal([1, 4, 1, 1, 1, 1], _gate.Groups.Select(g => g.Count));
    }

    [Fact]
    public async Task An_invalid_entry_never_comes_to_the_others()
    {
        var appends = await FillAsync(2);

        var failure = await Assert.ThrowsAsync<DriftException>(() => _journal.AppendAsync(Entry(3) with { BatchIds = ["\0"] }, default));

        Assert.Equal(DriftError.Invalid, failure.Error);
        _gate.Open();
        Assert.All(await Task.WhenAll(appends), outcome => Assert.Equal(AppendOutcome.Appended, outcome));
    }

    [Fact]
    public async Task A_caller_that_goes_away_does_not_stop_the_write()
    {
        var appends = await FillAsync(1);
        using var cancellation = new CancellationTokenSource();
        var left = _journal.AppendAsync(Entry(2), cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        _gate.Open();
        await Task.WhenAll(appends);
        await _journal.DisposeAsync();
        Assert.Equal([1, 2], _gate.Groups.SelectMany(g => g).Select(e => e.Sequence));
    }

    [Fact]
    public async Task Dispose_writes_what_waits_and_later_appends_are_unavailable()
    {
        var appends = await FillAsync(7);
        var disposing = _journal.DisposeAsync();

        var refused = await Assert.ThrowsAsync<AppendRefusedException>(() => _journal.AppendAsync(Entry(8), default));
        Assert.Equal(DriftError.Unavailable, refused.Error);
        Assert.Contains("stopping", refused.Message, StringComparison.Ordinal);
        Assert.False(disposing.IsCompleted);

        _gate.Open();
        await disposing;
        Assert.All(appends, append => Assert.True(append.IsCompletedSuccessfully));
        await _journal.DisposeAsync();
    }

    [Fact]
    public async Task A_group_is_bounded_in_bytes()
    {
        _options.MaxPendingBytes = 1L << 30;
        var payload = new byte[20 << 20];
        var appends = await FillAsync(1);
        for (var sequence = 2; sequence <= 6; sequence++)
            appends.Add(_journal.AppendAsync(Entry(sequence) with { Payload = payload }, default));
        _gate.Open();

        await Task.WhenAll(appends);

        Assert.Equal([1, 2, 2, 1], _gate.Groups.Select(g => g.Count));
    }

    [Fact]
    public async Task It_counts_the_entries_of_each_flush_and_those_that_wait()
    {
        var flushed = new List<int>();
        var pending = new List<int>();
        var limits = new List<int>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (_meters.Made.Contains(instrument.Meter))
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) =>
        {
            var values = instrument.Name switch
            {
                "drift_journal_pending" => pending,
                "drift_journal_flush_entries" => flushed,
                _ => limits,
            };
            lock (values)
                values.Add(value);
        });
        listener.Start();
        var appends = await FillAsync(10);

        listener.RecordObservableInstruments();
        _gate.Open();
        await Task.WhenAll(appends);
        // The writer has ended, so it has counted.
        await _journal.DisposeAsync();
        listener.RecordObservableInstruments();

        Assert.Equal([10, 0], pending);
        Assert.Equal([1, 9], flushed);
        Assert.Equal([10, 10], limits);
        Assert.All(_meters.Made, meter => Assert.Equal("Drift.Storage", meter.Name));
    }

    /// <summary>One entry stands at the gate, the others wait behind it.</summary>
    private async Task<List<Task<AppendOutcome>>> FillAsync(int count)
    {
        var appends = new List<Task<AppendOutcome>> { _journal.AppendAsync(Entry(1), default) };
        await _gate.Entered.WaitAsync(Limit);
        for (var sequence = 2; sequence <= count; sequence++)
            appends.Add(_journal.AppendAsync(Entry(sequence), default));

        return appends;
    }

    private static JournalEntry Entry(long sequence) => new()
    {
        Model = ModelId.Create("acme", "credit"),
        Sequence = sequence,
        Kind = 1,
        At = DateTimeOffset.UnixEpoch,
        Payload = new byte[100],
    };

    private sealed class MeterFactory : IMeterFactory
    {
        public List<Meter> Made { get; } = [];

        public Meter Create(MeterOptions options)
        {
            var meter = new Meter(options);
            Made.Add(meter);
            return meter;
        }

        public void Dispose()
        {
            foreach (var meter in Made)
                meter.Dispose();
        }
    }
}
