using System.Buffers;
using System.Buffers.Text;

namespace Drift.Telemetry.Exposition;

/// <summary>Writes bytes and numbers to a buffer in large steps. <see cref="Flush"/> must be called at the end.</summary>
internal ref struct ExpositionWriter(IBufferWriter<byte> output)
{
    private const int StepBytes = 4096;

    /// <summary>The longest number: "-1.7976931348623157E+308" has 24 characters.</summary>
    private const int MaxNumberBytes = 32;

    private readonly IBufferWriter<byte> _output = output;
    private Span<byte> _span;
    private int _used;

    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_span[_used..]);
        _used += bytes.Length;
    }

    public void Write(long value)
    {
        Reserve(MaxNumberBytes);
        Utf8Formatter.TryFormat(value, _span[_used..], out var written);
        _used += written;
    }

    public void Write(double value)
    {
        if (double.IsFinite(value))
        {
            Reserve(MaxNumberBytes);
            _used += Numbers.Format(value, _span[_used..]);
        }
        else
        {
            Write(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8);
        }
    }

    public void Flush()
    {
        if (_used > 0)
            _output.Advance(_used);
        _span = default;
        _used = 0;
    }

    private void Reserve(int bytes)
    {
        if (_span.Length - _used >= bytes)
            return;
        Flush();
        _span = _output.GetSpan(Math.Max(bytes, StepBytes));
    }
}
