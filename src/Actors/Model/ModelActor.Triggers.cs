using Drift.Actors.Alerts;
using Drift.Actors.Triggers;
using Drift.Core.Detection;
using Drift.Core.Settings;
using Drift.Core.Triggers;
using Microsoft.Extensions.Logging;

namespace Drift.Actors.Model;

public sealed partial class ModelActor
{
    private const int TriggerColumns = 5;

    // Whether the actor of the triggers may count evaluations towards one: it is told when they end. At first it is not known.
    private bool _counting = true;
    private Task _telling = Task.CompletedTask;

    /// <summary>
    /// Tells the actor of the model's triggers of an evaluation that matters to it. Nobody waits for that: what it does takes no time from rows or
    /// verdicts. Best effort, because a drift that lasts is observed again; an evaluation while the last is still being told is left out.
    /// </summary>
    private void TellTrigger(Verdict verdict)
    {
        var policy = _state.Settings.Triggers;
        if (!policy.Enabled || verdict.Status != VerdictStatus.Ok || !_telling.IsCompleted)
            return;
        var drift = SeverityOf(AlertKind.Drift, verdict) ?? Severity.None;
        var counts = policy.IsMetBy(TriggerType.Drift, verdict, drift) || policy.IsMetBy(TriggerType.Accuracy, verdict, drift);
        if (counts || _counting)
            _telling = TellTriggerAsync(new TriggerObservation(policy, verdict with { Features = [.. verdict.Features.Take(TriggerColumns)] }, drift), counts);
    }

    private async Task TellTriggerAsync(TriggerObservation observation, bool counts)
    {
        try
        {
            await _services.Engine().Trigger(_id).ObserveAsync(observation, CancellationToken.None);
            _counting = counts;
        }
        catch (DriftException e)
        {
            LogTriggerUntold(_id, e);
        }
    }

    /// <summary>The schedule runs without evaluations, so its actor must know of it.</summary>
    /// <exception cref="DriftException">It does not yet; the same settings again tell it.</exception>
    private async Task ConfigureTriggersAsync(TriggerSettings before, CancellationToken cancellationToken)
    {
        _counting = true;
        var policy = _state.Settings.Triggers;
        if (policy.ScheduleDays is not null || before.ScheduleDays is not null)
            await _services.Engine().Trigger(_id).ConfigureAsync(policy, cancellationToken);
    }

    private async Task RetireTriggersAsync()
    {
        try
        {
            await _services.Engine().Trigger(_id).RetireAsync(CancellationToken.None);
        }
        catch (DriftException e)
        {
            // The model is gone all the same: a trigger that is under way expires, and the schedule finds no model.
            LogTriggerUntold(_id, e);
        }
    }

    [LoggerMessage(EventId = 2505, EventName = "TriggerUntold", Level = LogLevel.Warning, Message = "Model {Model}: the actor of its triggers could not be told. A drift that lasts is told again; if this repeats, look at the database.")]
    private partial void LogTriggerUntold(ModelId model, Exception exception);
}
