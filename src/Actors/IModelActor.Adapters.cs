using Drift.Actors.Adapters;

namespace Drift.Actors;

public partial interface IModelActor
{
    /// <summary>
    /// What was counted of LoRA versions since a time: rows whose segment <c>adapter</c> names the version. Panes that overlap it count whole, so
    /// a time at the beginning of a UTC day is exact for as long as panes are kept.
    /// </summary>
    Task<AdapterOutcomes> GetAdapterOutcomesAsync(IReadOnlyList<string> versions, DateTimeOffset since, CancellationToken cancellationToken = default);
}
