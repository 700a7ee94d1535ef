namespace Drift.Actors.Adapters;

/// <summary>One LoRA version: what concerns it alone. Its state is its catalog's to decide.</summary>
public interface IAdapterActor
{
    /// <summary>The version as it is.</summary>
    /// <exception cref="DriftException"><see cref="DriftError.NotFound"/>: no such version.</exception>
    Task<AdapterDescription> DescribeAsync(CancellationToken cancellationToken = default);

    /// <summary>Its transitions, the first first.</summary>
    Task<IReadOnlyList<AdapterTransition>> GetTransitionsAsync(CancellationToken cancellationToken = default);

    /// <summary>Keeps figures that were measured elsewhere: an evaluation run, a judge. The same metric at the same time again replaces it.</summary>
    Task RecordAsync(IReadOnlyList<AdapterPerformancePoint> points, CancellationToken cancellationToken = default);

    /// <summary>Figures from a time on, the latest first.</summary>
    Task<IReadOnlyList<AdapterPerformancePoint>> GetPerformanceAsync(
        DateTimeOffset from, string? metric, int limit, CancellationToken cancellationToken = default);
}
