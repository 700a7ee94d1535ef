using System.Globalization;
using System.Text.Json;
using Drift.Actors.Alerts;
using Drift.Actors.Ports;
using Drift.Actors.Triggers;
using Drift.Core.Detection;
using Drift.Core.Training;
using Drift.Core.Triggers;
using Microsoft.Extensions.Logging;

namespace Drift.Actors.Training;

/// <summary>
/// One training run. Its points, its row, its alert and what its trigger is to be told are written with its state in one transaction, fenced
/// by the state's version, so a batch counts once whatever fails in between.
/// </summary>
public sealed partial class TrainingActor : ITrainingActor, IActor
{
    private const byte StateKind = (byte)'R';

    // The trigger of a run that reports every second need not hear of it as often.
    private static readonly TimeSpan SignOfLife = TimeSpan.FromMinutes(1);

    private readonly string _tenant;
    private readonly string _id;
    private readonly TrainingActorServices _services;
    private readonly KeptState<TrainingState> _state;
    private readonly ILogger<TrainingActor> _logger;
    private DateTimeOffset _toldAt;

    /// <summary>Creates the actor of a run; it does nothing before <see cref="ActivateAsync"/>.</summary>
    public TrainingActor(string tenant, string id, TrainingActorServices services)
    {
        _tenant = tenant;
        _id = id;
        _services = services;
        _logger = services.Logger;
        _state = new KeptState<TrainingState>(ActorKey.Training(tenant, id), StateKind, services.States, TrainingJson.Default.TrainingState, new TrainingState());
    }

    private DateTimeOffset Now => _services.Clock.GetUtcNow();

    private TrainingOptions Options => _services.Options.Value;

    /// <inheritdoc/>
    public async Task ActivateAsync(IActorContext context, CancellationToken cancellationToken)
    {
        if (await _state.ReadAsync(cancellationToken) is { Run: { Status: TrainingStatus.Running } run })
            _services.Instruments.Publish(run);
    }

    /// <inheritdoc/>
    public Task DeactivateAsync(CancellationToken cancellationToken)
    {
        if (_state.Current.Run is { } run)
            _services.Instruments.Remove(run);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<TrainingRun> StartAsync(TrainingStart start, CancellationToken cancellationToken = default)
    {
        var (run, began) = await ChangeAsync(
            async state =>
            {
                if (state.Run is { } there)
                {
                    return there.Model == start.Model && there.TriggerId == start.TriggerId && there.BaseModel == start.BaseModel
                        ? Same(state, (there, false))
                        : throw new DriftException(
                            DriftError.Conflict,
                            $"There is a training run '{_id}' already, of model {there.Model}{(there.TriggerId is null ? "" : $" for trigger {there.TriggerId}")}. Choose another id, or leave it out to get one.");
                }

                var run = new TrainingRun
                {
                    Id = _id,
                    Tenant = _tenant,
                    Model = start.Model,
                    BaseModel = start.BaseModel,
                    TriggerId = start.TriggerId,
                    AdapterVersion = start.AdapterVersion,
                    Parameters = start.Parameters,
                    StartedAt = start.StartedAt,
                };
                return await DecideAsync(state, Changed(state with { Run = run }, Now, Report(run, TriggerStatus.Running, null)), [], r => (r, true));
            },
            cancellationToken);
        _services.Instruments.Publish(run);
        if (began)
            LogBegan(_tenant, _id, run.Model, run.TriggerId);
        await TellAsync(cancellationToken);
        return run;
    }

    /// <inheritdoc/>
    public async Task<TrainingReceipt> RecordAsync(TrainingBatch batch, CancellationToken cancellationToken = default)
    {
        var mark = TrainingState.MarkOf(batch.BatchId);
        var before = 0L;
        var receipt = await ChangeAsync(
            async state =>
            {
                var run = Require(state);
                if (state.Batches.Contains(mark))
                    return Same(state, new TrainingReceipt(0, true, run));
                if (run.Status != TrainingStatus.Running)
                {
                    throw new DriftException(
                        DriftError.Conflict, $"Training run '{_id}' is {Word(run.Status)} since {run.FinishedAt:yyyy-MM-ddTHH:mm:ssZ} and takes no more points. POST /v1/training/runs begins another.");
                }

                var (losses, latest) = (state.Losses, run.Latest);
                var numbered = new List<NumberedPoint>(batch.Points.Count);
                foreach (var point in batch.Points)
                {
                    losses = losses.Observe(point, Options.DivergenceFactor);
                    latest = Over(latest, point);
                    numbered.Add(new NumberedPoint(run.Points + numbered.Count + 1, point));
                }

                before = run.Latest.Samples ?? 0;
                var after = state with
                {
                    Losses = losses,
                    Batches = [.. state.Batches.TakeLast(TrainingState.KnownBatches - 1), mark],
                    Run = run with
                    {
                        Latest = latest,
                        Points = run.Points + numbered.Count,
                        LastPointAt = Now,
                        BestTrainingLoss = losses.BestTraining,
                        BestValidationLoss = losses.BestValidation,
                        Fault = losses.Diverging ? TrainingFault.Diverging : TrainingFault.None,
                    },
                };
                return await DecideAsync(state, Changed(after, Now, state.Untold), numbered, r => new TrainingReceipt(numbered.Count, false, r));
            },
            cancellationToken);
        if (receipt.Duplicate)
            return receipt;
        _services.Instruments.Publish(receipt.Run);
        _services.Instruments.Trained(receipt.Run, (receipt.Run.Latest.Samples ?? 0) - before);
        await SignAsync(receipt.Run, cancellationToken);
        return receipt;
    }

    /// <inheritdoc/>
    public async Task<TrainingRun> FinishAsync(TrainingEnd end, CancellationToken cancellationToken = default)
    {
        if (end.Status == TrainingStatus.Running)
            throw new DriftException(DriftError.Invalid, "A training run ends as succeeded, failed or cancelled, not as running.");
        var (run, ended) = await ChangeAsync(
            async state =>
            {
                var there = Require(state);
                if (there.Status == end.Status)
                    return Same(state, (there, false));
                if (there.Status != TrainingStatus.Running)
                    throw new DriftException(DriftError.Conflict, $"Training run '{_id}' is {Word(there.Status)} already and cannot become {Word(end.Status)}: nothing follows an end.");
                return await EndAsync(state, end, r => (r, true));
            },
            cancellationToken);
        if (ended)
            Ended(run);
        await TellAsync(cancellationToken);
        return run;
    }

    /// <inheritdoc/>
    public async Task<TrainingRun> GetAsync(CancellationToken cancellationToken = default) => Require(await _state.ReadAsync(cancellationToken));

    /// <inheritdoc/>
    public async Task WakeAsync(CancellationToken cancellationToken = default)
    {
        _state.Doubt();
        await _state.ReadAsync(cancellationToken);
        var ended = await ChangeAsync(
            async state =>
            {
                if (state.Run is not { Status: TrainingStatus.Running } run)
                    return new Decision<TrainingState, TrainingRun?>(state, null, new SnapshotEffects([], []) { Wake = new WakeChange(state.Untold is null ? null : Now) });
                var heard = HeardAt(run);
                if (Now >= heard + Options.AbandonAfter)
                    return await EndAsync(state, new TrainingEnd(TrainingStatus.Failed, $"given up: no point for {Span(Options.AbandonAfter)}", null), r => (TrainingRun?)r);
                if (Now >= heard + Options.StallAfter && run.Fault != TrainingFault.Stalled)
                    return await DecideAsync(state, Changed(state with { Run = run with { Fault = TrainingFault.Stalled } }, Now, state.Untold), [], _ => (TrainingRun?)null);
                // Nothing is due, or all that is has been done.
                return new Decision<TrainingState, TrainingRun?>(state, null, new SnapshotEffects([], []) { Wake = new WakeChange(DueAt(state)) });
            },
            cancellationToken);
        if (ended is not null)
            Ended(ended);
        else if (_state.Current.Run is { Status: TrainingStatus.Running } run)
            _services.Instruments.Publish(run);
        await TellAsync(cancellationToken);
    }

    private static Decision<TrainingState, T> Same<T>(TrainingState state, T result) => new(state, result, SnapshotEffects.None);

    private static DateTimeOffset HeardAt(TrainingRun run) => run.LastPointAt > run.StartedAt ? run.LastPointAt.Value : run.StartedAt;

    private DateTimeOffset? DueAt(TrainingState state)
    {
        if (state.Untold is not null)
            return Now;
        return state.Run is { Status: TrainingStatus.Running } run
            ? HeardAt(run) + (run.Fault == TrainingFault.Stalled ? Options.AbandonAfter : Options.StallAfter)
            : null;
    }

    private Task<T> ChangeAsync<T>(Func<TrainingState, Task<Decision<TrainingState, T>>> decide, CancellationToken cancellationToken) =>
        _state.ChangeAsync(decide, cancellationToken);

    private Task<Decision<TrainingState, T>> EndAsync<T>(TrainingState state, TrainingEnd end, Func<TrainingRun, T> result)
    {
        var now = Now;
        var run = state.Run! with
        {
            Status = end.Status,
            Fault = TrainingFault.None,
            FinishedAt = now,
            Summary = end.Summary,
            AdapterVersion = end.AdapterVersion ?? state.Run.AdapterVersion,
        };
        var outcome = end.Status == TrainingStatus.Succeeded ? TriggerStatus.Succeeded : TriggerStatus.Failed;
        var message = end.Status == TrainingStatus.Cancelled ? $"the training run was cancelled{(end.Summary is null ? "" : $": {end.Summary}")}" : end.Summary;
        return DecideAsync(state, Changed(state with { Run = run }, now, Report(run, outcome, message)), [], result);
    }

    private static TrainingState Changed(TrainingState state, DateTimeOffset now, TriggerReport? untold) => state with
    {
        Run = state.Run! with { Sequence = state.Run.Sequence + 1, UpdatedAt = now },
        Untold = untold,
    };

    private static TriggerReport? Report(TrainingRun run, TriggerStatus status, string? message) => run.TriggerId is null ? null : new TriggerReport
    {
        Id = run.TriggerId,
        Status = status,
        TrainingRun = run.Id,
        AdapterVersion = run.AdapterVersion,
        Message = message,
    };

    /// <summary>What follows from a changed run: its row, its points, its alert, its next wake.</summary>
    private async Task<Decision<TrainingState, T>> DecideAsync<T>(TrainingState before, TrainingState after, IReadOnlyList<NumberedPoint> points, Func<TrainingRun, T> result)
    {
        var (state, alerts, outbox) = await FollowAlertAsync(after);
        var due = DueAt(state);
        return new(state, result(state.Run!), new SnapshotEffects(alerts, outbox)
        {
            Run = state.Run,
            Points = points,
            Wake = before.Run is not null && due == DueAt(before) ? null : new WakeChange(due),
        });
    }

    /// <summary>Opens, changes and closes the run's alert as its fault says.</summary>
    private async Task<(TrainingState State, IReadOnlyList<Alert> Alerts, IReadOnlyList<OutboxEntry> Outbox)> FollowAlertAsync(TrainingState state)
    {
        var (run, open) = (state.Run!, state.Alert);
        if (run.Fault == TrainingFault.None ? open is null : open?.Severity == SeverityOf(run.Fault))
            return (state, [], []);
        var (alert, change) = open switch
        {
            null => (Describe(new Alert { Id = state.AlertId(state.Episode + 1), Tenant = _tenant, Model = run.Model, Kind = AlertKind.Training, Sequence = 1, OpenedAt = Now }, run), AlertEvent.Opened),
            _ when run.Fault == TrainingFault.None => (
                open with { Sequence = open.Sequence + 1, UpdatedAt = Now, ResolvedAt = Now, Resolution = run.Status == TrainingStatus.Running ? "it goes on" : $"the run is {Word(run.Status)}" },
                AlertEvent.Resolved),
            _ => (Describe(open with { Sequence = open.Sequence + 1 }, run), AlertEvent.Changed),
        };
        var silenced = Silence.Cover(await _services.Alerts.ListSilencesAsync(_tenant, Now, CancellationToken.None), alert, Now);
        var told = change == AlertEvent.Resolved ? state.Told : !silenced;
        var recorded = alert with { Silenced = !told };
        var after = state with
        {
            Episode = change == AlertEvent.Opened ? state.Episode + 1 : state.Episode,
            Alert = change == AlertEvent.Resolved ? null : recorded,
            Told = change switch
            {
                AlertEvent.Opened => told,
                AlertEvent.Changed => state.Told || told,
                _ => false,
            },
        };
        return (after, [recorded], told ? _services.AlertRouter.Route(recorded, change) : []);
    }

    private static Severity SeverityOf(TrainingFault fault) => fault == TrainingFault.Diverging ? Severity.Critical : Severity.Moderate;

    private Alert Describe(Alert alert, TrainingRun run)
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, value) in new (string, double?)[]
        {
            ("training_loss", run.Latest.TrainingLoss), ("best_training_loss", run.BestTrainingLoss),
            ("validation_loss", run.Latest.ValidationLoss), ("best_validation_loss", run.BestValidationLoss), ("step", run.Latest.Step),
        })
        {
            if (value is { } number)
                values.Add(name, number);
        }

        return alert with
        {
            Severity = SeverityOf(run.Fault),
            UpdatedAt = Now,
            Values = values,
            Summary = run.Fault == TrainingFault.Stalled ? $"Training run {run.Id} of {run.Model} stalls: no point for {Span(Options.StallAfter)}."
                : run.Latest.Diverged ? $"Training run {run.Id} of {run.Model} diverges: its loss is no number."
                : string.Create(CultureInfo.InvariantCulture, $"Training run {run.Id} of {run.Model} diverges: its loss is more than {Options.DivergenceFactor:0.##} times its best, {run.BestTrainingLoss ?? run.BestValidationLoss:0.####}."),
        };
    }

    /// <summary>The latest value of everything: what a point does not say stays as it was.</summary>
    private static TrainingPoint Over(TrainingPoint latest, TrainingPoint point) => new()
    {
        Timestamp = point.Timestamp,
        Step = point.Step ?? latest.Step,
        Epoch = point.Epoch ?? latest.Epoch,
        TrainingLoss = point.TrainingLoss ?? (point.Diverged ? null : latest.TrainingLoss),
        ValidationLoss = point.ValidationLoss ?? (point.Diverged ? null : latest.ValidationLoss),
        EwcLambda = point.EwcLambda ?? latest.EwcLambda,
        FisherMatrixSizeBytes = point.FisherMatrixSizeBytes ?? latest.FisherMatrixSizeBytes,
        ReplayBufferSize = point.ReplayBufferSize ?? latest.ReplayBufferSize,
        ReplayBufferCapacity = point.ReplayBufferCapacity ?? latest.ReplayBufferCapacity,
        LearningRate = point.LearningRate ?? latest.LearningRate,
        Samples = point.Samples ?? latest.Samples,
        Diverged = point.Diverged || (latest.Diverged && point is { TrainingLoss: null, ValidationLoss: null }),
    };

    private TrainingRun Require(TrainingState state) => state.Run
        ?? throw new DriftException(DriftError.NotFound, $"There is no training run '{_id}'. POST /v1/training/runs begins one; GET /v1/training/runs lists them.");

    private void Ended(TrainingRun run)
    {
        _services.Instruments.Ended(run);
        LogEnded(_tenant, _id, run.Model, Word(run.Status), run.Summary);
    }

    /// <summary>Tells the trigger what it is to know. What fails is told with the next wake, which is due until it is.</summary>
    private async Task TellAsync(CancellationToken cancellationToken)
    {
        if (_state.Current is not { Untold: { } report, Run: { } run })
            return;
        try
        {
            await _services.Engine().Trigger(ModelId.Create(_tenant, run.Model)).ReportAsync(report, cancellationToken);
        }
        catch (DriftException e) when (e.Error is DriftError.Conflict or DriftError.NotFound or DriftError.Invalid)
        {
            // Called off or expired meanwhile, or gone: saying it again changes nothing.
            LogTriggerRefused(_tenant, _id, report.Id, e.Message);
        }
        catch (DriftException e)
        {
            LogTriggerUntold(_tenant, _id, report.Id, e);
            return;
        }

        _toldAt = Now;
        await ChangeAsync(
            state =>
            {
                if (state.Untold != report)
                    return Task.FromResult(Same(state, true));
                var told = state with { Untold = null };
                return Task.FromResult(new Decision<TrainingState, bool>(told, true, new SnapshotEffects([], []) { Wake = new WakeChange(DueAt(told)) }));
            },
            cancellationToken);
    }

    /// <summary>A run that reports is a sign of life of its trigger. Best effort: the next points say it again.</summary>
    private async Task SignAsync(TrainingRun run, CancellationToken cancellationToken)
    {
        if (Report(run, TriggerStatus.Running, null) is not { } report || Now < _toldAt + SignOfLife)
            return;
        _toldAt = Now;
        try
        {
            await _services.Engine().Trigger(ModelId.Create(_tenant, run.Model)).ReportAsync(report, cancellationToken);
        }
        catch (DriftException e)
        {
            LogTriggerRefused(_tenant, _id, report.Id, e.Message);
        }
    }

    private static string Span(TimeSpan span) => span.TotalHours >= 48 ? $"{span.TotalDays:0.#} days" : span.TotalMinutes >= 120 ? $"{span.TotalHours:0.#} hours" : span.TotalMinutes >= 2 ? $"{span.TotalMinutes:0.#} minutes" : $"{span.TotalSeconds:0.#} seconds";

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    [LoggerMessage(EventId = 2600, EventName = "TrainingBegan", Level = LogLevel.Information, Message = "Training run {Tenant}/{Run} of model {Model} began; its trigger: {TriggerId}.")]
    private partial void LogBegan(string tenant, string run, string model, string? triggerId);

    [LoggerMessage(EventId = 2601, EventName = "TrainingEnded", Level = LogLevel.Information, Message = "Training run {Tenant}/{Run} of model {Model} is {Status}: {Summary}")]
    private partial void LogEnded(string tenant, string run, string model, string status, string? summary);

    [LoggerMessage(EventId = 2602, EventName = "TrainingTriggerRefused", Level = LogLevel.Warning, Message = "Training run {Tenant}/{Run}: its trigger {TriggerId} does not take its report: {Reason}")]
    private partial void LogTriggerRefused(string tenant, string run, string triggerId, string reason);

    [LoggerMessage(EventId = 2603, EventName = "TrainingTriggerUntold", Level = LogLevel.Warning, Message = "Training run {Tenant}/{Run}: its trigger {TriggerId} could not be told; it is told again with the next wake.")]
    private partial void LogTriggerUntold(string tenant, string run, string triggerId, Exception exception);
}
