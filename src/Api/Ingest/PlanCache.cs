using System.Collections.Concurrent;
using Drift.Actors;
using Drift.Api.Options;
using Drift.Core.Plans;
using Drift.Core.Settings;
using Microsoft.Extensions.Options;

namespace Drift.Api.Ingest;

/// <summary>What a node knows of a model when it takes a batch.</summary>
/// <param name="Version">Version of the plan, 0 while the model learns.</param>
/// <param name="Plan">The plan, null while the model learns.</param>
/// <param name="Validation">What a cell that breaks the schema does.</param>
/// <param name="Settings">The settings, fetched only while the model learns; null for a model that does not exist yet.</param>
internal sealed record CachedPlan(int Version, Plan? Plan, ValidationMode Validation, ModelSettings? Settings)
{
    /// <summary>The columns that slice.</summary>
    public IReadOnlyList<string> Segments => Plan?.Segments ?? Settings?.Segments ?? [];
}

/// <summary>
/// The plans of the models that this node takes batches for. A plan is asked for again after a short time, and at once when a model
/// refuses a batch for it; the decoded plan stays the same object while its bytes do. Thread-safe.
/// </summary>
internal sealed class PlanCache(IDriftEngine engine, TimeProvider time, IOptions<IngestOptions> options)
{
    /// <summary>Models beyond this number push out those whose time is over.</summary>
    private const int TrimAbove = 4096;

    private readonly ConcurrentDictionary<ModelId, Entry> _entries = new();

    /// <summary>The model's plan, from the cache or from the model.</summary>
    public ValueTask<CachedPlan> GetAsync(ModelId id, CancellationToken cancellationToken)
    {
        var known = _entries.GetValueOrDefault(id);
        return known is not null && time.GetElapsedTime(known.FetchedAt) < options.Value.PlanCacheTime
            ? ValueTask.FromResult(known.Plan)
            : FetchAsync(id, known, cancellationToken);
    }

    /// <summary>Forgets what is known of a model: its plan changed, or may have.</summary>
    public void Invalidate(ModelId id) => _entries.TryRemove(id, out _);

    private async ValueTask<CachedPlan> FetchAsync(ModelId id, Entry? known, CancellationToken cancellationToken)
    {
        var fetchedAt = time.GetTimestamp();
        var model = engine.Model(id);
        var lease = await model.GetPlanAsync(cancellationToken);
        Plan? plan = null;
        ModelSettings? settings = null;
        if (lease.Plan is { } bytes)
            plan = known?.Bytes is { } before && before.AsSpan().SequenceEqual(bytes) ? known.Plan.Plan : Plan.Decode(bytes);
        else if (lease.Exists)
            settings = await SettingsAsync(model, cancellationToken);
        var entry = new Entry(fetchedAt, lease.Plan, new CachedPlan(lease.Version, plan, lease.Validation, settings));
        if (_entries.Count > TrimAbove)
            Trim();
        _entries[id] = entry;
        return entry.Plan;
    }

    private static async Task<ModelSettings?> SettingsAsync(IModelActor model, CancellationToken cancellationToken)
    {
        try
        {
            return (await model.DescribeAsync(cancellationToken)).Settings;
        }
        catch (DriftException e) when (e.Error == DriftError.NotFound)
        {
            // Deleted in between.
            return null;
        }
    }

    private void Trim()
    {
        foreach (var (id, entry) in _entries)
        {
            if (time.GetElapsedTime(entry.FetchedAt) >= options.Value.PlanCacheTime)
                _entries.TryRemove(id, out _);
        }
    }

    private sealed record Entry(long FetchedAt, byte[]? Bytes, CachedPlan Plan);
}
