using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Drift.Actors;
using Drift.Actors.Instruments;
using Drift.Core.Profiles;
using Drift.Core.Rows;
using Microsoft.Extensions.Options;

namespace Drift.Api.Observability;

/// <summary>
/// How models are served, from rows and from telemetry, by tenant, model and adapter. Counters and histograms are of this process and begin
/// at 0 with it; gauges show the last telemetry of each source and vanish five minutes after it. Thread-safe.
/// </summary>
internal sealed class ServingInstruments
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Drift.Serving";

    /// <summary>What adapters beyond the most that have series of their own are called.</summary>
    public const string OtherAdapters = "(other)";

    /// <summary>The most sources of telemetry of one model; gauges of further ones are left out.</summary>
    public const int MaxSources = 100;

    // Models whose adapters are told apart.
    private const int MaxModels = 10_000;

    /// <summary>How long a gauge shows telemetry that nothing newer came after.</summary>
    public static readonly TimeSpan GaugeLife = TimeSpan.FromMinutes(5);

    /// <summary>The kinds of tokens that are told apart.</summary>
    public static readonly IReadOnlyList<string> TokenTypes = ["prompt", "completion", "cached", "reasoning"];

    private readonly ConcurrentDictionary<ModelId, ConcurrentDictionary<string, byte>> _adapters = new();
    private readonly ConcurrentDictionary<(ModelId Model, string Source), Level> _levels = new();
    private readonly TimeProvider _clock;
    private readonly int _maxAdapters;
    private readonly Histogram<double> _latency;
    private readonly Histogram<double> _inference;
    private readonly Counter<long> _predictions;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _tokens;
    private readonly Counter<long> _hits;
    private readonly Counter<long> _misses;
    private readonly Counter<long> _ignored;

    public ServingInstruments(IMeterFactory meters, TimeProvider clock, IOptions<ModelInstrumentsOptions> options)
    {
        _clock = clock;
        _maxAdapters = options.Value.MaxAdapterSeries;
        var meter = meters.Create(MeterName);
        var seconds = new InstrumentAdvice<double> { HistogramBucketBoundaries = ServingCounts.LatencySeconds };
        _latency = meter.CreateHistogram("prediction_latency_seconds", null, "Time from a request to its answer.", advice: seconds);
        _inference = meter.CreateHistogram("model_inference_time_seconds", null, "Time that the model itself took.", advice: seconds);
        _predictions = meter.CreateCounter<long>("daily_predictions_total", null, "Rows of predictions that count; its increase over a day is that day's.");
        _requests = meter.CreateCounter<long>("inference_requests_total", null, "Requests that telemetry tells of, by outcome: ok, error.");
        _tokens = meter.CreateCounter<long>("inference_tokens_total", null, "Tokens by type: prompt, completion, cached, reasoning.");
        _hits = meter.CreateCounter<long>("cache_hits_total", null, "Answers that a cache had.");
        _misses = meter.CreateCounter<long>("cache_misses_total", null, "Answers that a cache had not.");
        _ignored = meter.CreateCounter<long>("drift_serving_values_ignored_total", null, "Values of rows and telemetry that were not counted, by what they were of.");
        Gauge("model_memory_usage_bytes", "Memory that a model takes where it is served.", l => l.MemoryBytes);
        Gauge("inference_queue_depth", "Requests that wait to be served.", l => l.QueueDepth);
        Gauge("inference_batch_size", "Requests that are computed together.", l => l.BatchSize);

        void Gauge(string name, string description, Func<Level, double?> value) => meter.CreateObservableGauge(name, () => Observe(value), null, description);
    }

    /// <summary>Records how rows that count now were served. What it allocates does not depend on how many rows there are.</summary>
    public void Served(ModelId model, ArrivedRows arrived)
    {
        var (rows, _, first, count) = arrived;
        KeyValuePair<string, object?> tenant = new("tenant", model.Tenant), name = new("model", model.Name);
        _predictions.Add(count, tenant, name);
        var serving = rows.Serving;
        if (!serving.HasMeasures)
            return;

        // Nearly all rows have the adapter of the row before: sums go out when it changes, latencies one by one.
        var names = serving.HasAdapters ? ArrayPool<string?>.Shared.Rent(rows.Texts.Count) : [];
        names.AsSpan().Clear();
        try
        {
            Run run = default;
            var text = -1;
            KeyValuePair<string, object?> adapter = new("adapter", "");
            for (var row = first; row < first + count; row++)
            {
                var next = serving.Adapter.Tag(row) == CellTag.Text ? serving.Adapter.Text(row) : -1;
                if (next != text)
                {
                    Flush(run, tenant, name, adapter);
                    run = default;
                    text = next;
                    adapter = new("adapter", text < 0 ? "" : names[text] ??= SeriesOf(model, rows.Texts.GetString(text)));
                }

                if (ServingCounts.TryLatency(rows, row, out var milliseconds))
                    _latency.Record(milliseconds / 1000, tenant, name, adapter);
                run.Add(rows, row);
            }

            Flush(run, tenant, name, adapter);
        }
        finally
        {
            if (names.Length > 0)
                ArrayPool<string?>.Shared.Return(names, clearArray: true);
        }
    }

    /// <summary>Records what a server tells of a model.</summary>
    public void Reported(ModelId model, string source, TelemetryFigures figures)
    {
        KeyValuePair<string, object?> tenant = new("tenant", model.Tenant), name = new("model", model.Name);
        KeyValuePair<string, object?> adapter = new("adapter", figures.Adapter is { Length: > 0 } own ? SeriesOf(model, own) : "");
        foreach (var milliseconds in figures.LatencyMs)
            _latency.Record(milliseconds / 1000, tenant, name, adapter);
        foreach (var milliseconds in figures.InferenceMs)
            _inference.Record(milliseconds / 1000, tenant, name, adapter);
        Add(_requests, figures.Requests - figures.Errors, tenant, name, adapter, new("outcome", "ok"));
        Add(_requests, figures.Errors, tenant, name, adapter, new("outcome", "error"));
        foreach (var (type, count) in figures.Tokens)
            Add(_tokens, count, tenant, name, adapter, new("type", type));
        Add(_hits, figures.CacheHits, tenant, name, adapter);
        Add(_misses, figures.CacheMisses, tenant, name, adapter);
        if (figures.QueueDepth is null && figures.BatchSize is null && figures.MemoryBytes is null)
            return;

        var key = (model, source);
        if (!_levels.ContainsKey(key) && _levels.Keys.Count(k => k.Model == model) >= MaxSources)
        {
            _ignored.Add(1, tenant, name, new KeyValuePair<string, object?>("what", "source"));
            return;
        }

        // What telemetry leaves out stays as it was told last.
        var now = _clock.GetUtcNow();
        _levels.AddOrUpdate(
            key,
            _ => new Level(figures.QueueDepth, figures.BatchSize, figures.MemoryBytes, now),
            (_, last) => new Level(figures.QueueDepth ?? last.QueueDepth, figures.BatchSize ?? last.BatchSize, figures.MemoryBytes ?? last.MemoryBytes, now));
    }

    private static void Add(Counter<long> counter, long count, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (count > 0)
            counter.Add(count, tags);
    }

    private void Flush(in Run run, KeyValuePair<string, object?> tenant, KeyValuePair<string, object?> name, KeyValuePair<string, object?> adapter)
    {
        Add(_tokens, run.Prompt, tenant, name, adapter, new("type", "prompt"));
        Add(_tokens, run.Completion, tenant, name, adapter, new("type", "completion"));
        Add(_hits, run.Hits, tenant, name, adapter);
        Add(_misses, run.Misses, tenant, name, adapter);
        Add(_ignored, run.IgnoredLatencies, tenant, name, new("what", "latency"));
        Add(_ignored, run.IgnoredTokens, tenant, name, new("what", "tokens"));
        Add(_ignored, run.IgnoredCaches, tenant, name, new("what", "cache"));
    }

    // Whoever names a new adapter, or model, with each request must fill neither the exporter nor the memory.
    private string SeriesOf(ModelId model, string adapter)
    {
        if (!_adapters.TryGetValue(model, out var known))
        {
            if (_adapters.Count >= MaxModels)
                return OtherAdapters;
            known = _adapters.GetOrAdd(model, static _ => new(StringComparer.Ordinal));
        }

        if (known.ContainsKey(adapter))
            return adapter;
        lock (known)
            return known.Count < _maxAdapters && known.TryAdd(adapter, 0) ? adapter : known.ContainsKey(adapter) ? adapter : OtherAdapters;
    }

    private IEnumerable<Measurement<double>> Observe(Func<Level, double?> value)
    {
        var oldest = _clock.GetUtcNow() - GaugeLife;
        foreach (var (key, level) in _levels)
        {
            if (level.At < oldest)
                _levels.TryRemove(KeyValuePair.Create(key, level));
            else if (value(level) is { } number)
                yield return new Measurement<double>(number, new("tenant", key.Model.Tenant), new("model", key.Model.Name), new KeyValuePair<string, object?>("source", key.Source));
        }
    }

    /// <summary>The last levels of one source.</summary>
    private sealed record Level(double? QueueDepth, double? BatchSize, double? MemoryBytes, DateTimeOffset At);

    /// <summary>Sums of rows of one adapter.</summary>
    private struct Run
    {
        public long Prompt;
        public long Completion;
        public long Hits;
        public long Misses;
        public long IgnoredLatencies;
        public long IgnoredTokens;
        public long IgnoredCaches;

        public void Add(RowBatch rows, int row)
        {
            var serving = rows.Serving;
            if (serving.LatencyMs.Tag(row) == CellTag.Number && !ServingCounts.TryLatency(rows, row, out _))
                IgnoredLatencies++;
            Prompt += Tokens(serving.PromptTokens, row);
            Completion += Tokens(serving.CompletionTokens, row);
            switch (serving.Cache.Tag(row))
            {
                case CellTag.Boolean when serving.Cache.Number(row) != 0:
                    Hits++;
                    break;
                case CellTag.Boolean:
                    Misses++;
                    break;
                case CellTag.Invalid:
                    IgnoredCaches++;
                    break;
            }
        }

        private long Tokens(Cells cells, int row)
        {
            if (!ServingCounts.TryTokens(cells, row, out var tokens) && cells.Tag(row) == CellTag.Number)
                IgnoredTokens++;
            return tokens;
        }
    }
}
