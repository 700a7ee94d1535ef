using Drift.Actors.Triggers;
using Drift.Core.Settings;

namespace Drift.Actors.Local;

/// <summary>Forwards every call as a turn of the actor of the model's triggers.</summary>
internal sealed class LocalTrigger(CellSet<ModelId, TriggerActor> cells, ModelId model) : ITriggerActor
{
    public Task ConfigureAsync(TriggerSettings policy, CancellationToken cancellationToken = default) => cells.CallAsync(model, a => a.ConfigureAsync(policy, cancellationToken));

    public Task<TriggerDecision> ObserveAsync(TriggerObservation observation, CancellationToken cancellationToken = default) =>
        cells.CallAsync(model, a => a.ObserveAsync(observation, cancellationToken));

    public Task<Trigger> RequestAsync(TriggerRequest request, CancellationToken cancellationToken = default) => cells.CallAsync(model, a => a.RequestAsync(request, cancellationToken));

    public Task<Trigger> ApproveAsync(string id, string by, CancellationToken cancellationToken = default) => cells.CallAsync(model, a => a.ApproveAsync(id, by, cancellationToken));

    public Task<Trigger> CancelAsync(string id, string by, string? reason, CancellationToken cancellationToken = default) =>
        cells.CallAsync(model, a => a.CancelAsync(id, by, reason, cancellationToken));

    public Task<Trigger> DeliveredAsync(TriggerDelivery delivery, CancellationToken cancellationToken = default) =>
        cells.CallAsync(model, a => a.DeliveredAsync(delivery, cancellationToken));

    public Task<Trigger> ReportAsync(TriggerReport report, CancellationToken cancellationToken = default) => cells.CallAsync(model, a => a.ReportAsync(report, cancellationToken));

    public Task<bool> IsWantedAsync(string id, CancellationToken cancellationToken = default) => cells.CallAsync(model, a => a.IsWantedAsync(id, cancellationToken));

    public Task WakeAsync(CancellationToken cancellationToken = default) => cells.CallAsync(model, a => a.WakeAsync(cancellationToken));

    public Task RetireAsync(CancellationToken cancellationToken = default) => cells.CallAsync(model, a => a.RetireAsync(cancellationToken));
}
