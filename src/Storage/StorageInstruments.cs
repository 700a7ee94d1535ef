using System.Diagnostics.Metrics;

namespace Drift.Storage;

/// <summary>The metrics of storage. Thread-safe.</summary>
internal sealed class StorageInstruments : IDisposable
{
    /// <summary>The meter.</summary>
    public const string MeterName = "Drift.Storage";

    private readonly Meter _meter;
    private readonly Histogram<int> _flushEntries;

    /// <param name="meters">Where the meter is made; a host without metrics has none.</param>
    public StorageInstruments(IMeterFactory? meters)
    {
        _meter = meters?.Create(MeterName) ?? new Meter(MeterName);
        _flushEntries = _meter.CreateHistogram(
            "drift_journal_flush_entries",
            null,
            "Entries that one durable write carried.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] });
    }

    /// <summary>A durable write carried so many entries.</summary>
    public void Flushed(int entries) => _flushEntries.Record(entries);

    /// <summary>Publishes how many entries wait, and how many may.</summary>
    public void Observe(Func<int> pending, int limit)
    {
        _meter.CreateObservableGauge("drift_journal_pending", pending, null, "Entries that wait for the journal or are being written.");
        _meter.CreateObservableGauge("drift_journal_limit", () => limit, null, "Entries that may wait for the journal; one more is refused.");
    }

    /// <summary>Publishes what the shelf of panes holds, and how large its file is.</summary>
    public void ObserveShelf(Func<long> used, Func<long> size)
    {
        _meter.CreateObservableGauge("drift_pane_shelf_bytes", used, null, "Bytes of encoded panes that lie in the shelf's file and not in memory.");
        _meter.CreateObservableGauge("drift_pane_shelf_file_bytes", size, null, "Bytes of the shelf's file, free places in it included.");
    }

    public void Dispose() => _meter.Dispose();
}
