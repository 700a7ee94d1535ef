using System.Globalization;

namespace Drift.Standalone.Commands;

/// <summary>A half-open range of rows, counted from 0 without the header: <c>100-200</c> is rows 100 to 199.</summary>
/// <param name="From">The first row.</param>
/// <param name="To">The row after the last.</param>
internal readonly record struct RowRange(int From, int To)
{
    /// <summary>How many rows it holds.</summary>
    public int Count => To - From;

    /// <summary>Reads <c>A-B</c>.</summary>
    public static bool TryParse(string text, out RowRange range)
    {
        range = default;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash <= 0
            || !int.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            || !int.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var to)
            || from >= to)
        {
            return false;
        }

        range = new RowRange(from, to);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From}-{To}");
}
