using System.Text;
using Drift.Api.Rows;
using Drift.Core.Rows;

namespace Drift.Api.Tests.Rows;

public sealed class NdjsonAndColumnarTests
{
    [Fact]
    public void A_line_is_a_row_and_blank_lines_are_none()
    {
        var batch = RowsOf.Ndjson("\n{\"id\": \"a\", \"features\": {\"x\": 1}}\r\n  \r\n\r\n{\"id\": \"b\", \"features\": {\"x\": [1, 2]}}");
        Assert.Equal(2, batch.Count);
        Assert.Equal("b", batch.Texts.GetString(batch.Id(1)));
        Assert.Equal("[1 2]", batch.Feature("x", 1));
    }

    [Theory]
    [InlineData("{}\n\n{\"age\": 1}", "rows[1]", 1, "line 3: unknown field 'age' in rows[1]; features belong inside \"features\"")]
    [InlineData("{}\n[1]\n", "rows[1]", 1, "line 2: rows[1] must be a row object, found an array.")]
    [InlineData("{}\n{\"id\": \n1}", "rows[1]", 1, "not valid JSON at line 2, byte 8: ")]
    [InlineData("{}\n{} {}\n", "rows[1]", 1, "not valid JSON at line 2, byte 4: ")]
    [InlineData("{}\n{\"ts\": \"x\"}", "rows[1].ts", 1, "line 2: rows[1].ts must be an RFC 3339 time")]
    [InlineData(" \n\r\n", "", null, "The body has no rows, send at least one row.")]
    public void A_fault_names_the_line_and_the_row(string body, string path, int? row, string message)
    {
        var fault = RowsOf.Fault(RowFormat.Ndjson, body);
        Assert.Equal((path, row), (fault.Path, fault.Row));
        Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(RowFormat.Json))]
    [InlineData(nameof(RowFormat.Columnar))]
    public void Columns_give_the_same_batch_as_the_rows_they_stand_for(string format)
    {
        const string columns =
            """
            {"batch_id": "b", "columns": {"id": ["p", 2, null], "ts": [1700000000, "2026-11-20T12:00:00Z", null], "prediction": ["a", 1, true],
              "score": {"a": [0.5, null, 1], "b": [1, 2, 3]}, "label": [null, null, "a"], "features": {"age": [1, "x", null], "v": [[1, 2], [], 3]},
              "segment": {"region": ["eu", "us", null]}, "adapter": ["v1", null, "v2"], "latency_ms": [1, 2, 3], "tokens": {"prompt": [1, 2, null], "total": [5, 6, 7]}, "cache": null}}
            """;
        const string rows =
            """
            {"batch_id": "b", "rows": [
              {"id": "p", "ts": 1700000000, "prediction": "a", "score": {"a": 0.5, "b": 1}, "label": null, "features": {"age": 1, "v": [1, 2]}, "segment": {"region": "eu"}, "adapter": "v1", "latency_ms": 1, "tokens": {"prompt": 1}},
              {"id": 2, "ts": "2026-11-20T12:00:00Z", "prediction": 1, "score": {"a": null, "b": 2}, "features": {"age": "x", "v": []}, "segment": {"region": "us"}, "latency_ms": 2, "tokens": {"total": 6, "prompt": 2}},
              {"prediction": true, "score": {"a": 1, "b": 3}, "label": "a", "features": {"age": null, "v": 3}, "segment": {"region": null}, "adapter": "v2", "latency_ms": 3, "cache": null}]}
            """;
        var one = new RowBatch();
        var two = new RowBatch();
        var first = RowsOf.Read(Enum.Parse<RowFormat>(format), new(Encoding.UTF8.GetBytes(columns)), one);
        var second = RowsOf.Read(RowFormat.Json, new(Encoding.UTF8.GetBytes(rows)), two);
        Assert.Equal(RowsOf.Dump(second, two), RowsOf.Dump(first, one));
        Assert.Equal(3, one.Count);
    }

    [Fact]
    public void A_plain_score_column_is_the_score()
    {
        var batch = RowsOf.Json("""{"columns": {"score": [0.25, null]}}""");
        Assert.Equal("number 0.25", RowsOf.Show(batch.Score, 0, batch.Texts));
        Assert.Equal("missing", RowsOf.Show(batch.Score, 1, batch.Texts));
    }

    [Theory]
    [InlineData("""{"columns": {"id": [1, 2], "features": {"age": [1]}}}""", "columns.features.age", null,
        "columns.features.age has 1 elements, columns.id has 2; all arrays must have the same length.")]
    [InlineData("""{"columns": {"features": {"a": [1], "b": [1, [2], {"x": 3}]}}}""", "columns.features.b", null,
        "columns.features.b has 3 elements, columns.features.a has 1; all arrays must have the same length.")]
    [InlineData("""{"columns": {"id": [], "label": [1]}}""", "columns.label", null, "columns.label has 1 elements, columns.id has 0;")]
    [InlineData("""{"columns": {"id": [1], "tokens": {"prompt": [1, 2]}}}""", "columns.tokens.prompt", null, "columns.tokens.prompt has 2 elements, columns.id has 1;")]
    [InlineData("""{"columns": {}}""", "columns", null, "columns is empty, send arrays with at least one row.")]
    [InlineData("""{"columns": {"id": []}}""", "columns", null, "columns is empty, send arrays with at least one row.")]
    [InlineData("""{"columns": []}""", "columns", null, "columns must be an object of arrays, found an array.")]
    [InlineData("""{"columns": {"age": [1]}}""", "columns", null, "unknown field 'age' in columns; features belong inside \"features\"")]
    [InlineData("""{"columns": {"id": [1], "id": [1]}}""", "columns.id", null, "columns.id is given twice.")]
    [InlineData("""{"columns": {"features": {"a": [1], "a": [1]}}}""", "columns.features.a", null, "columns.features.a is given twice.")]
    [InlineData("""{"columns": {"features": [1]}}""", "columns.features", null, "columns.features must be an object of arrays, found an array.")]
    [InlineData("""{"columns": {"features": {"a": 1}}}""", "columns.features.a", null, "columns.features.a must be an array, found a number.")]
    [InlineData("""{"columns": {"ts": [0, "x"]}}""", "columns.ts[1]", 1, "columns.ts[1] must be an RFC 3339 time")]
    [InlineData("""{"columns": {"score": [0, "x"]}}""", "columns.score[1]", 1, "columns.score[1] must be a number, found a string.")]
    [InlineData("""{"columns": {"score": {"a": [0, "x"]}}}""", "columns.score.a[1]", 1, "columns.score.a[1] must be a number, found a string.")]
    [InlineData("""{"columns": {"segment": {"r": [{}]}}}""", "columns.segment.r[0]", 0, "columns.segment.r[0] must be a string, a number, true, false or null, found an object.")]
    [InlineData("""{"columns": {"id": [1]}, "rows": [{}]}""", "rows", null, "rows and columns exclude each other, send one of them.")]
    public void Malformed_columns_are_refused_with_place_and_remedy(string body, string path, int? row, string message)
    {
        var fault = RowsOf.Fault(RowFormat.Json, body);
        Assert.Equal((RowFaultKind.Malformed, path, row), (fault.Kind, fault.Path, fault.Row));
        Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
    }
}
