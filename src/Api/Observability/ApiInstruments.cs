using System.Diagnostics.Metrics;
using Drift.Actors;
using Drift.Core.Profiles;
using Drift.Core.Rows;

namespace Drift.Api.Observability;

/// <summary>How a batch of predictions ended.</summary>
internal enum BatchOutcome
{
    /// <summary>Durable and counted.</summary>
    Accepted,

    /// <summary>Counted before.</summary>
    Duplicate,

    /// <summary>Refused for what it says (4xx).</summary>
    Refused,

    /// <summary>Not taken for a reason of ours (5xx).</summary>
    Failed,
}

/// <summary>
/// What the API counts: <c>drift_ingest_rows_total</c>, <c>drift_ingest_batches_total{outcome}</c> and
/// <c>prediction_value_distribution</c> by tenant and model, and <c>drift_ingest_limited_total{limit}</c> by tenant. Requests by route are counted by ASP.NET Core's own meters. Thread-safe.
/// </summary>
internal sealed class ApiInstruments
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Drift.Api";

    private static readonly string[] Outcomes = ["accepted", "duplicate", "refused", "failed"];

    // Tenths for scores, powers for values of either sign.
    private static readonly double[] ValueBuckets =
        [-1e6, -1e4, -1000, -100, -10, -1, 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 10, 100, 1000, 1e4, 1e6];

    private readonly Counter<long> _rows;
    private readonly Counter<long> _batches;
    private readonly Counter<long> _limited;
    private readonly Histogram<double> _values;
    private Func<int> _waiting = static () => 0;

    public ApiInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _rows = meter.CreateCounter<long>("drift.ingest.rows", "{row}", "Rows of predictions that were made durable and counted.");
        _batches = meter.CreateCounter<long>("drift.ingest.batches", "{batch}", "Batches of predictions by how they ended.");
        _limited = meter.CreateCounter<long>("drift.ingest.limited", "{request}", "Requests refused by a limit of their tenant, before their body was read.");
        meter.CreateObservableGauge("drift.ingest.waiting", () => _waiting(), "{request}", "Requests whose body has come and that wait for their turn to be read.");
        _values = meter.CreateHistogram(
            "prediction_value_distribution",
            null,
            "Scores of the counted predictions, or their values where they have no score.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = ValueBuckets });
    }

    /// <summary>Records the scores of rows that count now, or the numbers predicted where there is no score; classes without either are left out.</summary>
    public void Predicted(ModelId model, ArrivedRows arrived)
    {
        if (!_values.Enabled)
            return;
        KeyValuePair<string, object?> tenant = new("tenant", model.Tenant), name = new("model", model.Name);
        var (rows, _, first, count) = arrived;
        for (var row = first; row < first + count; row++)
        {
            if (rows.Score.Tag(row) == CellTag.Number)
                _values.Record(rows.Score.Number(row), tenant, name);
            else if (rows.Prediction.Tag(row) == CellTag.Number)
                _values.Record(rows.Prediction.Number(row), tenant, name);
        }
    }

    /// <summary>Says where to ask how many requests wait for their turn.</summary>
    public void Observe(Func<int> waiting) => _waiting = waiting;

    /// <summary>Counts a request that a limit refused.</summary>
    public void Limited(string tenant, string limit) => _limited.Add(1, new("tenant", tenant), new KeyValuePair<string, object?>("limit", limit));

    /// <summary>Counts a batch and the rows that count because of it.</summary>
    public void Batch(ModelId model, BatchOutcome outcome, int rows = 0)
    {
        _batches.Add(1, new("tenant", model.Tenant), new("model", model.Name), new KeyValuePair<string, object?>("outcome", Outcomes[(int)outcome]));
        if (rows > 0)
            _rows.Add(rows, new("tenant", model.Tenant), new KeyValuePair<string, object?>("model", model.Name));
    }
}
