using Drift.Actors;
using Drift.Actors.Adapters;
using Drift.Core.Detection;
using Drift.Core.Quality;
using Drift.Core.Settings;
using Drift.Grains.Interfaces;

namespace Drift.Grains.Calls;

/// <summary>
/// A model of the cluster, called again when a silo died under the call. What is sent gets an id for that: sent twice, it counts once.
/// </summary>
internal sealed class ClusterModel(IModelGrain grain, CallRetry retry) : IModelActor
{
    public Task<PlanLease> GetPlanAsync(CancellationToken cancellationToken = default) => ReadAsync(() => grain.GetPlanAsync(cancellationToken), cancellationToken);

    // What is sent gets an id of its own, so that a later try is told of an earlier one that was counted and whose answer was lost.
    public async Task<IngestResult> IngestAsync(IngestBatch batch, CancellationToken cancellationToken = default)
    {
        var id = NewId();
        var known = batch with { BatchIds = [.. batch.BatchIds, id] };
        var result = await retry.RunAsync(() => grain.IngestAsync(known, cancellationToken), repeatable: true, cancellationToken);
        return result.Outcome == IngestOutcome.Duplicate && result.Duplicates.Contains(id)
            ? result with { Outcome = IngestOutcome.Accepted, Duplicates = [] }
            : result;
    }

    public Task<LabelResult> LabelAsync(LabelBatch batch, CancellationToken cancellationToken = default)
    {
        var known = batch.BatchId is null ? batch with { BatchId = NewId() } : batch;
        return retry.RunAsync(() => grain.LabelAsync(known, cancellationToken), repeatable: true, cancellationToken);
    }

    public Task<ModelDescription> DescribeAsync(CancellationToken cancellationToken = default) => ReadAsync(() => grain.DescribeAsync(cancellationToken), cancellationToken);

    public Task<ModelDescription> ConfigureAsync(ModelSettings settings, CancellationToken cancellationToken = default) =>
        retry.RunAsync(() => grain.ConfigureAsync(settings, cancellationToken), repeatable: true, cancellationToken);

    // Repeated after an unknown outcome it would say that there is no such model.
    public Task DeleteAsync(CancellationToken cancellationToken = default) => retry.RunAsync(
        async () =>
        {
            await grain.DeleteAsync(cancellationToken);
            return true;
        },
        repeatable: false,
        cancellationToken);

    // Repeated it would make another plan, and lose what was counted under the first.
    public Task<ReferenceDescription> SetReferenceAsync(ReadOnlyMemory<byte> rows, CancellationToken cancellationToken = default) =>
        retry.RunAsync(() => grain.SetReferenceAsync(rows, cancellationToken), repeatable: false, cancellationToken);

    public Task<ReferenceDescription> PinReferenceAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken = default) =>
        retry.RunAsync(() => grain.PinReferenceAsync(from, to, cancellationToken), repeatable: false, cancellationToken);

    public Task<ReferenceDescription> GetReferenceAsync(CancellationToken cancellationToken = default) => ReadAsync(() => grain.GetReferenceAsync(cancellationToken), cancellationToken);

    public Task<ReferenceCopy?> CopyReferenceAsync(CancellationToken cancellationToken = default) => ReadAsync(() => grain.CopyReferenceAsync(cancellationToken), cancellationToken);

    public Task<Verdict> GetVerdictAsync(string? window = null, bool now = false, CancellationToken cancellationToken = default) =>
        ReadAsync(() => grain.GetVerdictAsync(window, now, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<HistoryEntry>> GetHistoryAsync(HistoryQuery query, CancellationToken cancellationToken = default) =>
        ReadAsync(() => grain.GetHistoryAsync(query, cancellationToken), cancellationToken);

    public Task<FeatureComparison> GetFeatureAsync(string name, string? window = null, CancellationToken cancellationToken = default) =>
        ReadAsync(() => grain.GetFeatureAsync(name, window, cancellationToken), cancellationToken);

    public Task<PerformanceComparison> GetPerformanceAsync(string? window = null, CancellationToken cancellationToken = default) =>
        ReadAsync(() => grain.GetPerformanceAsync(window, cancellationToken), cancellationToken);

    public Task<QualityReport> GetQualityAsync(string? window = null, CancellationToken cancellationToken = default) =>
        ReadAsync(() => grain.GetQualityAsync(window, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<Verdict>> GetSegmentsAsync(string? window = null, CancellationToken cancellationToken = default) =>
        ReadAsync(() => grain.GetSegmentsAsync(window, cancellationToken), cancellationToken);

    // No longer than half of what a call may take, so that waiting is never taken for a silo that does not answer.
    public Task<IReadOnlyList<VerdictChange>> GetChangesAsync(long after, TimeSpan wait, CancellationToken cancellationToken = default) =>
        ReadAsync(() => grain.GetChangesAsync(after, wait < retry.Deadline / 2 ? wait : retry.Deadline / 2, cancellationToken), cancellationToken);

    public Task<AdapterOutcomes> GetAdapterOutcomesAsync(IReadOnlyList<string> versions, DateTimeOffset since, CancellationToken cancellationToken = default)
    {
        // As an array: other implementations of the interface may have no name that another silo knows.
        var sent = versions.ToArray();
        return ReadAsync(() => grain.GetAdapterOutcomesAsync(sent, since, cancellationToken), cancellationToken);
    }

    private static string NewId() => $"auto-{Guid.NewGuid():N}";

    private Task<T> ReadAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken) => retry.RunAsync(call, repeatable: true, cancellationToken);
}
