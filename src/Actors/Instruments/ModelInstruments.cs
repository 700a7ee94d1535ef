using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Drift.Core.Detection;
using Drift.Core.Plans;
using Drift.Core.Quality;
using Microsoft.Extensions.Options;

namespace Drift.Actors.Instruments;

/// <summary>
/// The drift, performance and quality metrics of the models on this node. Gauges are read from the latest state that each actor
/// published, so the series of a model vanish with its actor. Thread-safe.
/// </summary>
public sealed class ModelInstruments : IDisposable
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Drift.Models";

    // A deletion is for alerts that remember a model's rows for some hours; scrapes see it within seconds, and Prometheus keeps it.
    private const int MaxDeleted = 1_000;
    private static readonly TimeSpan DeletedShown = TimeSpan.FromHours(6);

    private readonly ConcurrentDictionary<ModelId, bool> _refused = new();
    private readonly ConcurrentDictionary<ModelId, DateTimeOffset> _deleted = new();
    private readonly ConcurrentDictionary<ModelId, Published> _models = new();
    private readonly Meter _meter;
    private readonly ModelInstrumentsOptions _options;
    private readonly Counter<long> _checks;
    private readonly Counter<long> _detected;
    private readonly Histogram<double> _checkDuration;
    private readonly Histogram<double> _journalFlush;
    private readonly Histogram<double> _evaluationLag;
    private readonly UpDownCounter<long> _activations;
    private readonly Counter<long> _damaged;

    /// <summary>Creates the instruments.</summary>
    public ModelInstruments(IMeterFactory meters, IOptions<ModelInstrumentsOptions> options)
    {
        _options = options.Value;
        _meter = meters.Create(MeterName);
        _checks = _meter.CreateCounter<long>("drift_checks_total", null, "Evaluations by status: ok, insufficient.");
        _detected = _meter.CreateCounter<long>("drift_detected_total", null, "Evaluations that found drift, by severity.");
        _checkDuration = Histogram("drift_check_duration_seconds", "Time of one evaluation of one window.", [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1]);
        _journalFlush = Histogram("drift_journal_flush_seconds", "Time until an appended batch is durable.", [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]);
        _evaluationLag = Histogram("drift_evaluation_lag_seconds", "Time from the first unevaluated batch to its evaluation.", [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]);
        _activations = _meter.CreateUpDownCounter<long>("drift_actor_activations", null, "Model actors in memory on this node.");
        _damaged = _meter.CreateCounter<long>("drift_stored_damage_total", null, "Stored snapshots and journal entries that were read and found damaged.");
        _meter.CreateObservableGauge(
            "drift_model_refused",
            () => from m in _refused.Keys select new Measurement<int>(1, Tag("tenant", m.Tenant), Tag("model", m.Name)),
            null,
            "1 for a model that is not served because what is stored of it is damaged.");

        _meter.CreateObservableGauge(
            "drift_model_deleted_timestamp_seconds",
            () => from m in _deleted select new Measurement<double>(m.Value.ToUnixTimeMilliseconds() / 1000.0, Tag("tenant", m.Key.Tenant), Tag("model", m.Key.Name)),
            null,
            "When a model was deleted on this node, Unix time.");

        Verdicts("drift_kl_divergence", "Kullback-Leibler divergence of the worst column, by window.", v => v.Kl);
        Verdicts("drift_psi", "Population stability index of the worst column, by window.", v => v.Psi);
        Verdicts("drift_js_distance", "Jensen-Shannon distance of the worst column, by window.", v => v.Js);
        Verdicts("drift_baseline_accuracy", "Accuracy on the reference, 0 to 1.", v => v.ReferenceAccuracy);
        Verdicts("drift_current_accuracy", "Accuracy in the window, 0 to 1.", v => v.CurrentAccuracy);
        Verdicts("drift_combined_score", "Combined drift score, 0 to 1.", v => v.CombinedScore);
        Verdicts("drift_columns_count", "Columns that drifted.", v => v.DriftedColumns);
        Verdicts("drift_window_rows", "Rows in the window.", v => v.Rows);
        Verdicts("drift_severity", "Severity: 0 none, 1 warning, 2 moderate, 3 critical.", v => (int)v.Severity);
        Features("data_drift_detected", "Whether a column drifted, 0 or 1.", f => f.Drifted ? 1 : 0);
        Features("data_drift_pvalue", "Adjusted p-value of a column.", f => f.QValue);
        Features("data_drift_psi", "Population stability index of a column.", f => f.Psi);
        Models("model_accuracy", "Accuracy in the leading window, 0 to 1.", m => m.Performance.Accuracy);
        Models("model_precision", "Precision in the leading window, 0 to 1.", m => m.Performance.Precision);
        Models("model_recall", "Recall in the leading window, 0 to 1.", m => m.Performance.Recall);
        Models("model_f1_score", "F1 in the leading window, 0 to 1.", m => m.Performance.F1);
        Models("data_quality_score", "Data quality in the leading window, 0 to 1.", m => m.Quality.DataQualityScore);
        Columns("missing_values_count", "Rows of the leading window without a value in the column.", c => c.Missing);
        Columns("data_completeness", "Share of rows with a value in the column, 0 to 1.", c => c.Completeness);
        Columns("outliers_count", "Values outside Q1 - 3 IQR to Q3 + 3 IQR of the reference.", c => c.Outliers ?? 0);
        _meter.CreateObservableGauge("drift_feature_series_left_out", LeftOut, null, "Columns beyond MaxFeatureSeries or the model's share of MaxSeriesPerInstrument, which have no series of their own.");
    }

    /// <summary>Counts an evaluation.</summary>
    public void Checked(ModelId model, Verdict verdict, TimeSpan elapsed)
    {
        _checks.Add(1, Tag("status", verdict.Status == VerdictStatus.Ok ? "ok" : "insufficient"), Tag("tenant", model.Tenant), Tag("model", model.Name));
        if (verdict.DriftDetected)
            _detected.Add(1, Tag("severity", Name(verdict.Severity)), Tag("tenant", model.Tenant), Tag("model", model.Name));
        _checkDuration.Record(elapsed.TotalSeconds);
    }

    /// <summary>Takes a model's latest state.</summary>
    public void Publish(ModelId model, ModelGauges gauges) => _models[model] = new Published(model, gauges);

    /// <summary>Takes a model off this node's metrics.</summary>
    public void Remove(ModelId model)
    {
        _models.TryRemove(model, out _);
        _refused.TryRemove(model, out _);
        Removed?.Invoke(model);
    }

    /// <summary>A model was deleted: it leaves this node's metrics, and for some hours they say when.</summary>
    public void Deleted(ModelId model, DateTimeOffset at)
    {
        Remove(model);
        _deleted[model] = at;
        foreach (var old in _deleted.OrderByDescending(d => d.Value).Where((d, i) => i >= MaxDeleted || at - d.Value > DeletedShown))
            _deleted.TryRemove(old);
    }

    /// <summary>Raised when a model leaves this node: the exporter forgets its counters.</summary>
    public event Action<ModelId>? Removed;

    /// <summary>Something stored of a model was damaged: <c>snapshot</c> or <c>journal</c>.</summary>
    public void Damaged(ModelId model, string what) => _damaged.Add(1, Tag("what", what), Tag("tenant", model.Tenant), Tag("model", model.Name));

    /// <summary>A model is not served, or is again.</summary>
    public void Refuses(ModelId model, bool refuses)
    {
        if (refuses)
            _refused[model] = true;
        else
            _refused.TryRemove(model, out _);
    }

    /// <summary>An actor came into memory.</summary>
    public void Activated() => _activations.Add(1);

    /// <summary>An actor left memory.</summary>
    public void Deactivated(ModelId model)
    {
        _activations.Add(-1);
        Remove(model);
    }

    /// <summary>A journal append took so long.</summary>
    public void Flushed(TimeSpan elapsed) => _journalFlush.Record(elapsed.TotalSeconds);

    /// <summary>An evaluation came so long after the rows.</summary>
    public void Lagged(TimeSpan lag) => _evaluationLag.Record(Math.Max(0, lag.TotalSeconds));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private Histogram<double> Histogram(string name, string description, double[] buckets) =>
        _meter.CreateHistogram(name, null, description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });

    private void Verdicts(string name, string description, Func<Verdict, double?> value) =>
        _meter.CreateObservableGauge(name, () => OfVerdicts(value), null, description);

    private void Features(string name, string description, Func<ColumnVerdict, double?> value) =>
        _meter.CreateObservableGauge(name, () => OfFeatures(value), null, description);

    private void Models(string name, string description, Func<ModelGauges, double?> value) =>
        _meter.CreateObservableGauge(name, () => OfModels(value), null, description);

    private void Columns(string name, string description, Func<ColumnQuality, double> value) =>
        _meter.CreateObservableGauge(name, () => OfColumns(value), null, description);

    // These run in every scrape, for every series: a measurement allocates its tags, and nothing else is allocated.
    private IEnumerable<Measurement<double>> OfVerdicts(Func<Verdict, double?> value)
    {
        foreach (var (_, model) in _models)
        {
            foreach (var verdict in model.Gauges.Verdicts)
            {
                if (value(verdict) is { } number)
                    yield return new Measurement<double>(number, model.Tenant, model.Name, Tag("window", verdict.Window));
            }
        }
    }

    private IEnumerable<Measurement<double>> OfFeatures(Func<ColumnVerdict, double?> value)
    {
        var limit = ColumnLimit();
        foreach (var (_, model) in _models)
        {
            var columns = model.Columns;
            for (var i = 0; i < columns.Count && i < limit; i++)
            {
                if (value(columns[i]) is { } number)
                    yield return new Measurement<double>(number, model.Tenant, model.Name, Tag("feature", SeriesName(columns[i].Name, columns[i].Role)));
            }
        }
    }

    private IEnumerable<Measurement<double>> OfModels(Func<ModelGauges, double?> value)
    {
        foreach (var (_, model) in _models)
        {
            if (value(model.Gauges) is { } number)
                yield return new Measurement<double>(number, model.Tenant, model.Name);
        }
    }

    private IEnumerable<Measurement<double>> OfColumns(Func<ColumnQuality, double> value)
    {
        var limit = ColumnLimit();
        foreach (var (_, model) in _models)
        {
            foreach (var column in model.Gauges.Quality.Columns)
            {
                if (model.IsShown(column, limit))
                    yield return new Measurement<double>(value(column), model.Tenant, model.Name, Tag("column", SeriesName(column.Name, column.Role)));
            }
        }
    }

    private IEnumerable<Measurement<double>> LeftOut()
    {
        var limit = ColumnLimit();
        foreach (var (_, model) in _models)
        {
            if (model.Gauges.Verdicts.Count > 0)
                yield return new Measurement<double>(Math.Max(0, model.Columns.Count - limit), model.Tenant, model.Name);
        }
    }

    // Every model has the same share of an instrument's series: else the exporter would drop those that happen to come last.
    private int ColumnLimit() => Math.Min(_options.MaxFeatureSeries, _options.MaxSeriesPerInstrument / Math.Max(1, _models.Count));

    // A feature may be named like the prediction; labels must stay distinct.
    private static string SeriesName(string name, ColumnRole role) =>
        role == ColumnRole.Feature && (name is "prediction" or "score" or "label") ? $"features.{name}" : name;

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private static string Name(Severity severity) => severity switch
    {
        Severity.Warning => "warning",
        Severity.Moderate => "moderate",
        Severity.Critical => "critical",
        _ => "none",
    };

    /// <summary>What a model published last, with what its series have in common.</summary>
    private sealed class Published(ModelId id, ModelGauges gauges)
    {
        private HashSet<(string, ColumnRole)>? _shown;
        private int _shownLimit;

        public ModelGauges Gauges { get; } = gauges;

        public KeyValuePair<string, object?> Tenant { get; } = Tag("tenant", id.Tenant);

        public KeyValuePair<string, object?> Name { get; } = Tag("model", id.Name);

        /// <summary>The columns of the leading window's verdict, the worst first.</summary>
        public IReadOnlyList<ColumnVerdict> Columns { get; } = gauges.Verdicts.Count == 0 ? [] : gauges.Verdicts[0].Features;

        /// <summary>Whether a column is among the worst ones. Scrapes come one at a time.</summary>
        public bool IsShown(ColumnQuality column, int limit)
        {
            if (_shown is null || _shownLimit != limit)
            {
                _shown = [.. Columns.Take(limit).Select(c => (c.Name, c.Role))];
                _shownLimit = limit;
            }

            return _shown.Contains((column.Name, column.Role));
        }
    }
}
