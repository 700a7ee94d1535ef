using System.Text;

namespace Drift.Telemetry.Exposition;

/// <summary>
/// All series under one name. It belongs to one instrument, or to several that come out under the same name and have the same type;
/// the first of them decides help, unit and buckets.
/// </summary>
internal abstract class MetricFamily
{
    private readonly byte[] _textHeader;
    private readonly byte[] _openMetricsHeader;
    private volatile InstrumentBinding[] _bindings = [];

    protected MetricFamily(string name, string unit, string? help, MetricKind kind, int maxSeries)
    {
        Name = name;
        Kind = kind;
        MaxSeries = maxSeries;
        var sampleName = kind == MetricKind.Counter ? name + "_total" : name;
        SampleName = Encoding.UTF8.GetBytes(sampleName);
        _textHeader = Header(sampleName, kind, unit: "", help, openMetrics: false);
        _openMetricsHeader = Header(name, kind, unit, help, openMetrics: true);
    }

    /// <summary>The name as OpenMetrics has it: without <c>_total</c>.</summary>
    public string Name { get; }

    public MetricKind Kind { get; }

    /// <summary>The most series that are kept, or shown in a scrape.</summary>
    public int MaxSeries { get; }

    protected byte[] SampleName { get; }

    /// <summary>Its instruments now.</summary>
    protected IReadOnlyList<InstrumentBinding> Bindings => _bindings;

    /// <summary>Takes an instrument in. Called under the registry's catalog lock.</summary>
    public void Attach(InstrumentBinding binding) => _bindings = [.. _bindings, binding];

    /// <summary>Takes an instrument out; true when it was the last one. Called under the registry's catalog lock.</summary>
    public bool Detach(InstrumentBinding binding)
    {
        var left = Array.FindAll(_bindings, b => b != binding);
        var found = left.Length < _bindings.Length;
        _bindings = left;
        return found && left.Length == 0;
    }

    protected void WriteHeader(ref ExpositionWriter writer, bool openMetrics) => writer.Write(openMetrics ? _openMetricsHeader : _textHeader);

    protected void WriteName(ref ExpositionWriter writer, scoped ReadOnlySpan<byte> suffix, scoped ReadOnlySpan<byte> labels)
    {
        writer.Write(SampleName);
        writer.Write(suffix);
        if (labels.Length > 0)
        {
            writer.Write("{"u8);
            writer.Write(labels);
            writer.Write("}"u8);
        }

        writer.Write(" "u8);
    }

    private static byte[] Header(string name, MetricKind kind, string unit, string? help, bool openMetrics)
    {
        var header = new StringBuilder();
        if (!string.IsNullOrEmpty(help))
        {
            header.Append("# HELP ").Append(name).Append(' ');
            Escaping.Append(header, help, quotes: openMetrics);
            header.Append('\n');
        }

        var type = kind switch { MetricKind.Counter => "counter", MetricKind.Gauge => "gauge", _ => "histogram" };
        // Some fixed names of gauges end as a histogram's samples do. OpenMetrics does not mind; in the plain text promtool takes such a
        // name only without a type, and PromQL has no use for it.
        if (!openMetrics && kind == MetricKind.Gauge && name.EndsWith("_count", StringComparison.Ordinal))
            type = "untyped";
        header.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        if (unit.Length > 0)
            header.Append("# UNIT ").Append(name).Append(' ').Append(unit).Append('\n');
        return Encoding.UTF8.GetBytes(header.ToString());
    }
}
