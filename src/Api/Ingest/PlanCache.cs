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
/// refuses a batch for it; the decoded plan stays the same object while its bytes do. A plan that no batch came for leaves memory.
/// Thread-safe.
/// </summary>
internal sealed class PlanCache : IDisposable
{
    // Longer than the pauses of a model that sends once a minute; a plan that comes back costs a few microseconds a column.
    private static readonly TimeSpan KeptUnused = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<ModelId, Entry> _entries = new();
    private readonly IDriftEngine _engine;
    private readonly TimeProvider _time;
    private readonly IOptions<IngestOptions> _options;
    private readonly ITimer _trimmer;

    public PlanCache(IDriftEngine engine, TimeProvider time, IOptions<IngestOptions> options)
    {
        _engine = engine;
        _time = time;
        _options = options;
        _trimmer = time.CreateTimer(_ => Trim(), null, KeptUnused / 2, KeptUnused / 2);
    }

    /// <summary>Models that it holds something of.</summary>
    public int Count => _entries.Count;

    /// <summary>The model's plan, from the cache or from the model.</summary>
    public ValueTask<CachedPlan> GetAsync(ModelId id, CancellationToken cancellationToken)
    {
        var known = _entries.GetValueOrDefault(id);
        return known is not null && _time.GetElapsedTime(known.FetchedAt) < _options.Value.PlanCacheTime
            ? ValueTask.FromResult(known.Plan)
            : FetchAsync(id, known, cancellationToken);
    }

    /// <summary>Forgets what is known of a model: its plan changed, or may have.</summary>
    public void Invalidate(ModelId id) => _entries.TryRemove(id, out _);

    /// <inheritdoc/>
    public void Dispose() => _trimmer.Dispose();

    private async ValueTask<CachedPlan> FetchAsync(ModelId id, Entry? known, CancellationToken cancellationToken)
    {
        var fetchedAt = _time.GetTimestamp();
        var model = _engine.Model(id);
        var lease = await model.GetPlanAsync(cancellationToken);
        Plan? plan = null;
        ModelSettings? settings = null;
        if (lease.Plan is { } bytes)
            plan = known?.Plan.Plan is { } before && before.IsEncodedAs(lease.Version, bytes) ? before : Plan.Decode(bytes);
        else if (lease.Exists)
            settings = await SettingsAsync(model, cancellationToken);
        var entry = new Entry(fetchedAt, new CachedPlan(lease.Version, plan, lease.Validation, settings));
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

    // Every batch fetches anew what is older than the cache time, so the age of an entry says when it was last used.
    private void Trim()
    {
        foreach (var entry in _entries)
        {
            if (_time.GetElapsedTime(entry.Value.FetchedAt) >= KeptUnused + _options.Value.PlanCacheTime)
                _entries.TryRemove(entry);
        }
    }

    private sealed record Entry(long FetchedAt, CachedPlan Plan);
}
