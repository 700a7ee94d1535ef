using Drift.Actors;
using Drift.Core.Profiles;
using Drift.Core.Rows;

namespace Drift.Api.Ingest;

/// <summary>
/// A batch that was read and checked, and waits to be sent with others of its model. Its rows belong to the sender until
/// <see cref="Answer"/> completes, unless they were gathered.
/// </summary>
internal sealed class WaitingBatch(IngestScratch scratch, string? batchId, CachedPlan plan, DateTimeOffset arrivedAt, CancellationToken aborted)
{
    // Continuations run elsewhere: whoever sends must not write the answers.
    private readonly TaskCompletionSource<BatchAnswer> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CachedPlan _plan = plan;
    private RowBatch? _rows = scratch.Rows;
    private GatheredRows? _gathered;
    private int _first;
    private CancellationTokenRegistration _leaving;

    /// <summary>The rows, in a batch of their own.</summary>
    public RowBatch Rows => _rows ?? _gathered!.Copy(_first, Count);

    /// <summary>How many rows there are.</summary>
    public int Count { get; } = scratch.Rows.Count;

    /// <summary>Where the rows lie.</summary>
    public ArrivedRows Arrived => _rows is not null ? new ArrivedRows(_rows, ArrivedAt) : new ArrivedRows(_gathered!.Rows, ArrivedAt, _first, Count);

    /// <summary>Whether its rows lie with those of others, so that those which it was made of are the caller's again.</summary>
    public bool IsGathered => _gathered is not null;

    public string? BatchId { get; } = batchId;

    public DateTimeOffset ArrivedAt { get; } = arrivedAt;

    /// <summary>The rows that carry an id, under the plan that was met last.</summary>
    public IReadOnlyList<PredictionRecord> Predictions { get; private set; } = PredictionRecords.Of(scratch.Rows, plan.Segments, arrivedAt);

    /// <summary>The memory that its rows take, in bytes.</summary>
    public long Bytes { get; } = scratch.Rows.UsedBytes;

    /// <summary>Whether its caller went away, so that nobody waits for the answer.</summary>
    public bool IsAbandoned => aborted.IsCancellationRequested;

    /// <summary>What became of it.</summary>
    public Task<BatchAnswer> Answer => _done.Task;

    /// <summary>Looks at the rows again when the plan is not the one that they were checked under: it may know other features and segments.</summary>
    /// <exception cref="Errors.ApiException">They break the schema.</exception>
    public void Meet(CachedPlan plan)
    {
        if (ReferenceEquals(plan.Plan, _plan.Plan) && plan.Validation == _plan.Validation && ReferenceEquals(plan.Settings, _plan.Settings))
            return;
        _plan = plan;
        if (plan.Validation == Core.Settings.ValidationMode.Strict)
            SchemaCheck.Require(Rows, plan);
        Predictions = PredictionRecords.Of(Rows, plan.Segments, ArrivedAt);
    }

    /// <summary>Puts the rows to those of others, if there is room.</summary>
    public bool TryGather(GatheredRows into)
    {
        if (into.TryAdd(_rows!, Bytes, ArrivedAt) is not (var first and >= 0))
            return false;
        (_gathered, _first, _rows) = (into, first, null);
        return true;
    }

    /// <summary>From now on <paramref name="withdraw"/> is called with the batch's place when its caller goes away; at once when it is gone.</summary>
    public void WaitAt<TPlace>(TPlace place, Action<TPlace> withdraw) => _leaving = aborted.UnsafeRegister(_ => withdraw(place), null);

    /// <summary>It waits no more. Does not wait for a withdrawal that is being made.</summary>
    public void LeavePlace() => _leaving.Unregister();

    public void Complete(BatchAnswer answer)
    {
        if (_done.TrySetResult(answer))
            _gathered?.Leave();
    }

    public void Fail(Exception exception)
    {
        if (_done.TrySetException(exception))
            _gathered?.Leave();
    }

    public void Abandon()
    {
        if (_done.TrySetCanceled(aborted))
            _gathered?.Leave();
    }
}

/// <summary>What became of one batch.</summary>
/// <param name="Duplicate">Whether its id was counted before; then nothing has changed.</param>
/// <param name="Result">The model's answer to all that was sent with it.</param>
internal readonly record struct BatchAnswer(bool Duplicate, IngestResult Result);
