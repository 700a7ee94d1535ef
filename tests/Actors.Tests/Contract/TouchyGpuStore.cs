using Drift.Actors.Ports;
using Drift.Core.Gpus;

namespace Drift.Actors.Tests.Contract;

/// <summary>The real store of GPU samples, whose writes fail when the test says so.</summary>
public sealed class TouchyGpuStore(EngineHarness harness, IGpuStore inner) : IGpuStore
{
    public Task WriteAsync(string node, GpuReport latest, IReadOnlyList<GpuSample> samples, CancellationToken cancellationToken) => harness.GpuStoreFailure is { } failure
        ? Task.FromException(failure)
        : inner.WriteAsync(node, latest, samples, cancellationToken);

    public Task<GpuReport?> FindAsync(string node, CancellationToken cancellationToken) => inner.FindAsync(node, cancellationToken);

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => inner.ListAsync(cancellationToken);

    public Task<IReadOnlyList<GpuSample>> ReadAsync(string node, GpuHistoryQuery query, CancellationToken cancellationToken) =>
        inner.ReadAsync(node, query, cancellationToken);
}
