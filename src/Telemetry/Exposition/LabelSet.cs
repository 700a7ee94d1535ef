using System.Globalization;
using System.Text;

namespace Drift.Telemetry.Exposition;

/// <summary>The labels of one series in their canonical form: sanitized, sorted by name, each name once.</summary>
internal sealed class LabelSet
{
    private readonly KeyValuePair<string, string>[] _labels;

    private LabelSet(KeyValuePair<string, string>[] labels)
    {
        _labels = labels;
        Key = Format(labels, withEmpty: false);
    }

    /// <summary>
    /// Equal for equal series. Labels without a value do not count: to Prometheus <c>{a=""}</c> and <c>{}</c> are the same series.
    /// </summary>
    public string Key { get; }

    /// <summary>Builds the labels of a measurement; where a name comes twice, the later tag wins.</summary>
    /// <param name="constant">Tags of the meter and the instrument, which a measurement's own tags override.</param>
    /// <param name="tags">Tags of the measurement.</param>
    /// <param name="renameBound">
    /// True for a histogram, where <c>le</c> is the bucket's bound and a tag of that name becomes <c>exported_le</c>.
    /// </param>
    public static LabelSet Create(
        ReadOnlySpan<KeyValuePair<string, object?>> constant, ReadOnlySpan<KeyValuePair<string, object?>> tags, bool renameBound)
    {
        var labels = new SortedList<string, string>(constant.Length + tags.Length, StringComparer.Ordinal);
        Add(constant, labels, renameBound);
        Add(tags, labels, renameBound);
        return new LabelSet([.. labels]);
    }

    /// <summary>The text between the braces of a sample, in UTF-8.</summary>
    public byte[] ToUtf8() => Encoding.UTF8.GetBytes(Format(_labels, withEmpty: true));

    public bool ContainsAll(IReadOnlyList<KeyValuePair<string, string>> wanted)
    {
        for (var i = 0; i < wanted.Count; i++)
        {
            if (Array.IndexOf(_labels, wanted[i]) < 0)
                return false;
        }

        return true;
    }

    private static void Add(ReadOnlySpan<KeyValuePair<string, object?>> tags, SortedList<string, string> labels, bool renameBound)
    {
        foreach (var tag in tags)
        {
            var name = MetricNames.Label(tag.Key);
            labels[renameBound && name == "le" ? "exported_le" : name] = ValueOf(tag.Value);
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

    private static string Format(KeyValuePair<string, string>[] labels, bool withEmpty)
    {
        var builder = new StringBuilder();
        foreach (var (name, value) in labels)
        {
            if (value.Length == 0 && !withEmpty)
                continue;
            if (builder.Length > 0)
                builder.Append(',');
            builder.Append(name).Append("=\"");
            Escaping.Append(builder, value, quotes: true);
            builder.Append('"');
        }

        return builder.ToString();
    }
}
