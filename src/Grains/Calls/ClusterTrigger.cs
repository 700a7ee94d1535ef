using Drift.Actors;
using Drift.Actors.Triggers;
using Drift.Core.Settings;
using Drift.Grains.Interfaces;

namespace Drift.Grains.Calls;

/// <summary>A model's triggers in the cluster, called again when a silo died under the call: every call may be repeated.</summary>
internal sealed class ClusterTrigger(ITriggerGrain grain, CallRetry retry) : ITriggerActor
{
    public Task ConfigureAsync(TriggerSettings policy, CancellationToken cancellationToken = default) => RunAsync(() => grain.ConfigureAsync(policy, cancellationToken), cancellationToken);

    public Task<TriggerDecision> ObserveAsync(TriggerObservation observation, CancellationToken cancellationToken = default) =>
        RunAsync(() => grain.ObserveAsync(observation, cancellationToken), cancellationToken);

    public Task<Trigger> RequestAsync(TriggerRequest request, CancellationToken cancellationToken = default) => RunAsync(() => grain.RequestAsync(request, cancellationToken), cancellationToken);

    public Task<Trigger> ApproveAsync(string id, string by, CancellationToken cancellationToken = default) => RunAsync(() => grain.ApproveAsync(id, by, cancellationToken), cancellationToken);

    public Task<Trigger> CancelAsync(string id, string by, string? reason, CancellationToken cancellationToken = default) =>
        RunAsync(() => grain.CancelAsync(id, by, reason, cancellationToken), cancellationToken);

    public Task<Trigger> DeliveredAsync(TriggerDelivery delivery, CancellationToken cancellationToken = default) =>
        RunAsync(() => grain.DeliveredAsync(delivery, cancellationToken), cancellationToken);

    public Task<Trigger> ReportAsync(TriggerReport report, CancellationToken cancellationToken = default) => RunAsync(() => grain.ReportAsync(report, cancellationToken), cancellationToken);

    public Task<bool> IsWantedAsync(string id, CancellationToken cancellationToken = default) => RunAsync(() => grain.IsWantedAsync(id, cancellationToken), cancellationToken);

    public Task WakeAsync(CancellationToken cancellationToken = default) => RunAsync(() => grain.WakeAsync(cancellationToken), cancellationToken);

    public Task RetireAsync(CancellationToken cancellationToken = default) => RunAsync(() => grain.RetireAsync(cancellationToken), cancellationToken);

    private Task<T> RunAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken) => retry.RunAsync(call, repeatable: true, cancellationToken);

    private Task RunAsync(Func<Task> call, CancellationToken cancellationToken) => retry.RunAsync(
        async () =>
        {
            await call();
            return true;
        },
        repeatable: true,
        cancellationToken);
}
