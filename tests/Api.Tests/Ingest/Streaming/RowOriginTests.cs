using System.Text;
using Drift.Api.Ingest;
using Drift.Api.Rows;
using Drift.Api.Tests.Rows;

namespace Drift.Api.Tests.Ingest.Streaming;

/// <summary>What is wrong with a part of a body reads as if the whole body had been read: the same row, the same line, the same words.</summary>
public sealed class RowOriginTests
{
    [Theory]
    [InlineData(false, "{\"features\":{\"a\":1},\"nope\":2}")]
    [InlineData(false, "{\"features\":{\"a\":1},\"line 1: rows[0]\":2}")]
    [InlineData(false, "{\"features\":{\"a\":1}")]
    [InlineData(false, "{\"features\":{\"a\":1},\"ts\":\"yesterday\"}")]
    [InlineData(false, "{\"features\":{\"a\":1},\"id\":\"\"}")]
    [InlineData(false, "[1]")]
    [InlineData(false, "{\"features\":{\"rows[0]\":[[[[[[[[[[[[1]]]]]]]]]]]]}}")]
    [InlineData(false, "{\"features\":{\"\u00FF\":1}}")]
    [InlineData(true, "1,2,3")]
    [InlineData(true, "1,x\"y")]
    [InlineData(true, "\"1,2")]
    [InlineData(true, "line 7: x\",2")]
    public void A_fault_is_placed_as_if_the_whole_body_had_been_read(bool csv, string bad)
    {
        var format = csv ? RowFormat.Csv : RowFormat.Ndjson;
        var header = csv ? "a,b\n" : "";
        var before = string.Concat(Enumerable.Repeat(csv ? "1,2\n" : "{\"features\":{\"a\":1}}\n", 5));
        var whole = Fault(format, header + before + bad);
        var part = Fault(format, header + bad);

        Assert.NotEqual(whole, part);
        Assert.Equal(whole, new RowOrigin(5, 5).Place(part));
        Assert.Equal(part, RowOrigin.Body.Place(part));
    }

    // One byte of one of the texts is none of UTF-8.
    private static RowFault Fault(RowFormat format, string text) => RowsOf.Fault(format, Encoding.Latin1.GetBytes(text));
}
