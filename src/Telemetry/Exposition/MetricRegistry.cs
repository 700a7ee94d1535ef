using System.Buffers;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Drift.Telemetry.Exposition;

/// <summary>
/// Listens to the process' meters, keeps cumulative values and writes them as Prometheus text or OpenMetrics.
/// </summary>
/// <remarks>
/// <para>
/// All members may be called from many threads. Recording to a known series takes no lock but a histogram's own, and allocates
/// nothing. Only one scrape runs at a time; it calls the callbacks of observable instruments, so these must be quick and must not
/// scrape themselves.
/// </para>
/// <para>
/// Values of synchronous instruments stay until <see cref="Forget"/> or until the meter is disposed. Series of observable
/// instruments are written as they are reported and not kept: one that a callback no longer reports is gone. An instrument whose callback throws is
/// left out of that scrape and counted in <c>drift_metrics_callback_errors_total</c>.
/// </para>
/// <para>
/// Instruments that come out under one name and have one type share their series; another type under the same name, or under a name
/// that a histogram or counter derives from it (<c>_bucket</c>, <c>_count</c>, <c>_sum</c>, <c>_total</c>), is left out, logged, and
/// counted in <c>drift_metrics_conflicts_total</c>. Tags of a meter or an instrument become labels of its series.
/// </para>
/// </remarks>
public sealed class MetricRegistry : IDisposable
{
    private readonly MeterSelection _meters;
    private readonly Func<Instrument, bool>? _include;
    private readonly int _maxSeries;
    private readonly RegistryDiagnostics _diagnostics;
    private readonly MeterListener _listener = new();

    // Lock order: scrape, then catalog, then a family's own.
    private readonly Lock _scrapeLock = new();
    private readonly Lock _catalogLock = new();
    private readonly Dictionary<string, MetricFamily> _familiesBySampleName = new(StringComparer.Ordinal);
    private readonly ObservedSeries _observed = new();
    private MetricFamily[]? _sortedFamilies;
    private bool _disposed;

    /// <summary>Starts to listen: to the meters that exist already and to those that are created later.</summary>
    /// <param name="options">What to listen to; read once, here.</param>
    /// <param name="logger">Where left-out instruments and dropped series are reported; null for nowhere.</param>
    /// <exception cref="ArgumentException">The options are not valid; the message names every failing key.</exception>
    public MetricRegistry(MetricRegistryOptions options, ILogger<MetricRegistry>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var validation = new MetricRegistryOptionsValidator().Validate(null, options);
        if (validation.Failed)
            throw new ArgumentException(validation.FailureMessage, nameof(options));

        _meters = new MeterSelection(options.Meters.Count > 0 ? options.Meters : MetricRegistryOptions.DefaultMeters);
        _include = options.Include;
        _maxSeries = options.MaxSeriesPerInstrument;
        _diagnostics = new RegistryDiagnostics(logger ?? NullLogger<MetricRegistry>.Instance);
        foreach (var family in _diagnostics.Families)
            Claim(family);

        _listener.InstrumentPublished = (instrument, _) => Publish(instrument);
        _listener.MeasurementsCompleted = (_, state) => Withdraw((InstrumentBinding)state!);
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => To(state).Record((long)value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => To(state).Record((long)value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => To(state).Record((long)value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => To(state).Record(value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => To(state).Record((double)value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => To(state).Record(value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, state) => To(state).Record((double)value, tags));
        _listener.Start();
    }

    /// <summary>
    /// Writes every metric, for which it calls the callbacks of the observable instruments: families sorted by name, the registry's own last as they
    /// tell of this scrape too, series by labels.
    /// </summary>
    /// <param name="output">Takes the bytes; nothing is flushed.</param>
    /// <param name="format">The format, as a rule from <see cref="ExpositionFormat.Negotiate"/>.</param>
    /// <exception cref="InvalidOperationException">Called from within a callback of an observable instrument.</exception>
    /// <exception cref="ObjectDisposedException">The registry is disposed.</exception>
    public void Write(IBufferWriter<byte> output, ExpositionFormat format)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(format);
        if (_scrapeLock.IsHeldByCurrentThread)
            throw new InvalidOperationException("A callback of an observable instrument must not scrape the metrics.");

        lock (_scrapeLock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var writer = new ExpositionWriter(output);
            foreach (var family in Families())
            {
                if (family is ObservedFamily observed)
                    observed.Write(ref writer, format.IsOpenMetrics, _observed);
                else
                    ((RecordedFamily)family).Write(ref writer, format.IsOpenMetrics);
            }

            foreach (var family in _diagnostics.Families)
                family.Write(ref writer, format.IsOpenMetrics);
            if (format.IsOpenMetrics)
                writer.Write("# EOF\n"u8);
            writer.Flush();
        }
    }

    /// <summary>
    /// Removes every series that carries all of these labels, for instance <c>tenant</c> and <c>model</c> of a deleted model.
    /// </summary>
    /// <param name="labels">Names and values, at least one; names as the tags have them.</param>
    /// <returns>How many series were removed.</returns>
    /// <remarks>
    /// A measurement recorded afterwards starts the series anew, from zero; one recorded at the same moment may be lost. Costs a
    /// pass over the series of synchronous instruments; those of observable ones, by far the most, are not looked at, as they leave
    /// with the scrape in which no callback reports them. The registry's own metrics stay.
    /// </remarks>
    /// <exception cref="ArgumentException">No label was given.</exception>
    public int Forget(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count == 0)
            throw new ArgumentException("Name at least one label: every series carries all of none.", nameof(labels));

        byte[][] wanted = [.. labels.Select(label => LabelWriter.Label(MetricNames.Label(label.Key), label.Value))];
        var removed = 0;
        foreach (var family in Families().OfType<RecordedFamily>())
            removed += family.Forget(wanted);
        return removed;
    }

    /// <summary>Stops listening and lets go of every series.</summary>
    public void Dispose()
    {
        lock (_scrapeLock)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        _listener.Dispose();
        foreach (var family in Families().OfType<ObservedFamily>())
            family.Dispose();
    }

    private static RecordingBinding To(object? state) => (RecordingBinding)state!;

    private void Publish(Instrument instrument)
    {
        if (!_meters.Contains(instrument.Meter.Name) || _include?.Invoke(instrument) == false)
            return;
        if (InstrumentShape.Of(instrument) is not { } shape)
            return;

        var (name, unit) = MetricNames.Family(instrument.Name, instrument.Unit, shape.Kind);
        RecordingBinding? recording = null;
        ObservedBinding? observed = null;
        lock (_catalogLock)
        {
            var family = FindOrAddFamily(instrument, shape, name, unit);
            if (family is ObservedFamily asked)
                family.Attach(observed = new ObservedBinding(instrument, asked, _diagnostics, shape.IsAdditive, Withdraw));
            else if (family is RecordedFamily recorded)
                family.Attach(recording = new RecordingBinding(instrument, recorded, _diagnostics, shape));
        }

        // Outside the lock: enabling takes a lock of the runtime's.
        if (observed is not null)
            observed.Start();
        else if (recording is not null)
            _listener.EnableMeasurementEvents(instrument, recording);
        else
            _diagnostics.LeftOut(instrument, name);
    }

    private MetricFamily? FindOrAddFamily(Instrument instrument, InstrumentShape shape, string name, string unit)
    {
        if (_familiesBySampleName.TryGetValue(name, out var existing)
            && existing.Name == name && existing.Kind == shape.Kind && existing is ObservedFamily == shape.IsObservable
            && !_diagnostics.Families.Contains(existing))
        {
            return existing;
        }

        foreach (var sample in MetricNames.SampleNames(name, shape.Kind))
        {
            if (_familiesBySampleName.ContainsKey(sample))
                return null;
        }

        var bounds = shape.Kind == MetricKind.Histogram ? InstrumentShape.BoundsOf(instrument, name) : [];
        MetricFamily family = shape.IsObservable
            ? new ObservedFamily(name, unit, instrument.Description, shape.Kind, _maxSeries)
            : new RecordedFamily(name, unit, instrument.Description, shape.Kind, bounds, _maxSeries);
        Claim(family);
        return family;
    }

    private void Claim(MetricFamily family)
    {
        foreach (var sample in MetricNames.SampleNames(family.Name, family.Kind))
            _familiesBySampleName.Add(sample, family);
        _sortedFamilies = null;
    }

    /// <summary>Takes out an instrument whose meter was disposed, and its family with the last one.</summary>
    private void Withdraw(InstrumentBinding binding)
    {
        lock (_catalogLock)
        {
            if (!binding.Family.Detach(binding))
                return;
            foreach (var sample in MetricNames.SampleNames(binding.Family.Name, binding.Family.Kind))
                _familiesBySampleName.Remove(sample);
            _sortedFamilies = null;
        }
    }

    /// <summary>The families but the registry's own, by name.</summary>
    private MetricFamily[] Families()
    {
        lock (_catalogLock)
        {
            if (_sortedFamilies is null)
            {
                _sortedFamilies = [.. _familiesBySampleName.Values.Distinct().Except(_diagnostics.Families)];
                Array.Sort(_sortedFamilies, static (x, y) => string.CompareOrdinal(x.Name, y.Name));
            }

            return _sortedFamilies;
        }
    }
}
