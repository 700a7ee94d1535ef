namespace Drift.Actors.Adapters;

/// <summary>One LoRA version. It holds nothing: its state is its catalog's, and what was measured of it is in the store.</summary>
public sealed class AdapterActor : IAdapterActor, IActor
{
    private readonly string _tenant;
    private readonly string _base;
    private readonly string _version;
    private readonly AdapterActorServices _services;

    /// <summary>Creates the actor of a version.</summary>
    public AdapterActor(string tenant, string baseModel, string version, AdapterActorServices services)
    {
        _tenant = tenant;
        _base = baseModel;
        _version = version;
        _services = services;
    }

    /// <inheritdoc/>
    public Task ActivateAsync(IActorContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task DeactivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<AdapterDescription> DescribeAsync(CancellationToken cancellationToken = default) =>
        _services.Engine().Adapters(_tenant, _base).GetAsync(_version, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AdapterTransition>> GetTransitionsAsync(CancellationToken cancellationToken = default)
    {
        await DescribeAsync(cancellationToken);
        return await _services.Store.ReadTransitionsAsync(_tenant, _base, _version, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task RecordAsync(IReadOnlyList<AdapterPerformancePoint> points, CancellationToken cancellationToken = default)
    {
        AdapterCheck.Refuse(AdapterCheck.FaultsOf(points));
        await DescribeAsync(cancellationToken);
        await _services.Store.RecordAsync(_tenant, _base, [.. points.Select(p => p with { Version = _version })], cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AdapterPerformancePoint>> GetPerformanceAsync(
        DateTimeOffset from, string? metric, int limit, CancellationToken cancellationToken = default)
    {
        await DescribeAsync(cancellationToken);
        return await _services.Store.ReadPerformanceAsync(_tenant, _base, _version, from, metric, limit, cancellationToken);
    }
}
