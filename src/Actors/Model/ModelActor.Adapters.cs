using System.Globalization;
using Drift.Actors.Adapters;
using Drift.Core.Performance;
using Drift.Core.Profiles;
using Drift.Core.Settings;

namespace Drift.Actors.Model;

public sealed partial class ModelActor
{
    // The column of rows that names the LoRA version which answered.
    internal const string AdapterColumn = "adapter";

    /// <inheritdoc/>
    public Task<AdapterOutcomes> GetAdapterOutcomesAsync(IReadOnlyList<string> versions, DateTimeOffset since, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(versions);
        RequireExists();
        return Task.FromResult(new AdapterOutcomes
        {
            Epoch = string.Create(CultureInfo.InvariantCulture, $"{_state.CreatedAt.UtcTicks}/{_state.Plan?.Version ?? 0}"),
            Classifies = _state.Plan?.Task is ModelTask.Binary or ModelTask.Multiclass,
            Versions = [.. versions.Select(OutcomeOf)],
        });

        AdapterOutcome OutcomeOf(string version)
        {
            if (_state.Panes is not { } panes)
                return new AdapterOutcome(version, 0, 0, 0, null);
            var counted = panes.MergeRange(Profiler.SegmentOf(AdapterColumn, version), since, DateTimeOffset.MaxValue);
            var performance = counted.Performance;
            return new AdapterOutcome(version, counted.Rows, performance.Labelled, performance.Correct, PerformanceReport.From(performance, null).Mae);
        }
    }
}
