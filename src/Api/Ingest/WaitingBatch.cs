using Drift.Actors;
using Drift.Core.Rows;

namespace Drift.Api.Ingest;

/// <summary>
/// A batch that was read and checked, and waits to be sent with others of its model. Its rows belong to the sender until
/// <see cref="Answer"/> completes.
/// </summary>
internal sealed class WaitingBatch(IngestScratch scratch, string? batchId, CachedPlan plan, DateTimeOffset arrivedAt, CancellationToken aborted)
{
    // Continuations run elsewhere: whoever sends must not write the answers.
    private readonly TaskCompletionSource<BatchAnswer> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CachedPlan _plan = plan;
    private CancellationTokenRegistration _leaving;

    public RowBatch Rows { get; } = scratch.Rows;

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

    /// <summary>From now on <paramref name="withdraw"/> is called with the batch's place when its caller goes away; at once when it is gone.</summary>
    public void WaitAt<TPlace>(TPlace place, Action<TPlace> withdraw) => _leaving = aborted.UnsafeRegister(_ => withdraw(place), null);

    /// <summary>It waits no more. Does not wait for a withdrawal that is being made.</summary>
    public void LeavePlace() => _leaving.Unregister();

    public void Complete(BatchAnswer answer) => _done.TrySetResult(answer);

    public void Fail(Exception exception) => _done.TrySetException(exception);

    public void Abandon() => _done.TrySetCanceled(aborted);
}

/// <summary>What became of one batch.</summary>
/// <param name="Duplicate">Whether its id was counted before; then nothing has changed.</param>
/// <param name="Result">The model's answer to all that was sent with it.</param>
internal readonly record struct BatchAnswer(bool Duplicate, IngestResult Result);
