using System.Globalization;
using System.Text.Json;
using Drift.Actors.Ports;
using Drift.Core.Settings;
using Drift.Core.Triggers;
using Microsoft.Extensions.Logging;

namespace Drift.Actors.Triggers;

/// <summary>
/// Follows the policy of one model and sees its triggers through, one at a time. Each change is written with the trigger's row, the messages
/// that follow from it and the time of its next wake in one transaction, fenced by the state's version: of two activations one writes, and the
/// other decides afresh on what was written.
/// </summary>
/// <remarks>
/// How many evaluations in a row counted is kept in memory only: a drift that lasts is observed again, and a write per evaluation would
/// cost more than the few evaluations that a crash makes it count twice.
/// </remarks>
public sealed partial class TriggerActor : ITriggerActor, IActor
{
    private const byte StateKind = (byte)'T';
    private const string ByPolicy = "policy";

    // A scheduled trigger that is held back is tried again after this.
    private static readonly TimeSpan ScheduleRetry = TimeSpan.FromHours(1);

    private readonly ModelId _model;
    private readonly TriggerActorServices _services;
    private readonly KeptState<TriggerState> _state;
    private readonly ILogger<TriggerActor> _logger;
    private readonly Dictionary<TriggerType, int> _streaks = [];
    private DateTimeOffset _observedAt;

    /// <summary>Creates the actor of a model's triggers; it does nothing before <see cref="ActivateAsync"/>.</summary>
    public TriggerActor(ModelId model, TriggerActorServices services)
    {
        _model = model;
        _services = services;
        _logger = services.Logger;
        _state = new KeptState<TriggerState>(ActorKey.Trigger(model), StateKind, services.States, TriggerJson.Default.TriggerState, new TriggerState());
    }

    private DateTimeOffset Now => _services.Clock.GetUtcNow();

    /// <inheritdoc/>
    public Task ActivateAsync(IActorContext context, CancellationToken cancellationToken) => _state.ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public Task DeactivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task ConfigureAsync(TriggerSettings policy, CancellationToken cancellationToken = default) => ChangeAsync(
        state =>
        {
            var days = policy.Enabled ? policy.ScheduleDays : null;
            return days == state.ScheduleDays
                ? Same(state, true)
                : Keep(state, state with { ScheduleDays = days, ScheduledFor = days is { } every ? Now.AddDays(every) : null }, true);
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<TriggerDecision> ObserveAsync(TriggerObservation observation, CancellationToken cancellationToken = default)
    {
        var (policy, verdict) = (observation.Policy, observation.Verdict);
        if (verdict.EvaluatedAt <= _observedAt)
            return new TriggerDecision(TriggerOutcome.None);
        _observedAt = verdict.EvaluatedAt;
        TriggerType? due = null;
        foreach (var type in (TriggerType[])[TriggerType.Accuracy, TriggerType.Drift])
        {
            // Counted no further than it matters, so that a year of drift does not overflow.
            var streak = policy.IsMetBy(type, verdict, observation.Drift) ? Math.Min(_streaks.GetValueOrDefault(type) + 1, policy.Evaluations) : 0;
            _streaks[type] = streak;
            if (streak >= policy.Evaluations)
                due = type;
        }

        if (due is not { } made)
            return new TriggerDecision(TriggerOutcome.None);
        var reason = new TriggerReason { Summary = Summarize(made, observation), Evaluations = policy.Evaluations, Verdict = verdict };
        var (outcome, trigger) = await ChangeAsync(
            state => state.Hold(policy, Now) is var hold and not TriggerOutcome.Made
                ? Same(state, (hold, (Trigger?)null))
                : Make(state, made, reason, policy, null, trigger => (TriggerOutcome.Made, (Trigger?)trigger)),
            cancellationToken);
        Count(made, outcome, trigger);
        if (outcome == TriggerOutcome.Made)
            _streaks.Clear();
        return new TriggerDecision(outcome, trigger?.Id);
    }

    /// <inheritdoc/>
    public async Task<Trigger> RequestAsync(TriggerRequest request, CancellationToken cancellationToken = default)
    {
        var id = _state.Current.IdOf(_model, TriggerType.Manual, request.RequestId);
        // Asked for before, and over already.
        if (_state.Current.Open?.Id != id && await _services.Store.FindAsync(id, cancellationToken) is { } known)
            return known;
        var reason = new TriggerReason { Summary = request.Reason, RequestedBy = request.By };
        var (trigger, made) = await ChangeAsync(
            state => state.Open switch
            {
                { } open when open.Id == id => Same(state, (open, false)),
                { } open => throw new DriftException(
                    DriftError.Conflict, $"Trigger {open.Id} of model {_model} is {Word(open.Status)}: one at a time. Wait until it is over, or POST /v1/triggers/{open.Id}/cancel."),
                _ => Make(state, TriggerType.Manual, reason, request.Policy, request.RequestId, trigger => (trigger, true)),
            },
            cancellationToken);
        if (made)
            Count(TriggerType.Manual, TriggerOutcome.Made, trigger);
        return trigger;
    }

    /// <inheritdoc/>
    public Task<Trigger> ApproveAsync(string id, string by, CancellationToken cancellationToken = default) => MoveAsync(
        id, TriggerStatus.Approved, (trigger, _) => trigger.ApprovedBy is null ? trigger with { ApprovedBy = by } : trigger, cancellationToken);

    /// <inheritdoc/>
    public Task<Trigger> CancelAsync(string id, string by, string? reason, CancellationToken cancellationToken = default) => MoveAsync(
        id, TriggerStatus.Cancelled, (trigger, _) => trigger with { CancelledBy = by, Message = reason ?? trigger.Message }, cancellationToken);

    /// <inheritdoc/>
    public async Task<Trigger> DeliveredAsync(TriggerDelivery delivery, CancellationToken cancellationToken = default)
    {
        Trigger Note(Trigger trigger, bool _) => trigger with { Attempts = Math.Max(trigger.Attempts, delivery.Attempts), JobId = trigger.JobId ?? delivery.JobId };
        var status = delivery.JobId is null ? TriggerStatus.Sent : TriggerStatus.Accepted;
        // The trainer may have been quicker, or it was called off meanwhile: that it was taken is no news then.
        return await FindAsync(delivery.Id, cancellationToken) is var trigger && TriggerLifecycle.IsOver(trigger.Status)
            ? trigger
            : await MoveAsync(delivery.Id, status, Note, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Trigger> ReportAsync(TriggerReport report, CancellationToken cancellationToken = default) => report.Status is TriggerStatus.Accepted or TriggerStatus.Running or TriggerStatus.Succeeded or TriggerStatus.Failed
        ? MoveAsync(
            report.Id,
            report.Status,
            (trigger, current) => trigger with
            {
                JobId = report.JobId is not null && (current || trigger.JobId is null) ? report.JobId : trigger.JobId,
                TrainingRun = report.TrainingRun is not null && (current || trigger.TrainingRun is null) ? report.TrainingRun : trigger.TrainingRun,
                AdapterVersion = report.AdapterVersion is not null && (current || trigger.AdapterVersion is null) ? report.AdapterVersion : trigger.AdapterVersion,
                Message = report.Message is not null && current ? report.Message : trigger.Message,
            },
            cancellationToken,
            alive: true)
        : throw new DriftException(DriftError.Invalid, $"A trainer cannot report '{Word(report.Status)}'; it reports accepted, running, succeeded or failed.");

    /// <inheritdoc/>
    public async Task<bool> IsWantedAsync(string id, CancellationToken cancellationToken = default) => !TriggerLifecycle.IsOver((await FindAsync(id, cancellationToken)).Status);

    /// <inheritdoc/>
    public async Task WakeAsync(CancellationToken cancellationToken = default)
    {
        _state.Doubt();
        await _state.ReadAsync(cancellationToken);
        if (_state.Current.DueAt is not { } due || due > Now)
        {
            // Nothing is due: a wake that another activation saw to, or a row that a backup brought back.
            await ChangeAsync(
                state => Task.FromResult(new Decision<TriggerState, bool>(state, true, new SnapshotEffects([], []) { Wake = new WakeChange(state.DueAt) })), cancellationToken);
            return;
        }

        var expired = await ChangeAsync(
            state => state.Open is { ExpiresAt: { } at } open && at <= Now
                ? Advance(state, open with { Message = $"nothing was heard for {state.ExpireAfter.TotalMinutes:0} minutes" }, TriggerStatus.Expired)
                : Same(state, (Trigger)null!),
            cancellationToken);
        if (expired is not null)
            Ended(expired);
        if (_state.Current.ScheduledFor <= Now)
            await FollowScheduleAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task RetireAsync(CancellationToken cancellationToken = default)
    {
        var cancelled = await ChangeAsync(
            state =>
            {
                var idle = state with { ScheduleDays = null, ScheduledFor = null };
                return state.Open is { } open ? Advance(idle, open with { CancelledBy = ByPolicy, Message = "the model was deleted" }, TriggerStatus.Cancelled, state)
                    : state.ScheduleDays is null ? Same(state, (Trigger)null!)
                    : Keep(state, idle, (Trigger)null!);
            },
            cancellationToken);
        if (cancelled is not null)
            Ended(cancelled);
    }

    private static Task<Decision<TriggerState, T>> Same<T>(TriggerState state, T result) =>
        Task.FromResult(new Decision<TriggerState, T>(state, result, SnapshotEffects.None));

    private static Task<Decision<TriggerState, T>> Keep<T>(TriggerState before, TriggerState after, T result, SnapshotEffects? effects = null)
    {
        var due = after.DueAt;
        effects ??= SnapshotEffects.None;
        return Task.FromResult(new Decision<TriggerState, T>(after, result, due == before.DueAt ? effects : effects with { Wake = new WakeChange(due) }));
    }

    private Task<T> ChangeAsync<T>(Func<TriggerState, Task<Decision<TriggerState, T>>> decide, CancellationToken cancellationToken) =>
        _state.ChangeAsync(decide, cancellationToken);

    private Task<Decision<TriggerState, T>> Make<T>(
        TriggerState state, TriggerType type, TriggerReason reason, TriggerSettings policy, string? request, Func<Trigger, T> result, DateTimeOffset? scheduledFor = null)
    {
        var now = Now;
        var manual = type == TriggerType.Manual;
        var expireAfter = TimeSpan.FromMinutes(policy.ExpireAfterMinutes);
        var trigger = new Trigger
        {
            Id = state.IdOf(_model, type, request),
            Tenant = _model.Tenant,
            Model = _model.Name,
            Type = type,
            Reason = reason,
            Destinations = policy.Destinations.Count == 0 ? _services.Router.Destinations : policy.Destinations,
            Sequence = 1,
            CreatedAt = now,
            UpdatedAt = now,
            ExpiresAt = now + expireAfter,
        };
        trigger = manual ? Approved(trigger, reason.RequestedBy!, now)
            : policy.DryRun ? trigger with { DryRun = true, Status = TriggerStatus.Cancelled, CancelledBy = ByPolicy, Message = "dry run: nothing was sent", FinishedAt = now, ExpiresAt = null }
            : policy.ManualApproval ? trigger
            : Approved(trigger, ByPolicy, now);
        var after = state.With(trigger, expireAfter);
        if (scheduledFor is not null)
            after = after with { ScheduledFor = scheduledFor };
        return Keep(state, after, result(trigger), Effects(trigger, trigger.Status == TriggerStatus.Approved ? TriggerChange.Requested : null));
    }

    private static Trigger Approved(Trigger trigger, string by, DateTimeOffset now) =>
        trigger with { Status = TriggerStatus.Approved, ApprovedBy = by, ApprovedAt = now };

    /// <summary>Takes the trigger under way to a status that may follow.</summary>
    private Task<Decision<TriggerState, Trigger>> Advance(TriggerState state, Trigger open, TriggerStatus status, TriggerState? before = null)
    {
        var now = Now;
        var over = TriggerLifecycle.IsOver(status);
        var worked = status is TriggerStatus.Accepted or TriggerStatus.Running or TriggerStatus.Succeeded or TriggerStatus.Failed;
        var changed = open with
        {
            Status = status,
            Sequence = open.Sequence + 1,
            UpdatedAt = now,
            ApprovedAt = status == TriggerStatus.Approved ? now : open.ApprovedAt,
            SentAt = status == TriggerStatus.Sent ? now : open.SentAt,
            AcceptedAt = worked ? open.AcceptedAt ?? now : open.AcceptedAt,
            StartedAt = status == TriggerStatus.Running ? now : open.StartedAt,
            FinishedAt = over ? now : null,
            ExpiresAt = over ? null : now + state.ExpireAfter,
        };
        // Who was told to begin is told to end.
        TriggerChange? told = status == TriggerStatus.Approved ? TriggerChange.Requested
            : status is TriggerStatus.Cancelled or TriggerStatus.Expired && open.Status != TriggerStatus.Pending ? TriggerChange.Cancelled
            : null;
        return Keep(before ?? state, state.After(changed), changed, Effects(changed, told));
    }

    private SnapshotEffects Effects(Trigger trigger, TriggerChange? told) =>
        new([], told is { } change ? _services.Router.Route(trigger, change) : []) { Triggers = [trigger] };

    private async Task<Trigger> MoveAsync(
        string id, TriggerStatus status, Func<Trigger, bool, Trigger> note, CancellationToken cancellationToken, bool alive = false)
    {
        if (await FindAsync(id, cancellationToken) is var past && TriggerLifecycle.IsOver(past.Status))
            return Settle(past, status);
        var (trigger, moved) = await ChangeAsync(
            async state =>
            {
                // Over since it was looked up.
                if (state.Open is not { } open || open.Id != id)
                    return (await Same(state, ((Trigger?)null, false)));
                switch (TriggerLifecycle.Decide(open.Status, status))
                {
                    case TriggerStep.Move:
                        var moved = await Advance(state, note(open, true), status);
                        return new Decision<TriggerState, (Trigger?, bool)>(moved.State, (moved.Result, true), moved.Effects);
                    case TriggerStep.Keep:
                        return Touch(state, open, note(open, open.Status == status), alive && open.Status == status);
                    default:
                        throw Refuse(open, status);
                }
            },
            cancellationToken);
        if (trigger is null)
            return Settle(await FindAsync(id, cancellationToken), status);
        if (moved)
            Moved(trigger);
        return trigger;
    }

    /// <summary>A report that is no step: what it adds is kept, and one that says again where the job stands is a sign of life.</summary>
    private Decision<TriggerState, (Trigger?, bool)> Touch(TriggerState state, Trigger open, Trigger noted, bool alive)
    {
        var changed = noted with { ExpiresAt = alive ? Now + state.ExpireAfter : open.ExpiresAt };
        if (changed == open)
            return new(state, (open, false), SnapshotEffects.None);
        changed = changed with { Sequence = open.Sequence + 1, UpdatedAt = Now };
        var after = state.After(changed);
        return new(after, (changed, false), Effects(changed, null) with { Wake = after.DueAt == state.DueAt ? null : new WakeChange(after.DueAt) });
    }

    /// <summary>What is said of a trigger that is over: again how it ended, or something overtaken, is no fault.</summary>
    private static Trigger Settle(Trigger trigger, TriggerStatus status) =>
        TriggerLifecycle.Decide(trigger.Status, status) == TriggerStep.Refuse ? throw Refuse(trigger, status) : trigger;

    private static DriftException Refuse(Trigger trigger, TriggerStatus status)
    {
        var allowed = TriggerLifecycle.After(trigger.Status);
        return new DriftException(
            DriftError.Conflict,
            $"Trigger {trigger.Id} is {Word(trigger.Status)} and cannot become {Word(status)}: "
            + (allowed.Count == 0 ? "it is over, nothing follows." : $"what can follow is {string.Join(", ", allowed.Select(Word))}."));
    }

    /// <summary>The trigger as it is now: the one under way, or one of the past.</summary>
    private async Task<Trigger> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (_state.Current.Open is { } open && open.Id == id)
            return open;
        // Another activation may have made it.
        _state.Doubt();
        var state = await _state.ReadAsync(cancellationToken);
        if (state.Open is { } read && read.Id == id)
            return read;
        return await _services.Store.FindAsync(id, cancellationToken) is { } past && past.Tenant == _model.Tenant && past.Model == _model.Name
            ? past
            : throw new DriftException(DriftError.NotFound, $"There is no trigger '{id}' of model {_model}. GET /v1/triggers lists them; those that are over are kept for Drift:Retention:Triggers.");
    }

    private async Task FollowScheduleAsync(CancellationToken cancellationToken)
    {
        // What the model says now counts, not what it said when the schedule was set.
        var policy = await PolicyAsync(cancellationToken);
        var (outcome, trigger) = await ChangeAsync(
            state =>
            {
                if (state.ScheduledFor is not { } due || due > Now)
                    return Same(state, (TriggerOutcome.None, (Trigger?)null));
                if (policy is not { Enabled: true, ScheduleDays: { } days })
                    return Keep(state, state with { ScheduleDays = null, ScheduledFor = null }, (TriggerOutcome.None, (Trigger?)null));
                if (state.Hold(policy, Now) is var hold and not TriggerOutcome.Made)
                    return Keep(state, state with { ScheduledFor = Now + ScheduleRetry }, (hold, (Trigger?)null));
                var reason = new TriggerReason { Summary = string.Create(CultureInfo.InvariantCulture, $"The schedule of {_model.Name}: every {days} days.") };
                return Make(state, TriggerType.Schedule, reason, policy, null, made => (TriggerOutcome.Made, (Trigger?)made), Now.AddDays(days));
            },
            cancellationToken);
        Count(TriggerType.Schedule, outcome, trigger);
    }

    private async Task<TriggerSettings?> PolicyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await _services.Engine().Model(_model).DescribeAsync(cancellationToken)).Settings.Triggers;
        }
        catch (DriftException e) when (e.Error == DriftError.NotFound)
        {
            return null;
        }
    }

    private void Count(TriggerType type, TriggerOutcome outcome, Trigger? trigger)
    {
        if (trigger is null)
        {
            if (outcome != TriggerOutcome.None)
                _services.Instruments.Held(_model, type, outcome);
            return;
        }

        if (trigger.DryRun)
        {
            LogDryRun(_model, Word(type), trigger.Id, trigger.Reason.Summary);
            return;
        }

        _services.Instruments.Made(_model, type);
        LogMade(_model, Word(type), trigger.Id, Word(trigger.Status), trigger.Reason.Summary);
    }

    private void Moved(Trigger trigger)
    {
        if (TriggerLifecycle.IsOver(trigger.Status))
            Ended(trigger);
        else
            LogMoved(_model, trigger.Id, Word(trigger.Status));
    }

    private void Ended(Trigger trigger)
    {
        _services.Instruments.Ended(_model, trigger.Status);
        if (trigger.Status is TriggerStatus.Failed or TriggerStatus.Expired)
            LogEndedBadly(_model, trigger.Id, Word(trigger.Status), trigger.Message);
        else
            LogEnded(_model, trigger.Id, Word(trigger.Status), trigger.Message);
    }

    private static string Summarize(TriggerType type, TriggerObservation observation)
    {
        var verdict = observation.Verdict;
        return type == TriggerType.Accuracy
            ? string.Create(CultureInfo.InvariantCulture, $"Accuracy of {verdict.CurrentAccuracy:0.000} in the last {verdict.Window}, below {observation.Policy.MinAccuracy:0.000}, in {observation.Policy.Evaluations} evaluation(s) in a row.")
            : string.Create(CultureInfo.InvariantCulture, $"{observation.Drift} drift in the last {verdict.Window}, PSI {verdict.Psi:0.00}, in {observation.Policy.Evaluations} evaluation(s) in a row.");
    }

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    [LoggerMessage(EventId = 2500, EventName = "TriggerMade", Level = LogLevel.Warning, Message = "Model {Model}: {Type} trigger {TriggerId} is made and {Status}: {Summary}")]
    private partial void LogMade(ModelId model, string type, string triggerId, string status, string summary);

    [LoggerMessage(EventId = 2501, EventName = "TriggerDryRun", Level = LogLevel.Information, Message = "Model {Model}: {Type} trigger {TriggerId} would have been sent, but the policy is a dry run: {Summary}")]
    private partial void LogDryRun(ModelId model, string type, string triggerId, string summary);

    [LoggerMessage(EventId = 2502, EventName = "TriggerMoved", Level = LogLevel.Information, Message = "Model {Model}: trigger {TriggerId} is {Status}.")]
    private partial void LogMoved(ModelId model, string triggerId, string status);

    [LoggerMessage(EventId = 2503, EventName = "TriggerEnded", Level = LogLevel.Information, Message = "Model {Model}: trigger {TriggerId} is over, {Status}: {Reason}")]
    private partial void LogEnded(ModelId model, string triggerId, string status, string? reason);

    [LoggerMessage(EventId = 2504, EventName = "TriggerEndedBadly", Level = LogLevel.Warning, Message = "Model {Model}: trigger {TriggerId} is {Status}: {Reason}. Look at the trainer.")]
    private partial void LogEndedBadly(ModelId model, string triggerId, string status, string? reason);
}
