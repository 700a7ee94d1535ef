using System.Buffers;
using System.Globalization;
using System.Text;

namespace Drift.Telemetry.Exposition;

/// <summary>
/// Writes the labels of a measurement in their canonical form: sanitized, sorted by name, each name once. Used again and again it allocates
/// nothing. Not thread-safe.
/// </summary>
internal sealed class LabelWriter
{
    private readonly List<(string Name, string Value)> _labels = [];
    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly ArrayBufferWriter<byte> _key = new();
    private bool _hasEmpty;

    /// <summary>The text between the braces of a sample, in UTF-8; until the next labels are written.</summary>
    public ReadOnlySpan<byte> Text => _text.WrittenSpan;

    /// <summary>
    /// Equal for equal series. Labels without a value do not count: to Prometheus <c>{a=""}</c> and <c>{}</c> are the same series. Until the
    /// next labels are written.
    /// </summary>
    public ReadOnlySpan<byte> Key => _hasEmpty ? _key.WrittenSpan : _text.WrittenSpan;

    /// <summary>Writes the labels of a measurement; where a name comes twice, the later tag wins.</summary>
    /// <param name="constant">Tags of the meter and the instrument, which a measurement's own tags override.</param>
    /// <param name="tags">Tags of the measurement.</param>
    /// <param name="renameBound">
    /// True for a histogram, where <c>le</c> is the bucket's bound and a tag of that name becomes <c>exported_le</c>.
    /// </param>
    public void Write(ReadOnlySpan<KeyValuePair<string, object?>> constant, ReadOnlySpan<KeyValuePair<string, object?>> tags, bool renameBound)
    {
        _labels.Clear();
        Add(constant, renameBound);
        Add(tags, renameBound);
        Format(_text, withEmpty: true);
        if (_hasEmpty)
            Format(_key, withEmpty: false);
    }

    /// <summary>A label as it stands in <see cref="Text"/>.</summary>
    public static byte[] Label(string name, string value)
    {
        var writer = new ArrayBufferWriter<byte>();
        Append(writer, name, value);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Whether labels hold one, which may be empty and stand nowhere.</summary>
    /// <param name="text">As <see cref="Text"/>.</param>
    /// <param name="label">As of <see cref="Label"/>.</param>
    public static bool Contains(ReadOnlySpan<byte> text, ReadOnlySpan<byte> label)
    {
        // A quote within a value is escaped, so name, equals sign and quote stand only where a label begins.
        for (var from = 0; text[from..].IndexOf(label) is >= 0 and var at; from += at + 1)
        {
            if (from + at == 0 || text[from + at - 1] == (byte)',')
                return true;
        }

        return false;
    }

    private void Add(ReadOnlySpan<KeyValuePair<string, object?>> tags, bool renameBound)
    {
        foreach (var tag in tags)
        {
            var name = MetricNames.Label(tag.Key);
            if (renameBound && name == "le")
                name = "exported_le";
            // They are few: from the end, where they come in order.
            var place = _labels.Count;
            var order = 1;
            while (place > 0 && (order = string.CompareOrdinal(name, _labels[place - 1].Name)) < 0)
                place--;
            if (place > 0 && order == 0)
                _labels[place - 1] = (name, ValueOf(tag.Value));
            else
                _labels.Insert(place, (name, ValueOf(tag.Value)));
        }
    }

    private static string ValueOf(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private void Format(ArrayBufferWriter<byte> into, bool withEmpty)
    {
        into.ResetWrittenCount();
        if (withEmpty)
            _hasEmpty = false;
        foreach (var (name, value) in _labels)
        {
            _hasEmpty |= value.Length == 0;
            if (value.Length == 0 && !withEmpty)
                continue;
            if (into.WrittenCount > 0)
                into.Write(","u8);
            Append(into, name, value);
        }
    }

    private static void Append(ArrayBufferWriter<byte> into, string name, string value)
    {
        Encoding.UTF8.GetBytes(name, into);
        into.Write("=\""u8);
        Escaping.Append(into, value, quotes: true);
        into.Write("\""u8);
    }
}
