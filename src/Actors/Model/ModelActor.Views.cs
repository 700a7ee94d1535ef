using Drift.Actors.Instruments;
using Drift.Core.Detection;
using Drift.Core.Performance;
using Drift.Core.Profiles;
using Drift.Core.Quality;
using Drift.Core.Settings;
using Drift.Core.Windows;

namespace Drift.Actors.Model;

public sealed partial class ModelActor
{
    /// <inheritdoc/>
    public Task<ModelDescription> DescribeAsync(CancellationToken cancellationToken = default)
    {
        RequireExists();
        return Task.FromResult(Describe());
    }

    /// <inheritdoc/>
    public Task<FeatureComparison> GetFeatureAsync(string name, string? window = null, CancellationToken cancellationToken = default)
    {
        RequireExists();
        var asked = WindowOf(window);
        if (_state.Plan is not { } plan)
            throw new DriftException(DriftError.Conflict, $"Model {_id} still learns: its columns have no bins yet.");
        if (plan.Find(name) is not { } column)
        {
            throw new DriftException(
                DriftError.NotFound, $"Model {_id} has no column '{name}'. It has {string.Join(", ", plan.Columns.Take(50).Select(c => $"'{c.Name}'"))}{(plan.Columns.Count > 50 ? " …" : "")}.");
        }

        var index = plan.Columns.ToList().IndexOf(column);
        var reference = CurrentReference();
        var verdict = Evaluate(asked, PaneStore.AllRows, reference, out var current).Features.First(f => f.Name == column.Name && f.Role == column.Role);
        var before = reference[PaneStore.AllRows].Columns[index];
        var after = current.Columns[index];
        return Task.FromResult(new FeatureComparison
        {
            Model = _id.ToString(),
            Window = asked.Name,
            Verdict = verdict,
            Bins = Histograms.Coarse(before, after, _state.Settings),
            FineBins = before is NumericProfile numeric ? Histograms.Fine(numeric, (NumericProfile)after) : null,
            Reference = Histograms.Summarize(before),
            Current = Histograms.Summarize(after),
        });
    }

    /// <inheritdoc/>
    public Task<PerformanceComparison> GetPerformanceAsync(string? window = null, CancellationToken cancellationToken = default)
    {
        RequireExists();
        var asked = WindowOf(window);
        if (_state.Plan is not { } plan)
            return Task.FromResult(new PerformanceComparison { Model = _id.ToString(), Window = asked.Name, Task = _state.Settings.Task ?? ModelTask.None });
        return Task.FromResult(new PerformanceComparison
        {
            Model = _id.ToString(),
            Window = asked.Name,
            Task = plan.Task,
            Reference = PerformanceReport.From(CurrentReference()[PaneStore.AllRows].Performance, plan.Positive),
            Current = PerformanceReport.From(_state.Panes!.MergeWindow(PaneStore.AllRows, asked, Now).Performance, plan.Positive),
        });
    }

    /// <inheritdoc/>
    public Task<QualityReport> GetQualityAsync(string? window = null, CancellationToken cancellationToken = default)
    {
        RequireExists();
        var asked = WindowOf(window);
        if (_state.Panes is not { } panes)
            throw new DriftException(DriftError.Conflict, $"Model {_id} still learns: what a good value is follows from its reference.");
        return Task.FromResult(QualityReport.From(CurrentReference()[PaneStore.AllRows], panes.MergeWindow(PaneStore.AllRows, asked, Now)));
    }

    private ModelDescription Describe() => new()
    {
        Model = _id.ToString(),
        Status = _state.State,
        Plan = _state.Plan?.Version ?? 0,
        Rows = _state.Rows,
        Learned = _state.Plan is null ? _state.KeptRows : null,
        LearnsUntil = _state.Plan is null && LearnsFromFirstRows ? _state.Settings.Reference.Rows : null,
        LastIngest = _state.LastIngest,
        CreatedAt = _state.CreatedAt,
        Settings = _state.Settings,
        Task = _state.Plan?.Task ?? _state.Settings.Task,
        Columns = _state.Plan is { } plan ? [.. plan.Columns.Select(c => new ColumnDescription(c.Name, c.Role, c.Type))] : [],
    };

    private void PublishGauges(Dictionary<string, Profile> reference, Profile current)
    {
        if (_left)
            return;
        _services.Instruments.Publish(_id, new ModelGauges(
            [.. _state.Settings.Windows.Select(w => _state.Window(w).Latest).OfType<Verdict>()],
            PerformanceReport.From(current.Performance, _state.Plan!.Positive),
            QualityReport.From(reference[PaneStore.AllRows], current)));
    }
}
