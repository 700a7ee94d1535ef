using Drift.Actors.Triggers;
using Drift.Core.Settings;
using Drift.Grains.Interfaces;
using Orleans.Concurrency;

namespace Drift.Grains;

/// <summary>Hosts the actor of a model's triggers.</summary>
[GrainType(GrainKeys.TriggerType)]
[Reentrant]
public sealed class TriggerGrain(TriggerActorServices services) : ActorGrain<TriggerActor>, ITriggerGrain
{
    /// <inheritdoc/>
    public Task ConfigureAsync(TriggerSettings policy, CancellationToken cancellationToken = default) => CallAsync(a => a.ConfigureAsync(policy, cancellationToken));

    /// <inheritdoc/>
    public Task<TriggerDecision> ObserveAsync(TriggerObservation observation, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.ObserveAsync(observation, cancellationToken));

    /// <inheritdoc/>
    public Task<Trigger> RequestAsync(TriggerRequest request, CancellationToken cancellationToken = default) => CallAsync(a => a.RequestAsync(request, cancellationToken));

    /// <inheritdoc/>
    public Task<Trigger> ApproveAsync(string id, string by, CancellationToken cancellationToken = default) => CallAsync(a => a.ApproveAsync(id, by, cancellationToken));

    /// <inheritdoc/>
    public Task<Trigger> CancelAsync(string id, string by, string? reason, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.CancelAsync(id, by, reason, cancellationToken));

    /// <inheritdoc/>
    public Task<Trigger> DeliveredAsync(TriggerDelivery delivery, CancellationToken cancellationToken = default) => CallAsync(a => a.DeliveredAsync(delivery, cancellationToken));

    /// <inheritdoc/>
    public Task<Trigger> ReportAsync(TriggerReport report, CancellationToken cancellationToken = default) => CallAsync(a => a.ReportAsync(report, cancellationToken));

    /// <inheritdoc/>
    public Task<bool> IsWantedAsync(string id, CancellationToken cancellationToken = default) => CallAsync(a => a.IsWantedAsync(id, cancellationToken));

    /// <inheritdoc/>
    public Task WakeAsync(CancellationToken cancellationToken = default) => CallAsync(a => a.WakeAsync(cancellationToken));

    /// <inheritdoc/>
    public Task RetireAsync(CancellationToken cancellationToken = default) => CallAsync(a => a.RetireAsync(cancellationToken));

    /// <inheritdoc/>
    protected override TriggerActor Create() => new(GrainKeys.TriggerModelOf(Key), services);
}
