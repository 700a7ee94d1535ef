using System.Diagnostics.Metrics;
using Drift.Actors;

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
/// What the API counts: <c>drift_ingest_rows_total</c> and <c>drift_ingest_batches_total{outcome}</c>, by tenant and model. Requests by
/// route are counted by ASP.NET Core's own meters. Thread-safe.
/// </summary>
internal sealed class ApiInstruments
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Drift.Api";

    private static readonly string[] Outcomes = ["accepted", "duplicate", "refused", "failed"];

    private readonly Counter<long> _rows;
    private readonly Counter<long> _batches;

    public ApiInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _rows = meter.CreateCounter<long>("drift.ingest.rows", "{row}", "Rows of predictions that were made durable and counted.");
        _batches = meter.CreateCounter<long>("drift.ingest.batches", "{batch}", "Batches of predictions by how they ended.");
    }

    /// <summary>Counts a batch and the rows that count because of it.</summary>
    public void Batch(ModelId model, BatchOutcome outcome, int rows = 0)
    {
        _batches.Add(1, new("tenant", model.Tenant), new("model", model.Name), new KeyValuePair<string, object?>("outcome", Outcomes[(int)outcome]));
        if (rows > 0)
            _rows.Add(rows, new("tenant", model.Tenant), new KeyValuePair<string, object?>("model", model.Name));
    }
}
