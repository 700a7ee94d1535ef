using Drift.Api.Rows;

namespace Drift.Api.Tests.Rows;

public sealed class RowFormatsTests
{
    [Theory]
    [InlineData("application/json", nameof(RowFormat.Json))]
    [InlineData("Application/JSON; charset=UTF-8", nameof(RowFormat.Json))]
    [InlineData("application/json; charset=\"utf-8\"", nameof(RowFormat.Json))]
    [InlineData("application/x-ndjson", nameof(RowFormat.Ndjson))]
    [InlineData("application/jsonlines", nameof(RowFormat.Ndjson))]
    [InlineData("application/x-jsonlines;charset=utf8", nameof(RowFormat.Ndjson))]
    [InlineData("text/csv; header=present", nameof(RowFormat.Csv))]
    [InlineData("text/csv", nameof(RowFormat.Csv))]
    public void A_known_type_gives_its_format(string contentType, string expected)
    {
        Assert.True(RowFormats.TryFromContentType(contentType, out var format));
        Assert.Equal(expected, format.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("json")]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("text/csv; charset=latin1")]
    [InlineData("text/csv; header=absent")]
    public void Any_other_type_gives_none(string? contentType) => Assert.False(RowFormats.TryFromContentType(contentType, out _));
}
