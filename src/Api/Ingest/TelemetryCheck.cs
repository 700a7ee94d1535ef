using System.Globalization;
using Drift.Actors;
using Drift.Api.Errors;
using Drift.Api.Observability;
using Drift.Api.Wire;
using Drift.Core.Profiles;

namespace Drift.Api.Ingest;

/// <summary>Says by field what is wrong with telemetry: anything that holds a key can send it.</summary>
internal sealed class TelemetryCheck
{
    /// <summary>The most samples of one request.</summary>
    public const int MaxSamples = 1_000;

    /// <summary>The most times of one sample.</summary>
    public const int MaxTimes = 10_000;

    private const int MaxText = 200;
    private const int MaxFaults = 20;
    private const long MaxCount = 1_000_000_000_000;

    private readonly Dictionary<string, string[]> _faults = new(StringComparer.Ordinal);

    /// <summary>The samples as they are counted.</summary>
    /// <exception cref="ApiException">Something cannot be; nothing has changed.</exception>
    public static IReadOnlyList<(ModelId Model, TelemetryFigures Figures)> Check(TelemetryBatch batch, string tenant)
    {
        var check = new TelemetryCheck();
        check.Text(batch.BatchId, "batch_id");
        check.Text(batch.Source, "source");
        if (batch.Samples.Count is 0 or > MaxSamples)
            check.Fault("samples", $"has {batch.Samples.Count} elements, it must have 1 to {MaxSamples}");
        var figures = new List<(ModelId, TelemetryFigures)>(batch.Samples.Count);
        for (var i = 0; i < batch.Samples.Count && i < MaxSamples; i++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"samples[{i}]");
            if (batch.Samples[i] is not { } sample)
                check.Fault(path, "is null, it must be an object");
            else if (check.Model(sample, path, tenant) is { } model)
                figures.Add((model, check.Figures(sample, path)));
        }

        if (check._faults.Count == 0)
            return figures;
        throw new ApiException(ErrorKind.InvalidRequest, string.Join(" ", check._faults.Take(5).Select(f => $"'{f.Key}' {f.Value[0]}."))) { Fields = check._faults };
    }

    private ModelId? Model(TelemetrySample sample, string path, string tenant)
    {
        if (ModelId.TryCreate(tenant, sample.Model, out var model))
            return model;
        Fault($"{path}.model", $"must be the name of a model: 1 to {ModelId.MaxLength} of A-Z a-z 0-9 . _ - and start with a letter or digit");
        Figures(sample, path);
        return null;
    }

    private TelemetryFigures Figures(TelemetrySample sample, string path)
    {
        Text(sample.Adapter, $"{path}.adapter");
        Count(sample.Requests, $"{path}.requests");
        Count(sample.Errors, $"{path}.errors");
        if (sample.Errors > (sample.Requests ?? 0))
            Fault($"{path}.errors", string.Create(CultureInfo.InvariantCulture, $"is {sample.Errors}, more than requests, which is {sample.Requests ?? 0}"));
        foreach (var (type, count) in sample.Tokens ?? new Dictionary<string, long>())
        {
            if (!ServingInstruments.TokenTypes.Contains(type))
                Fault($"{path}.tokens", $"has the type '{Endpoints.Requests.Shorten(type)}', it may have {string.Join(", ", ServingInstruments.TokenTypes)}");
            else
                Count(count, $"{path}.tokens.{type}");
        }

        Count(sample.Cache?.Hits, $"{path}.cache.hits");
        Count(sample.Cache?.Misses, $"{path}.cache.misses");
        Times(sample.LatencyMs, $"{path}.latency_ms");
        Times(sample.InferenceMs, $"{path}.inference_ms");
        Level(sample.QueueDepth, $"{path}.queue_depth");
        Level(sample.BatchSize, $"{path}.batch_size");
        Level(sample.MemoryBytes, $"{path}.memory_bytes");
        return new TelemetryFigures
        {
            Adapter = sample.Adapter,
            Requests = sample.Requests ?? 0,
            Errors = sample.Errors ?? 0,
            Tokens = sample.Tokens ?? new Dictionary<string, long>(),
            CacheHits = sample.Cache?.Hits ?? 0,
            CacheMisses = sample.Cache?.Misses ?? 0,
            LatencyMs = sample.LatencyMs ?? [],
            InferenceMs = sample.InferenceMs ?? [],
            QueueDepth = sample.QueueDepth,
            BatchSize = sample.BatchSize,
            MemoryBytes = sample.MemoryBytes,
        };
    }

    private void Text(string? text, string path)
    {
        if (text is not null && (text.Length is 0 or > MaxText || text.Any(char.IsControl)))
            Fault(path, $"must be 1 to {MaxText} printable characters");
    }

    private void Count(long? count, string path)
    {
        if (count is < 0 or > MaxCount)
            Fault(path, string.Create(CultureInfo.InvariantCulture, $"is {count}, it must be 0 to {MaxCount}"));
    }

    private void Level(double? level, string path)
    {
        if (level is { } x && !(x >= 0 && double.IsFinite(x)))
            Fault(path, string.Create(CultureInfo.InvariantCulture, $"is {x}, it must be 0 or more"));
    }

    private void Times(IReadOnlyList<double>? times, string path)
    {
        if (times is null)
            return;
        if (times.Count > MaxTimes)
        {
            Fault(path, $"has {times.Count} elements, it may have {MaxTimes}");
            return;
        }

        for (var i = 0; i < times.Count; i++)
        {
            if (times[i] >= 0 && times[i] <= ServingCounts.MaxLatencyMs)
                continue;
            Fault(string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), string.Create(CultureInfo.InvariantCulture, $"is {times[i]}, it must be 0 to {ServingCounts.MaxLatencyMs} milliseconds"));
            return;
        }
    }

    private void Fault(string path, string message)
    {
        if (_faults.Count < MaxFaults)
            _faults.TryAdd(path, [message]);
    }
}
