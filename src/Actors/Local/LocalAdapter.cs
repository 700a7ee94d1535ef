using Drift.Actors.Adapters;

namespace Drift.Actors.Local;

/// <summary>Forwards every call as a turn of the version's actor.</summary>
internal sealed class LocalAdapter(LocalEngine engine, string tenant, string baseModel, string version) : IAdapterActor
{
    public Task<AdapterDescription> DescribeAsync(CancellationToken cancellationToken = default) => CallAsync(a => a.DescribeAsync(cancellationToken));

    public Task<IReadOnlyList<AdapterTransition>> GetTransitionsAsync(CancellationToken cancellationToken = default) =>
        CallAsync(a => a.GetTransitionsAsync(cancellationToken));

    public Task RecordAsync(IReadOnlyList<AdapterPerformancePoint> points, CancellationToken cancellationToken = default) => CallAsync(async a =>
    {
        await a.RecordAsync(points, cancellationToken);
        return true;
    });

    public Task<IReadOnlyList<AdapterPerformancePoint>> GetPerformanceAsync(
        DateTimeOffset from, string? metric, int limit, CancellationToken cancellationToken = default) =>
        CallAsync(a => a.GetPerformanceAsync(from, metric, limit, cancellationToken));

    private Task<T> CallAsync<T>(Func<AdapterActor, Task<T>> call) => engine.CallAdapterAsync(tenant, baseModel, version, call);
}
