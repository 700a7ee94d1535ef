using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Drift.Delivery.Vllm;

/// <summary>What vLLM servers say of their adapters, one series for each, and how reading them went. Thread-safe.</summary>
internal sealed class VllmInstruments : IDisposable
{
    private readonly ConcurrentDictionary<string, LoraRequests?> _targets = new(StringComparer.Ordinal);
    private readonly Meter _meter;
    private readonly Counter<long> _polls;

    public VllmInstruments(IMeterFactory meters)
    {
        _meter = meters.Create("Drift.Vllm");
        _polls = _meter.CreateCounter<long>("drift_vllm_polls_total", null, "Readings of vLLM's metrics by outcome: ok, absent, unreachable, unreadable.");
        _meter.CreateObservableGauge(
            "drift_vllm_up", () => from t in _targets select new Measurement<int>(t.Value is null ? 0 : 1, Tag("target", t.Key)), null, "Whether the last reading of a vLLM server's metrics succeeded, 0 or 1.");
        _meter.CreateObservableGauge("drift_vllm_adapter_requests", Adapters, null, "Whether an adapter has requests on a vLLM server that run or wait; always 1.");
        _meter.CreateObservableGauge(
            "drift_vllm_adapters_max",
            Most,
            null,
            "Adapters that a batch of a vLLM server may hold.");
    }

    /// <summary>A reading ended.</summary>
    /// <param name="target">Of which server.</param>
    /// <param name="outcome">How.</param>
    /// <param name="requests">What it said; null when nothing is known.</param>
    public void Polled(string target, VllmOutcome outcome, LoraRequests? requests)
    {
        _targets[target] = requests;
        _polls.Add(1, Tag("target", target), new KeyValuePair<string, object?>("outcome", NameOf(outcome)));
    }

    /// <summary>There is such a server: its counters begin at 0, so that the first failure is an increase.</summary>
    public void Configured(string target)
    {
        foreach (var outcome in Enum.GetValues<VllmOutcome>())
            _polls.Add(0, Tag("target", target), new KeyValuePair<string, object?>("outcome", NameOf(outcome)));
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Adapters()
    {
        foreach (var (target, requests) in _targets)
        {
            foreach (var adapter in requests?.Running ?? [])
                yield return new Measurement<int>(1, Tag("target", target), Tag("adapter", adapter), Tag("state", "running"));
            foreach (var adapter in requests?.Waiting ?? [])
                yield return new Measurement<int>(1, Tag("target", target), Tag("adapter", adapter), Tag("state", "waiting"));
        }
    }

    private IEnumerable<Measurement<int>> Most()
    {
        foreach (var (target, requests) in _targets)
        {
            if (requests?.MaxLora is { } most)
                yield return new Measurement<int>(most, Tag("target", target));
        }
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private static string NameOf(VllmOutcome outcome) => outcome switch
    {
        VllmOutcome.Ok => "ok",
        VllmOutcome.Absent => "absent",
        VllmOutcome.Unreachable => "unreachable",
        _ => "unreadable",
    };
}
