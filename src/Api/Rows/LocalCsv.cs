using System.Buffers;
using Drift.Core.Rows;

namespace Drift.Api.Rows;

/// <summary>
/// Reads CSV that lies on this machine with the reader that requests go through, so that a file means the same offline and over
/// HTTP. The limits of a request on rows and cells do not apply: it is the caller's own memory.
/// </summary>
public static class LocalCsv
{
    /// <summary>Reads a complete CSV text with a header line.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="into">Where the rows go; what it held is forgotten first, and after a fault it is empty.</param>
    /// <param name="purpose">What the rows are for, as messages name it.</param>
    /// <param name="id">Header name of the prediction id; null for <c>id</c> or <c>prediction_id</c>, if there.</param>
    /// <param name="prediction">Header name of the model's output; null for <c>prediction</c>, if there.</param>
    /// <param name="score">Header name of the score; null for <c>score</c>, if there.</param>
    /// <param name="label">Header name of the ground truth; null for <c>label</c>, if there.</param>
    /// <param name="ignore">Header names to leave out.</param>
    /// <exception cref="InvalidDataException">The text cannot be read; the message says on which line and what is wrong.</exception>
    public static void Read(
        ReadOnlyMemory<byte> utf8,
        RowBatch into,
        string purpose,
        string? id = null,
        string? prediction = null,
        string? score = null,
        string? label = null,
        IEnumerable<string>? ignore = null)
    {
        var mapping = new CsvMapping
        {
            Id = id,
            Prediction = prediction,
            Score = score,
            Label = label,
            Ignore = (ignore ?? []).ToHashSet(StringComparer.Ordinal),
        };
        var limits = RowReaderLimits.Default with { MaxRows = int.MaxValue, MaxCells = long.MaxValue, MaxColumns = 10_000 };
        var result = RowReaders.Read(RowFormat.Csv, new ReadOnlySequence<byte>(utf8), into, limits, purpose, mapping);
        if (!result.Succeeded)
            throw new InvalidDataException(result.Faults[0].Message);
    }
}
