using System.Diagnostics.Metrics;
using Drift.Core.Gpus;

namespace Drift.Telemetry.Nvml;

/// <summary>The metrics of this machine's poller. Thread-safe.</summary>
public sealed class GpuPollInstruments : IDisposable
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Drift.GpuPoller";

    private readonly Meter _meter;
    private readonly Histogram<double> _duration;
    private KeyValuePair<string, object?>[]? _state;

    /// <summary>Creates the instruments.</summary>
    public GpuPollInstruments(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create(MeterName);
        _duration = _meter.CreateHistogram(
            "drift_gpu_poll_seconds",
            null,
            "Time of one poll of all GPUs of this machine.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _meter.CreateObservableGauge(
            "drift_gpu_poller_state",
            () => Volatile.Read(ref _state) is { } state ? [new Measurement<int>(1, state)] : Array.Empty<Measurement<int>>(),
            null,
            "How this machine's GPU driver answers, as a label; always 1.");
    }

    /// <summary>A poll took so long.</summary>
    public void Polled(GpuDriverState state, TimeSpan elapsed)
    {
        // Looking for a library that is not there is no poll.
        if (state != GpuDriverState.LibraryAbsent)
            _duration.Record(elapsed.TotalSeconds);
        var name = GpuNames.Of(state);
        if (_state is null || (string?)_state[0].Value != name)
            Volatile.Write(ref _state, [new("state", name)]);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
