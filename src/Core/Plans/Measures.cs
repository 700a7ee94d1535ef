using System.Text;
using Drift.Core.Rows;

namespace Drift.Core.Plans;

/// <summary>The numbers that numeric columns take from cells.</summary>
internal static class Measures
{
    /// <summary>The measure of a cell; false when the cell has none (missing, or a value of another type).</summary>
    public static bool TryMeasure(Cells cells, int row, TextTable texts, Measure measure, out double value)
    {
        var tag = cells.Tag(row);
        switch (measure)
        {
            case Measure.Value when tag is CellTag.Number or CellTag.Boolean:
                value = cells.Number(row);
                return true;
            case Measure.VectorNorm when tag == CellTag.Vector:
                value = Norm(cells.Vector(row));
                return true;
            case Measure.TextLength or Measure.TextTokens or Measure.TextNonAscii when tag == CellTag.Text || (tag == CellTag.Number && cells.Text(row) >= 0):
                value = OfText(texts[cells.Text(row)], measure);
                return true;
            default:
                value = 0;
                return false;
        }
    }

    public static double Norm(ReadOnlySpan<float> vector)
    {
        var sum = 0.0;
        foreach (var value in vector)
            sum += (double)value * value;
        return Math.Sqrt(sum);
    }

    public static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        return Math.Sqrt(sum);
    }

    public static bool IsFinite(ReadOnlySpan<float> vector)
    {
        foreach (var value in vector)
        {
            if (!float.IsFinite(value))
                return false;
        }

        return true;
    }

    private static double OfText(ReadOnlySpan<byte> utf8, Measure measure)
    {
        int characters = 0, nonAscii = 0, tokens = 0;
        var inToken = false;
        while (!utf8.IsEmpty)
        {
            Rune.DecodeFromUtf8(utf8, out var rune, out var consumed);
            utf8 = utf8[consumed..];
            characters += rune.Utf16SequenceLength;
            nonAscii += rune.IsAscii ? 0 : rune.Utf16SequenceLength;
            var space = Rune.IsWhiteSpace(rune);
            tokens += !space && !inToken ? 1 : 0;
            inToken = !space;
        }

        return measure switch
        {
            Measure.TextLength => characters,
            Measure.TextTokens => tokens,
            _ => characters == 0 ? 0 : (double)nonAscii / characters,
        };
    }
}
