using Drift.Api.Errors;
using Drift.Api.Ingest;
using Drift.Api.Ingest.Streaming;
using Drift.Api.Rows;
using Drift.Api.Tests.Rows;

namespace Drift.Api.Tests.Ingest.Streaming;

public sealed class RowChunkerTests
{
    private static readonly ChunkLimits TwoRows = new(2, 1000, 100);

    [Fact]
    public async Task Lines_are_cut_into_chunks_that_know_their_first_row_and_line()
    {
        var cuts = await ChunkedText.CutAsync("{a}\n\n{b}\n{c}\r\n{d}\n \n{e}", RowFormat.Ndjson, TwoRows);
        Assert.Equal(
            [new("{a}\n\n{b}\n", 2, new RowOrigin(0, 0)), new("{c}\r\n{d}\n", 2, new RowOrigin(2, 3)), new(" \n{e}", 1, new RowOrigin(4, 5))], cuts);
    }

    [Fact]
    public async Task Every_chunk_of_a_csv_has_the_header_which_counts_no_line_of_its_own()
    {
        var cuts = await ChunkedText.CutAsync("a,b\r\n1,2\r\n3,4\r\n5,6\r\n", RowFormat.Csv, TwoRows);
        Assert.Equal([new("a,b\r\n1,2\r\n3,4\r\n", 2, new RowOrigin(0, 0)), new("a,b\r\n5,6\r\n", 1, new RowOrigin(2, 2))], cuts);
    }

    [Theory]
    [InlineData("a,b\n\"x\ny\",1\n\"say \"\"no\n\"\"\",2\n3,\"\"\n4,5\n")]
    [InlineData("\uFEFF\"a\nb\",c\n1,2\n\"3\",\"4\n\"\n5,6")]
    [InlineData("\n\r\na,b\n\n1,2\n\n\n3,4\n5,6\n\n")]
    [InlineData("a\n\"\"\"\"\n\"\"\n1")]
    public async Task A_csv_is_cut_where_its_reader_ends_rows_however_its_bytes_arrive(string body)
    {
        var whole = RowsIn(body);
        foreach (var piece in (int[])[1, 2, 3, 5, 7, int.MaxValue])
        {
            var cuts = await ChunkedText.CutAsync(body, RowFormat.Csv, TwoRows, piece);
            Assert.Equal(whole, cuts.SelectMany(c => RowsIn(c.Text)));
            Assert.All(cuts, c => Assert.Equal(c.Rows, RowsIn(c.Text).Count));
            Assert.Equal(await ChunkedText.CutAsync(body, RowFormat.Csv, TwoRows), cuts);
        }
    }

    [Fact]
    public async Task A_chunk_ends_with_the_row_in_which_it_has_its_bytes()
    {
        foreach (var piece in (int[])[1, 4, 100])
        {
            var cuts = await ChunkedText.CutAsync("{1}\n{22}\n{333}\n{4}\n", RowFormat.Ndjson, new ChunkLimits(100, 6, 50), piece);
            Assert.Equal(["{1}\n{22}\n", "{333}\n", "{4}\n"], cuts.Select(c => c.Text));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public async Task No_row_of_a_body_that_is_longer_than_a_buffer_is_lost(int rows)
    {
        var body = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"{i}\n"));
        var limits = new ChunkLimits(rows, 1000, 100);
        foreach (var piece in (int[])[1000, 100_000, int.MaxValue])
        {
            Assert.Equal(body, string.Concat((await ChunkedText.CutAsync(body, RowFormat.Ndjson, limits, piece)).Select(c => c.Text)));
            Assert.Equal(body, string.Concat((await ChunkedText.CutAsync("h\n" + body, RowFormat.Csv, limits, piece)).Select(c => c.Text["h\n".Length..])));
        }
    }

    [Fact]
    public async Task Any_number_of_blank_lines_is_no_row_and_takes_no_memory()
    {
        var cuts = await ChunkedText.CutAsync(new string('\n', 5000) + "{a}\n" + new string('\n', 5000), RowFormat.Ndjson, TwoRows, 700);
        var cut = Assert.Single(cuts);
        Assert.Equal((1, 5000L), (cut.Rows, cut.Origin.LinesBefore + cut.Text.TakeWhile(c => c == '\n').Count()));
        Assert.InRange(cut.Text.Length, 4, 1100);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    public async Task A_body_without_rows_is_one_chunk_for_its_reader_to_refuse(string body) =>
        Assert.Equal(0, Assert.Single(await ChunkedText.CutAsync(body, RowFormat.Ndjson, TwoRows)).Rows);

    [Theory]
    [InlineData(false, "{1}\n{2}\n{3}\n", 3)]
    [InlineData(true, "a\n1\n2\n3\n\"", 3)]
    [InlineData(true, "", null)]
    public async Task A_row_that_is_too_long_is_refused_before_it_has_come_as_a_whole(bool csv, string before, int? row)
    {
        var refused = await Assert.ThrowsAsync<ApiException>(
            () => ChunkedText.CutAsync(before + new string('x', 10_000), csv ? RowFormat.Csv : RowFormat.Ndjson, new ChunkLimits(100, 1000, 100), 50));
        Assert.Equal((ErrorKind.TooLarge, (long?)row), (refused.Kind, refused.Row));
        Assert.Contains("more than 100 bytes", refused.Message, StringComparison.Ordinal);
    }

    private static List<string> RowsIn(string csv)
    {
        var batch = RowsOf.Csv(csv);
        return [.. Enumerable.Range(0, batch.Count).Select(r => string.Join('|', batch.Features.Select(f => f.Category(r, batch.Texts))))];
    }
}
