using Drift.Core.Rows;
using Drift.Core.Settings;
using Drift.Support;

namespace Drift.Actors.Tests.Contract;

/// <summary>What snapshots promise: they hold nothing up, lose nothing, and stand in for each other. Every fifth entry brings one.</summary>
public abstract class SnapshotContract : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly List<int> _sent = [];
    private EngineHarness _harness = null!;
    private int _batches;

    private IModelActor Model => _harness.Model();

    private DateTimeOffset Now => _harness.Clock.GetUtcNow();

    public async Task InitializeAsync() => _harness = await StartAsync();

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task Batches_are_taken_while_a_snapshot_is_being_written_and_only_one_is_written_at_a_time()
    {
        await LearnAsync();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int writes = 0, underWay = 0, mostUnderWay = 0;
        _harness.OnSave = async save =>
        {
            writes++;
            mostUnderWay = Math.Max(mostUnderWay, ++underWay);
            await release.Task;
            underWay--;
            return await save();
        };

        await SendAsync(12);

        Assert.Equal((1, 1), (writes, mostUnderWay));
        release.SetResult();
        await Eventually.Async(
            async () =>
            {
                await SendAsync(1);
                return writes >= 3;
            },
            Patience,
            "the next snapshots are written");
        Assert.Equal(1, mostUnderWay);
        await AssertCountedAsync();
        _harness.Crash();
        await AssertCountedAsync();
    }

    [Fact]
    public async Task A_crash_while_a_snapshot_is_being_written_loses_nothing()
    {
        await LearnAsync();
        var crashed = new TaskCompletionSource<long?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _harness.OnSave = _ => crashed.Task;
        await SendAsync(8);
        _harness.Crash();
        _harness.OnSave = null;

        await AssertCountedAsync();
        crashed.SetException(Away());
    }

    [Fact]
    public async Task A_snapshot_that_fails_before_or_after_its_write_costs_no_batch_and_counts_none_twice()
    {
        await LearnAsync();
        _harness.OnSave = _ => throw Away();
        await SendAsync(8);
        _harness.OnSave = async save =>
        {
            await save();
            throw Away();
        };
        await SendAsync(8);
        _harness.OnSave = null;
        await SendAsync(8);

        await AssertCountedAsync();
        _harness.Crash();
        await AssertCountedAsync();
    }

    [Fact]
    public async Task A_journal_that_cannot_be_pruned_fails_no_request()
    {
        await LearnAsync();
        _harness.OnPrune = _ => throw Away();

        await Model.ConfigureAsync(new ModelSettings { MinRows = 600 });
        await SendAsync(12);
        _harness.OnPrune = null;
        await SendAsync(12);

        await AssertCountedAsync();
        _harness.Crash();
        await AssertCountedAsync();
        Assert.Equal(600, (await Model.DescribeAsync()).Settings.MinRows);
    }

    [Fact]
    public async Task While_the_ids_of_pruned_entries_cannot_be_read_no_batch_with_an_id_counts()
    {
        await LearnAsync();
        await SendAsync(30);
        _harness.Crash();
        _harness.OnReadPruned = _ => throw Away();

        var refused = await Assert.ThrowsAsync<DriftException>(() => Model.SendAsync(Traffic.Rows(_sent[0], _sent[0]), Now, "b-again"));
        Assert.Equal(DriftError.Unavailable, refused.Error);

        _harness.OnReadPruned = null;
        Assert.Equal(IngestOutcome.Duplicate, (await Model.SendAsync(Traffic.Rows(_sent[0], _sent[0]), Now, $"b-{_sent[0]}")).Outcome);
        Assert.Equal(IngestOutcome.Accepted, (await Model.SendAsync(Traffic.Rows(10, 1), Now, "b-again")).Outcome);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Batches_that_are_sent_again_when_the_clock_has_jumped_by_days_count_once(bool restarts)
    {
        await LearnAsync();
        await SendAsync(20);
        for (var jump = 0; jump < 3; jump++)
        {
            _harness.Clock.StepUtcNow(TimeSpan.FromDays(2));
            if (restarts)
                _harness.Crash();
            // Brings snapshots, which prune what looks old.
            await SendAsync(12);
        }

        foreach (var rows in _sent)
            Assert.Equal(IngestOutcome.Duplicate, (await Model.SendAsync(Traffic.Rows(rows, rows), Now, $"b-{rows}")).Outcome);
    }

    [Fact]
    public async Task A_model_is_deleted_for_good_while_its_snapshot_is_being_written()
    {
        await LearnAsync();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _harness.OnSave = async save =>
        {
            await release.Task;
            return await save();
        };
        await SendAsync(8);

        var deletion = Model.DeleteAsync();
        release.SetResult();
        await deletion;

        Assert.Equal(DriftError.NotFound, (await Assert.ThrowsAsync<DriftException>(() => Model.DescribeAsync())).Error);
        _harness.Crash();
        Assert.Equal(DriftError.NotFound, (await Assert.ThrowsAsync<DriftException>(() => Model.DescribeAsync())).Error);
    }

    [Fact]
    public async Task A_plan_is_handed_out_only_when_its_snapshot_is_written()
    {
        await Model.ConfigureAsync(new ModelSettings { MinRows = 100 });
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _harness.OnSave = async _ =>
        {
            writing.TrySetResult();
            await release.Task;
            throw Away();
        };
        var lost = Model.SetReferenceAsync(RowBatchCodec.Encode(Traffic.Rows(1000, 1)));
        await writing.Task;
        var asked = Model.GetPlanAsync();
        await Model.GetVerdictAsync();
        Assert.False(asked.IsCompleted);

        release.SetResult();
        await Assert.ThrowsAsync<DriftException>(() => lost);
        _harness.OnSave = null;

        // Never was there a first plan that a crash could have taken back: the next one is the first.
        Assert.Equal((0, true), await asked is { } none ? (none.Version, none.Plan is null) : default);
        _harness.Crash();
        await Model.SetReferenceAsync(RowBatchCodec.Encode(Traffic.Rows(1000, 2)));
        Assert.Equal(1, (await Model.GetPlanAsync()).Version);
    }

    [Fact]
    public async Task A_damaged_snapshot_is_replaced_by_the_one_before_it_and_the_journal_without_losing_a_row()
    {
        await LearnAsync();
        await SendAsync(17);
        await SettledAsync();
        _harness.Crash();
        await _harness.ExecuteAsync($"update actor_state set payload = {_harness.Bytes("0000")} where actor_key = 'model/default/credit'");

        await AssertCountedAsync();
        await SendAsync(3);
        await AssertCountedAsync();

        // It healed: what was damaged is written anew, in both copies.
        await SettledAsync();
        _harness.Crash();
        await _harness.ExecuteAsync($"update actor_state set previous_payload = {_harness.Bytes("00")} where actor_key = 'model/default/credit'");
        await AssertCountedAsync();
    }

    [Fact]
    public async Task A_damaged_snapshot_loses_neither_settings_nor_reference_that_were_acknowledged()
    {
        await LearnAsync();
        await SendAsync(7);
        await Model.SetReferenceAsync(RowBatchCodec.Encode(Traffic.Rows(1000, 3, shift: 1)));
        await Model.ConfigureAsync(new ModelSettings { MinRows = 250 });
        await SendAsync(2);
        _harness.Crash();
        await _harness.ExecuteAsync("update actor_state set payload = substr(payload, 1, length(payload) - 1) where actor_key = 'model/default/credit'");

        var description = await Model.DescribeAsync();

        Assert.Equal((2, 250), (description.Plan, description.Settings.MinRows));
        Assert.Equal((_sent[^2] + _sent[^1], 1000L), await Model.GetVerdictAsync() is { } verdict ? (verdict.Rows, verdict.ReferenceRows) : default);
    }

    [Fact]
    public async Task A_model_whose_snapshots_are_both_damaged_is_refused_by_name_and_changes_nothing()
    {
        await LearnAsync();
        await SendAsync(12);
        await SettledAsync();
        _harness.Crash();
        await _harness.ExecuteAsync($"update actor_state set payload = {_harness.Bytes("0102")}, previous_payload = {_harness.Bytes("0102")} where actor_key = 'model/default/credit'");

        var error = await Assert.ThrowsAsync<DriftException>(() => Model.DescribeAsync());

        Assert.Equal(DriftError.Unavailable, error.Error);
        Assert.Contains("default/credit", error.Message, StringComparison.Ordinal);
        Assert.Contains("actor_state", error.Message, StringComparison.Ordinal);
        Assert.Equal(DriftError.Unavailable, (await Assert.ThrowsAsync<DriftException>(() => Model.SendAsync(Traffic.Rows(10, 1), Now))).Error);
    }

    [Fact]
    public async Task A_damaged_journal_entry_is_refused_by_name_until_an_operator_sets_it_aside()
    {
        await LearnAsync();
        await SendAsync(3);
        var damaged = _sent[1];
        _harness.Crash();
        // The first entry taught the model; the third is the second of those that were sent then.
        await _harness.ExecuteAsync($"update drift_journal set payload = {_harness.Bytes("0000")} where actor_key = 'model/default/credit' and seq = 3");

        var error = await Assert.ThrowsAsync<DriftException>(() => Model.DescribeAsync());
        Assert.Equal(DriftError.Unavailable, error.Error);
        Assert.Contains("journal entry 3 of model default/credit in drift_journal is damaged", error.Message, StringComparison.Ordinal);
        Assert.Equal(DriftError.Unavailable, (await Assert.ThrowsAsync<DriftException>(() => Model.SendAsync(Traffic.Rows(10, 1), Now))).Error);

        await _harness.ExecuteAsync("update drift_journal set kind = 0 where actor_key = 'model/default/credit' and seq = 3");

        // No restart: the next batch finds it repaired.
        _sent.Remove(damaged);
        await SendAsync(2);
        await AssertCountedAsync();
        _harness.Crash();
        await AssertCountedAsync();
    }

    [Fact]
    public async Task A_missing_journal_entry_is_refused_and_not_passed_over()
    {
        await LearnAsync();
        await SendAsync(3);
        _harness.Crash();
        await _harness.ExecuteAsync("delete from drift_journal where actor_key = 'model/default/credit' and seq = 3");

        var error = await Assert.ThrowsAsync<DriftException>(() => Model.DescribeAsync());

        Assert.Contains("journal entry 3 of model default/credit is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Panes_that_cannot_be_read_from_the_shelf_are_read_again_from_the_database_and_cost_no_row()
    {
        await LearnAsync();
        await ShelveAsync();
        var loads = _harness.JournalReads;
        LoseShelf();

        Assert.Equal(DriftError.Unavailable, (await Assert.ThrowsAsync<DriftException>(() => Model.GetVerdictAsync("24h", now: true))).Error);

        // No call is needed for that, only the model's next evaluation; who calls meanwhile is told to come again.
        await Eventually.Async(
            async () =>
            {
                _harness.Clock.Advance(TimeSpan.FromSeconds(1));
                if (_harness.JournalReads == loads)
                    return false;
                try
                {
                    return (await Model.GetVerdictAsync("24h")).Rows > 0;
                }
                catch (DriftException e) when (e.Error == DriftError.Unavailable)
                {
                    return false;
                }
            },
            Patience,
            "the state is read again");
        await AssertCountedAsync();
        await SendAsync(2);
        await AssertCountedAsync();
        _harness.Crash();
        await AssertCountedAsync();
    }

    [Fact]
    public async Task A_late_batch_whose_pane_cannot_be_read_from_the_shelf_is_taken_and_counts_once()
    {
        await LearnAsync();
        await ShelveAsync();
        _harness.ShelfFailure = Away();

        Assert.Equal(IngestOutcome.Accepted, (await Model.SendAsync(Traffic.Rows(300, 300, at: Now.AddMinutes(-3)), Now, "b-300")).Outcome);
        _sent.Add(300);

        await AssertCountedAsync();
        _harness.Crash();
        await AssertCountedAsync();
    }

    [Fact]
    public async Task Models_that_leave_memory_or_are_deleted_leave_nothing_on_the_shelf_even_when_reading_them_again_failed()
    {
        await LearnAsync();
        await ShelveAsync();
        Assert.NotEqual(0, _harness.Shelved);
        await _harness.PassivateAsync();
        // An actor that is about to evaluate stays for once. Time stands still meanwhile: hours more, and no window would have its rows.
        await Eventually.Async(
            async () =>
            {
                await _harness.CollectAsync();
                return _harness.Shelved == 0;
            },
            Patience,
            "the actor has left");

        await ShelveAsync();
        await SendAsync(1);
        await _harness.ExecuteAsync($"update drift_journal set payload = {_harness.Bytes("0000")} where actor_key = 'model/default/credit' and seq = (select max(seq) from drift_journal)");
        LoseShelf();
        await Assert.ThrowsAsync<DriftException>(() => Model.GetVerdictAsync("24h", now: true));
        _harness.ShelfFailure = null;
        var refused = await Assert.ThrowsAsync<DriftException>(() => Model.SendAsync(Traffic.Rows(10, 1), Now));
        Assert.Contains("is damaged", refused.Message, StringComparison.Ordinal);

        await Model.DeleteAsync();

        Assert.Equal(0, _harness.Shelved);
    }

    protected abstract Task<EngineHarness> StartAsync();

    /// <summary>Panes of a few minutes, on the shelf.</summary>
    private async Task ShelveAsync()
    {
        for (var minute = 0; minute < 6; minute++)
        {
            await SendAsync(1);
            _harness.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        await AssertCountedAsync();
    }

    /// <summary>The next evaluation, whoever asks for it, reads panes that it cannot read.</summary>
    private void LoseShelf()
    {
        _harness.ShelfFailure = Away();
        // What was merged for the minute before is of no use any more.
        _harness.Clock.Advance(TimeSpan.FromMinutes(1));
    }

    private static DriftException Away() => new(DriftError.Unavailable, "The database is away.");

    private async Task LearnAsync() => await Model.SendAsync(Traffic.Rows(5000, 1), Now);

    private async Task SendAsync(int batches)
    {
        for (var i = 0; i < batches; i++)
        {
            var rows = 100 + _batches++;
            await Model.SendAsync(Traffic.Rows(rows, rows), Now, $"b-{rows}");
            _sent.Add(rows);
        }
    }

    /// <summary>No snapshot is on its way: an actor that leaves waits for it and writes its last.</summary>
    private Task SettledAsync() => _harness.PassivateAsync();

    private async Task AssertCountedAsync()
    {
        Assert.Equal(_sent.Sum(), (await Model.GetVerdictAsync("24h", now: true)).Rows);
        Assert.Equal(IngestOutcome.Duplicate, (await Model.SendAsync(Traffic.Rows(_sent[^1], _sent[^1]), Now, $"b-{_sent[^1]}")).Outcome);
    }
}
