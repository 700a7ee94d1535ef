using Drift.Actors.Adapters;
using Drift.Grains.Interfaces;

namespace Drift.Grains.Calls;

/// <summary>A LoRA version, called again when a silo died under the call: figures that come twice are kept once.</summary>
internal sealed class ClusterAdapter(IAdapterGrain grain, CallRetry retry) : IAdapterActor
{
    public Task<AdapterDescription> DescribeAsync(CancellationToken cancellationToken = default) =>
        RunAsync(() => grain.DescribeAsync(cancellationToken), cancellationToken);

    public Task<IReadOnlyList<AdapterTransition>> GetTransitionsAsync(CancellationToken cancellationToken = default) =>
        RunAsync(() => grain.GetTransitionsAsync(cancellationToken), cancellationToken);

    public Task RecordAsync(IReadOnlyList<AdapterPerformancePoint> points, CancellationToken cancellationToken = default)
    {
        var sent = points.ToArray();
        return RunAsync(
            async () =>
            {
                await grain.RecordAsync(sent, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<AdapterPerformancePoint>> GetPerformanceAsync(
        DateTimeOffset from, string? metric, int limit, CancellationToken cancellationToken = default) =>
        RunAsync(() => grain.GetPerformanceAsync(from, metric, limit, cancellationToken), cancellationToken);

    private Task<T> RunAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken) => retry.RunAsync(call, repeatable: true, cancellationToken);
}
