using System.Buffers;
using System.Globalization;
using System.Text;
using Drift.Api.Rows;
using Drift.Core.Rows;

namespace Drift.Api.Tests.Rows;

/// <summary>Short forms for reading texts and comparing what came of them.</summary>
internal static class RowsOf
{
    public static RowBatch Json(string body, RowReaderLimits? limits = null) => Batch(RowFormat.Json, body, limits);

    public static RowBatch Ndjson(string body) => Batch(RowFormat.Ndjson, body);

    public static RowBatch Csv(string body, CsvMapping? mapping = null) => Batch(RowFormat.Csv, body, null, mapping);

    public static RowBatch Batch(RowFormat format, string body, RowReaderLimits? limits = null, CsvMapping? mapping = null)
    {
        var batch = new RowBatch();
        var result = Read(format, new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body)), batch, limits, mapping);
        Assert.True(result.Succeeded, result.Succeeded ? "" : result.Faults[0].Message);
        return batch;
    }

    public static RowFault Fault(RowFormat format, string body, RowReaderLimits? limits = null, CsvMapping? mapping = null) =>
        Fault(format, Encoding.UTF8.GetBytes(body), limits, mapping);

    public static RowFault Fault(RowFormat format, byte[] body, RowReaderLimits? limits = null, CsvMapping? mapping = null)
    {
        var batch = new RowBatch();
        var result = Read(format, new ReadOnlySequence<byte>(body), batch, limits, mapping);
        Assert.False(result.Succeeded);
        Assert.Equal(0, batch.Count);
        Assert.Empty(batch.Features);
        return Assert.Single(result.Faults);
    }

    public static ReadResult Read(
        RowFormat format, ReadOnlySequence<byte> body, RowBatch into, RowReaderLimits? limits = null, CsvMapping? mapping = null) =>
        RowReaders.Read(format, body, into, limits ?? RowReaderLimits.Default, "predictions", mapping);

    /// <summary>The same bytes in segments that end at the cuts.</summary>
    public static ReadOnlySequence<byte> Split(byte[] bytes, params int[] cuts)
    {
        var from = 0;
        Segment? first = null;
        Segment? last = null;
        foreach (var to in cuts.Append(bytes.Length))
        {
            var segment = new Segment(bytes.AsMemory(from, to - from), last);
            first ??= segment;
            last = segment;
            from = to;
        }

        return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
    }

    /// <summary>All there is in a result and a batch, as text.</summary>
    public static string Dump(ReadResult result, RowBatch batch)
    {
        var text = new StringBuilder().Append("batch ").AppendLine(result.BatchId);
        foreach (var fault in result.Faults)
            text.AppendLine(fault.ToString());
        for (var row = 0; row < batch.Count; row++)
            text.Append(CultureInfo.InvariantCulture, $"{row}: {(batch.Id(row) < 0 ? "-" : batch.Texts.GetString(batch.Id(row)))} {batch.Time(row)}").AppendLine();
        Add("prediction", batch.Prediction);
        Add("score", batch.Score);
        Add("label", batch.Label);
        Add("adapter", batch.Serving.Adapter);
        Add("latency_ms", batch.Serving.LatencyMs);
        Add("tokens.prompt", batch.Serving.PromptTokens);
        Add("tokens.completion", batch.Serving.CompletionTokens);
        Add("cache", batch.Serving.Cache);
        foreach (var cells in batch.Features)
            Add("feature " + cells.Name, cells);
        foreach (var cells in batch.Segments)
            Add("segment " + cells.Name, cells);
        foreach (var cells in batch.ClassScores)
            Add("class " + cells.Name, cells);
        return text.ToString();

        void Add(string name, Cells cells)
        {
            text.Append(name).Append(':');
            for (var row = 0; row < batch.Count; row++)
                text.Append(' ').Append(Show(cells, row, batch.Texts));
            text.AppendLine();
        }
    }

    public static string Show(Cells cells, int row, TextTable texts) => cells.Tag(row) switch
    {
        CellTag.Number => "number " + cells.Number(row).ToString("R", CultureInfo.InvariantCulture) +
            (cells.Text(row) < 0 ? "" : $" '{texts.GetString(cells.Text(row))}'"),
        CellTag.Text => $"text '{texts.GetString(cells.Text(row))}'",
        CellTag.Boolean => cells.Number(row) != 0 ? "true" : "false",
        CellTag.Vector => "[" + string.Join(' ', cells.Vector(row).ToArray().Select(v => v.ToString("R", CultureInfo.InvariantCulture))) + "]",
        CellTag.Invalid => "invalid",
        _ => "missing",
    };

    public static string Feature(this RowBatch batch, string name, int row) => Show(batch.FindFeature(name)!, row, batch.Texts);

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is null)
                return;
            previous.Next = this;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
        }
    }
}
