using System.Globalization;
using System.Text;
using Drift.Api.Rows;
using Drift.Core.Rows;

namespace Drift.Api.Tests.Rows;

public sealed class JsonRowReaderTests
{
    private const string Full =
        """
        {"batch_id": "b-17", "rows": [{"id": "p-1", "ts": "2026-11-20T12:00:00Z", "features": {"age": 41, "job": "nurse"},
          "prediction": "approve", "score": 0.83, "label": "approve", "segment": {"region": "eu"}, "adapter": "v3",
          "latency_ms": 12.5, "tokens": {"prompt": 120, "completion": 40}, "cache": "hit"}]}
        """;

    [Fact]
    public void A_row_with_every_field_is_read()
    {
        var batch = new RowBatch();
        var result = RowsOf.Read(RowFormat.Json, new(Encoding.UTF8.GetBytes(Full)), batch);

        Assert.Equal("b-17", result.BatchId);
        Assert.Equal(1, batch.Count);
        Assert.Equal("p-1", batch.Texts.GetString(batch.Id(0)));
        Assert.Equal(new DateTime(2026, 11, 20, 12, 0, 0, DateTimeKind.Utc).Ticks, batch.Time(0));
        Assert.Equal(["age", "job"], batch.Features.Select(c => c.Name));
        Assert.Equal("number 41", batch.Feature("age", 0));
        Assert.Equal("text 'nurse'", batch.Feature("job", 0));
        Assert.Equal("text 'approve'", RowsOf.Show(batch.Prediction, 0, batch.Texts));
        Assert.Equal("number 0.83", RowsOf.Show(batch.Score, 0, batch.Texts));
        Assert.Equal("text 'approve'", RowsOf.Show(batch.Label, 0, batch.Texts));
        Assert.Equal("text 'eu'", RowsOf.Show(Assert.Single(batch.Segments), 0, batch.Texts));
        Assert.Equal("text 'v3'", RowsOf.Show(batch.Serving.Adapter, 0, batch.Texts));
        Assert.Equal("number 12.5", RowsOf.Show(batch.Serving.LatencyMs, 0, batch.Texts));
        Assert.Equal(("number 120", "number 40"), (RowsOf.Show(batch.Serving.PromptTokens, 0, batch.Texts), RowsOf.Show(batch.Serving.CompletionTokens, 0, batch.Texts)));
        Assert.Equal("true", RowsOf.Show(batch.Serving.Cache, 0, batch.Texts));
    }

    [Theory]
    [InlineData("\"hit\"", "true")]
    [InlineData("\"Miss\"", "false")]
    [InlineData("\"stale\"", "invalid")]
    [InlineData("null", "missing")]
    public void A_cache_is_hit_or_missed_and_any_other_word_is_no_answer(string value, string expected)
    {
        var batch = RowsOf.Json($"{{\"rows\": [{{\"cache\": {value}}}, {{\"cache\": {value}}}]}}");
        Assert.Equal((expected, expected), (RowsOf.Show(batch.Serving.Cache, 0, batch.Texts), RowsOf.Show(batch.Serving.Cache, 1, batch.Texts)));
    }

    [Fact]
    public void The_name_of_no_adapter_is_that_of_the_base_model()
    {
        var batch = RowsOf.Json("""{"rows": [{"adapter": "v1"}, {"adapter": ""}, {"adapter": null}, {}]}""");
        Assert.Equal([CellTag.Text, CellTag.Missing, CellTag.Missing, CellTag.Missing], Enumerable.Range(0, 4).Select(batch.Serving.Adapter.Tag));
    }

    [Theory]
    [InlineData("12", "number 12")]
    [InlineData("-0", "number -0")]
    [InlineData("1e400", "number Infinity")]
    [InlineData("-1E400", "number -Infinity")]
    [InlineData("1e99999999999", "number Infinity")]
    [InlineData("1e-99999999999", "number 0")]
    [InlineData("\"12\"", "text '12'")]
    [InlineData("\"NaN\"", "text 'NaN'")]
    [InlineData("\"\"", "text ''")]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    [InlineData("null", "missing")]
    [InlineData("[1, -2.5, 3e0]", "[1 -2.5 3]")]
    [InlineData("[1e300]", "[Infinity]")]
    [InlineData("[]", "invalid")]
    [InlineData("[1, null]", "invalid")]
    [InlineData("[1, \"2\", {\"x\": [3]}, 4]", "invalid")]
    [InlineData("[[1], [2]]", "invalid")]
    [InlineData("{}", "invalid")]
    [InlineData("{\"x\": {\"y\": [1, {\"z\": 2}]}}", "invalid")]
    [InlineData("\"\\u00e9\\uD83D\\uDE00\\n\\\"\"", "text 'é😀\n\"'")]
    public void A_feature_value_becomes_the_cell_that_it_is(string value, string expected)
    {
        var batch = RowsOf.Json("{\"rows\": [{\"features\": {\"x\": " + value + ", \"after\": 7}}, {\"features\": {\"after\": 8}}]}");
        Assert.Equal(expected, batch.Feature("x", 0));
        Assert.Equal("missing", batch.Feature("x", 1));
        Assert.Equal("number 7", batch.Feature("after", 0));
        Assert.Equal("number 8", batch.Feature("after", 1));
    }

    [Fact]
    public void Names_with_escapes_are_the_same_columns_as_without()
    {
        var batch = RowsOf.Json("""{"rows": [{"features": {"\u00e9t\u00E9": 1, "größe": 2}}, {"f\u0065atures": {"été": 3, "gr\u00f6\u00dfe": 4, "\ud83d\ude00": 5}}]}""");
        Assert.Equal(["été", "größe", "😀"], batch.Features.Select(c => c.Name));
        Assert.Equal("number 3", batch.Feature("été", 1));
        Assert.Equal("number 4", batch.Feature("größe", 1));
    }

    [Fact]
    public void A_score_by_class_fills_one_column_per_class()
    {
        var batch = RowsOf.Json("""{"rows": [{"score": {"cat": 0.7, "dog": 0.3}}, {"score": 0.5}, {"score": {"dog": null}}]}""");
        Assert.Equal("number 0.7", RowsOf.Show(batch.FindClassScore("cat")!, 0, batch.Texts));
        Assert.Equal("missing", RowsOf.Show(batch.FindClassScore("dog")!, 2, batch.Texts));
        Assert.Equal("number 0.5", RowsOf.Show(batch.Score, 1, batch.Texts));
        Assert.Equal("missing", RowsOf.Show(batch.Score, 0, batch.Texts));
    }

    [Fact]
    public void An_id_may_be_an_integer_and_optional_fields_may_be_null()
    {
        var batch = RowsOf.Json(
            """
            {"batch_id": null, "rows": [{"id": 9007199254740993}, {"id": null, "ts": null, "features": null, "segment": null, "prediction": null,
              "score": null, "label": null, "adapter": null, "latency_ms": null, "tokens": null, "cache": null}, {}]}
            """);
        Assert.Equal(3, batch.Count);
        Assert.Equal("9007199254740993", batch.Texts.GetString(batch.Id(0)));
        Assert.Equal(-1, batch.Id(1));
        Assert.Equal(0, batch.Time(1));
        Assert.Equal(-1, batch.Id(2));
    }

    [Theory]
    [InlineData("\"2026-11-20T12:00:00Z\"", "2026-11-20T12:00:00.0000000")]
    [InlineData("\"2026-11-20t12:00:00.123456789z\"", "2026-11-20T12:00:00.1234567")]
    [InlineData("\"2026-11-20 12:00:00.5+02:00\"", "2026-11-20T10:00:00.5000000")]
    [InlineData("\"2026-11-20T12:00:00-00:30\"", "2026-11-20T12:30:00.0000000")]
    [InlineData("\"2016-12-31T23:59:60Z\"", "2017-01-01T00:00:00.0000000")]
    [InlineData("\"0001-01-01T00:00:00Z\"", "0001-01-01T00:00:00.0000001")]
    [InlineData("\"3000-02-28T00:00:00Z\"", "3000-02-28T00:00:00.0000000")]
    [InlineData("\"9999-12-31T23:59:59.9999999Z\"", "9999-12-31T23:59:59.9999999")]
    [InlineData("1700000000", "2023-11-14T22:13:20.0000000")]
    [InlineData("1700000000.1234567", "2023-11-14T22:13:20.1234567")]
    [InlineData("1.7e9", "2023-11-14T22:13:20.0000000")]
    [InlineData("1700000000123", "2023-11-14T22:13:20.1230000")]
    [InlineData("99999999999", "5138-11-16T09:46:39.0000000")]
    [InlineData("100000000000", "1973-03-03T09:46:40.0000000")]
    [InlineData("0", "1970-01-01T00:00:00.0000000")]
    [InlineData("-1", "1969-12-31T23:59:59.0000000")]
    [InlineData("-62135596800", "0001-01-01T00:00:00.0000001")]
    public void A_time_is_read_as_rfc_3339_or_unix_seconds_or_milliseconds(string ts, string expected)
    {
        var batch = RowsOf.Json($$"""{"rows": [{"ts": {{ts}}}]}""");
        Assert.Equal(expected, new DateTime(batch.Time(0)).ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("\"yesterday\"")]
    [InlineData("\"2026-11-20\"")]
    [InlineData("\"2026-11-20T12:00:00\"")]
    [InlineData("\"2026-02-29T12:00:00Z\"")]
    [InlineData("\"2026-13-01T12:00:00Z\"")]
    [InlineData("\"2026-11-20T24:00:00Z\"")]
    [InlineData("\"2026-11-20T12:60:00Z\"")]
    [InlineData("\"2026-11-20T12:00:00.Z\"")]
    [InlineData("\"2026-11-20T12:00:00+0200\"")]
    [InlineData("\"2026-11-20T12:00:00Z \"")]
    [InlineData("\"0000-01-01T00:00:00Z\"")]
    [InlineData("\"0001-01-01T00:00:00+01:00\"")]
    [InlineData("\"9999-12-31T23:59:59-01:00\"")]
    [InlineData("\"\"")]
    [InlineData("\"1700000000\"")]
    [InlineData("1e400")]
    [InlineData("-1e14")]
    [InlineData("300000000000000")]
    [InlineData("true")]
    [InlineData("[1]")]
    [InlineData("{}")]
    public void Any_other_time_is_refused_with_its_row(string ts)
    {
        var fault = RowsOf.Fault(RowFormat.Json, $$"""{"rows": [{}, {"ts": {{ts}}}]}""");
        Assert.Equal(("rows[1].ts", 1), (fault.Path, fault.Row));
        Assert.StartsWith("rows[1].ts must be an RFC 3339 time with its offset such as \"2026-11-20T12:00:00Z\", or Unix time", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"rows": [{"age": 3}]}""", "rows[0]", 0, "unknown field 'age' in rows[0]; features belong inside \"features\", beside id, ts,")]
    [InlineData("""{"rows": [], "x": 1}""", "rows", null, "rows is empty, send at least one row.")]
    [InlineData("""{"rows": [{}], "model": "m"}""", "", null, "unknown field 'model' at the top level; batch_id and rows (or columns) are expected.")]
    [InlineData("""{}""", "", null, "rows is missing; send {\"rows\": [{…}]} or {\"columns\": {…}}.")]
    [InlineData("""{"batch_id": "b"}""", "", null, "rows is missing")]
    [InlineData("""[{"features": {}}]""", "", null, "The body must be an object with \"rows\" or \"columns\", found an array; send {\"rows\": [{…}]}.")]
    [InlineData("12", "", null, "The body must be an object with \"rows\" or \"columns\", found a number")]
    [InlineData("""{"rows": {}}""", "rows", null, "rows must be an array of objects, found an object.")]
    [InlineData("""{"rows": null}""", "rows", null, "rows must be an array of objects, found null.")]
    [InlineData("""{"rows": [{}, 7]}""", "rows[1]", 1, "rows[1] must be a row object, found a number.")]
    [InlineData("""{"rows": [{}], "rows": [{}]}""", "rows", null, "rows is given twice.")]
    [InlineData("""{"rows": [{}], "columns": {}}""", "columns", null, "rows and columns exclude each other, send one of them.")]
    [InlineData("""{"batch_id": "a", "batch_id": "b", "rows": [{}]}""", "batch_id", null, "batch_id is given twice.")]
    [InlineData("""{"batch_id": 7, "rows": [{}]}""", "batch_id", null, "batch_id must be a string, found a number.")]
    [InlineData("""{"batch_id": "", "rows": [{}]}""", "batch_id", null, "batch_id must have 1 to 200 characters, none of them U+0000.")]
    [InlineData("""{"rows": [{"features": {"a": 1, "b": 2, "a": 3}}]}""", "rows[0].features.a", 0, "rows[0].features.a is given twice.")]
    [InlineData("""{"rows": [{"features": {"a": null, "\u0061": null}}]}""", "rows[0].features.a", 0, "rows[0].features.a is given twice.")]
    [InlineData("""{"rows": [{"id": 1, "id": 2}]}""", "rows[0].id", 0, "rows[0].id is given twice.")]
    [InlineData("""{"rows": [{"features": {}, "features": {}}]}""", "rows[0].features", 0, "rows[0].features is given twice.")]
    [InlineData("""{"rows": [{"segment": {"r": "a", "r": "b"}}]}""", "rows[0].segment.r", 0, "rows[0].segment.r is given twice.")]
    [InlineData("""{"rows": [{"score": {"c": 1, "c": 1}}]}""", "rows[0].score.c", 0, "rows[0].score.c is given twice.")]
    [InlineData("""{"rows": [{"features": [1]}]}""", "rows[0].features", 0, "rows[0].features must be an object, found an array.")]
    [InlineData("""{"rows": [{"features": {"": 1}}]}""", "rows[0].features", 0, "rows[0].features has a name that is empty or holds U+0000.")]
    [InlineData("""{"rows": [{"features": {"a\u0000": 1}}]}""", "rows[0].features", 0, "rows[0].features has a name that is empty or holds U+0000.")]
    [InlineData("""{"rows": [{"id": 1.5}]}""", "rows[0].id", 0, "rows[0].id must be a string or an integer, found a number that is not written as an integer.")]
    [InlineData("""{"rows": [{"id": true}]}""", "rows[0].id", 0, "rows[0].id must be a string or an integer, found true.")]
    [InlineData("""{"rows": [{"id": ""}]}""", "rows[0].id", 0, "rows[0].id must have 1 to 200 characters, none of them U+0000.")]
    [InlineData("""{"rows": [{"prediction": [1]}]}""", "rows[0].prediction", 0, "rows[0].prediction must be a string, a number, true, false or null, found an array.")]
    [InlineData("""{"rows": [{"label": {}}]}""", "rows[0].label", 0, "rows[0].label must be a string, a number, true, false or null, found an object.")]
    [InlineData("""{"rows": [{"label": "\u0000"}]}""", "rows[0].label", 0, "rows[0].label must not hold U+0000.")]
    [InlineData("""{"rows": [{"score": "0.5"}]}""", "rows[0].score", 0, "rows[0].score must be a number or an object of numbers by class, found a string.")]
    [InlineData("""{"rows": [{"score": {"a.b": "x"}}]}""", "rows[0].score[\"a.b\"]", 0, "rows[0].score[\"a.b\"] must be a number, found a string.")]
    [InlineData("""{"rows": [{"segment": "eu"}]}""", "rows[0].segment", 0, "rows[0].segment must be an object, found a string.")]
    [InlineData("""{"rows": [{"segment": {"r": [1]}}]}""", "rows[0].segment.r", 0, "rows[0].segment.r must be a string, a number, true, false or null, found an array.")]
    [InlineData("""{"rows": [{"adapter": 3}]}""", "rows[0].adapter", 0, "rows[0].adapter must be a string, found a number.")]
    [InlineData("""{"rows": [{"cache": true}]}""", "rows[0].cache", 0, "rows[0].cache must be a string, found true.")]
    [InlineData("""{"rows": [{"latency_ms": "5"}]}""", "rows[0].latency_ms", 0, "rows[0].latency_ms must be a number, found a string.")]
    [InlineData("""{"rows": [{"tokens": {"prompt": 1, "prompt": 2}}]}""", "rows[0].tokens.prompt", 0, "rows[0].tokens.prompt is given twice.")]
    [InlineData("""{"rows": [{}, {"tokens": {"prompt": 1, "prompt": 2}}]}""", "rows[1].tokens.prompt", 1, "rows[1].tokens.prompt is given twice.")]
    [InlineData("""{"rows": [{"adapter": "a\u0000"}]}""", "rows[0].adapter", 0, "rows[0].adapter must have at most 200 characters, none of them U+0000.")]
    [InlineData("""{"rows": [{"tokens": 5}]}""", "rows[0].tokens", 0, "rows[0].tokens must be an object, found a number.")]
    [InlineData("""{"rows": [{"tokens": {"prompt": "5"}}]}""", "rows[0].tokens", 0, "rows[0].tokens must be an object of numbers, found a string in it.")]
    [InlineData("""{"rows": [{"features": {"x": "\ud800"}}]}""", "rows[0]", 0, "rows[0] holds a string with half a surrogate pair (such as \\ud800 alone).")]
    [InlineData("""{"rows": [{"features": {"x": [[[[[[[[[1]]]]]]]]]}}]}""", "rows[0].features.x", 0, "rows[0].features.x is nested deeper than 8 levels.")]
    [InlineData("""{"rows": [{"features": {"x": {"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":[]}}}}}}}}}}]}""", "rows[0].features.x", 0, "rows[0].features.x is nested deeper than 8 levels.")]
    public void A_malformed_request_is_refused_with_place_and_remedy(string body, string path, int? row, string message)
    {
        var fault = RowsOf.Fault(RowFormat.Json, body);
        Assert.Equal(RowFaultKind.Malformed, fault.Kind);
        Assert.Equal((path, row), (fault.Path, fault.Row));
        Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"rows": [{}]} x""", 1, 16)]
    [InlineData("""{"rows": [{}]}{}""", 1, 15)]
    [InlineData("{\"rows\": [{\"features\": {\"x\": NaN}}]}", 1, 30)]
    [InlineData("{\"rows\": [{\"features\":\n {\"x\": Infinity}}]}", 2, 8)]
    [InlineData("{\"rows\": [\n{},\n// comment\n{}]}", 3, 1)]
    [InlineData("{\"rows\": [{},]}", 1, 14)]
    [InlineData("{\"rows\": [{\"id\": 'a'}]}", 1, 18)]
    [InlineData("{\"rows\": [{\"id\": \"a\nb\"}]}", 1, 20)]
    [InlineData("{\"rows\": [{\"id\": 01}]}", 1, 19)]
    [InlineData("{\"rows\": [{\"id\": +1}]}", 1, 18)]
    [InlineData("{\"rows\": [{\"id\"", 1, 16)]
    [InlineData("{\"rows\": [{}", 1, 13)]
    [InlineData("   \n", 2, 1)]
    public void What_is_not_json_is_refused_with_line_and_byte(string body, int line, int column)
    {
        var fault = RowsOf.Fault(RowFormat.Json, body);
        Assert.Equal(RowFaultKind.Malformed, fault.Kind);
        Assert.StartsWith($"not valid JSON at line {line}, byte {column}: ", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_cut_short_anywhere_is_refused()
    {
        var bytes = Encoding.UTF8.GetBytes(Full.TrimEnd());
        for (var length = 0; length < bytes.Length; length++)
            Assert.Equal(RowFaultKind.Malformed, RowsOf.Fault(RowFormat.Json, bytes[..length]).Kind);
    }

    [Fact]
    public void Invalid_utf8_is_refused_with_its_place()
    {
        var bytes = Encoding.UTF8.GetBytes("{\"rows\": [\n{\"id\": \"ab\"}]}");
        bytes[20] = 0xC3;
        var fault = RowsOf.Fault(RowFormat.Json, bytes);
        Assert.Equal("The body is not UTF-8: invalid bytes at line 2, byte 10.", fault.Message);
        Assert.StartsWith("The body is not UTF-8", RowsOf.Fault(RowFormat.Json, Encoding.Unicode.GetBytes("\uFEFF{}")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_is_no_harm_and_an_empty_body_is_said_to_be_empty()
    {
        Assert.Equal(1, RowsOf.Json("\uFEFF{\"rows\": [{}]}").Count);
        Assert.Equal("The body is empty; predictions rows are expected.", RowsOf.Fault(RowFormat.Json, "").Message);
        Assert.Equal("The body is empty; predictions rows are expected.", RowsOf.Fault(RowFormat.Json, "\uFEFF").Message);
    }

    [Fact]
    public void Limits_are_answered_as_too_large()
    {
        var limits = new RowReaderLimits { MaxRows = 2, MaxColumns = 2, MaxCells = 3, MaxCellBytes = 4, MaxNameLength = 3, MaxVectorLength = 2 };
        Expect("rows", "The request has more than 2 rows", """{"rows": [{}, {}, {}]}""");
        Expect("rows[0].features", "rows[0].features has more than 2 different names over all rows.", """{"rows": [{"features": {"a": 1, "b": 1, "c": 1}}]}""");
        Expect("rows", "2 rows of 2 columns are more than 3 cells", """{"rows": [{"features": {"a": 1, "b": 1}}, {}]}""");
        Expect("rows", "2 rows of 2 columns are more than 3 cells", """{"rows": [{}, {"features": {"a": 1, "b": 1}}]}""");
        Expect("rows[0].features.a", "rows[0].features.a is a text of 5 bytes, at most 4 are taken.", """{"rows": [{"features": {"a": "12345"}}]}""");
        Expect("rows[0].features", "rows[0].features has a name longer than 3 characters: 'abcd'.", """{"rows": [{"features": {"abcd": 1}}]}""");
        Expect("rows[0].features.a", "rows[0].features.a has more than 2 numbers.", """{"rows": [{"features": {"a": [1, 2, 3]}}]}""");
        Expect("columns", "The request has more than 2 rows", """{"columns": {"id": [1, 2, 3]}}""");
        Assert.Equal(1, RowsOf.Json("""{"rows": [{"features": {"äöü": "\u0061\u0062\u0063\u0064"}}]}""", limits).Count);

        void Expect(string path, string message, string body)
        {
            var fault = RowsOf.Fault(RowFormat.Json, body, limits);
            Assert.Equal((RowFaultKind.TooLarge, path), (fault.Kind, fault.Path));
            Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_id_and_a_batch_id_have_at_most_200_characters()
    {
        var longest = string.Concat(Enumerable.Repeat("é", 200));
        Assert.Equal(longest, Id(RowsOf.Json($$"""{"batch_id": "{{longest}}", "rows": [{"id": "{{longest}}"}]}""")));
        Assert.Equal("rows[0].id", RowsOf.Fault(RowFormat.Json, $$"""{"rows": [{"id": "{{longest}}x"}]}""").Path);
        Assert.Equal("batch_id", RowsOf.Fault(RowFormat.Json, $$"""{"batch_id": "{{longest}}x", "rows": [{}]}""").Path);
        Assert.Equal("rows[0].id", RowsOf.Fault(RowFormat.Csv, $"id\n{longest}x\n").Path);

        static string Id(RowBatch batch) => batch.Texts.GetString(batch.Id(0));
    }

    [Fact]
    public void A_column_that_one_late_row_names_cannot_take_memory_beyond_the_limit()
    {
        var body = new StringBuilder("{\"rows\": [");
        for (var i = 0; i < 99_999; i++)
            body.Append("{},");
        body.Append("{\"features\": {").AppendJoin(',', Enumerable.Range(0, 1000).Select(i => $"\"f{i}\": 1")).Append("}}]}");
        Assert.Equal(RowFaultKind.TooLarge, RowsOf.Fault(RowFormat.Json, body.ToString()).Kind);
    }

    [Fact]
    public void A_batch_is_cleared_before_and_after_a_fault()
    {
        var batch = RowsOf.Json(Full);
        RowsOf.Read(RowFormat.Json, new(Encoding.UTF8.GetBytes("""{"rows": [{"features": {"b": 1}}, 7]}""")), batch);
        Assert.Equal(0, batch.Count);
        Assert.Empty(batch.Features);
        RowsOf.Read(RowFormat.Json, new(Encoding.UTF8.GetBytes("""{"rows": [{"features": {"b": 1}}]}""")), batch);
        Assert.Equal(["b"], batch.Features.Select(c => c.Name));
        Assert.Equal("missing", RowsOf.Show(batch.Prediction, 0, batch.Texts));
    }

    [Fact]
    public void Ten_thousand_rows_with_changing_fields_are_read()
    {
        var body = new StringBuilder("{\"rows\": [");
        for (var i = 0; i < 10_000; i++)
        {
            body.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ",")}{{\"id\": {i}, \"features\": {{");
            body.Append(i % 2 == 0 ? $"\"a\": {i}, \"b\": \"t{i % 7}\"" : $"\"b\": \"t{i % 7}\", \"a\": {i}.5").Append("}}");
        }

        var batch = RowsOf.Json(body.Append("]}").ToString());
        Assert.Equal(10_000, batch.Count);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Equal(i % 2 == 0 ? i : i + 0.5, batch.FindFeature("a")!.Number(i));
            Assert.Equal($"text 't{i % 7}'", batch.Feature("b", i));
            Assert.Equal(i.ToString(CultureInfo.InvariantCulture), batch.Texts.GetString(batch.Id(i)));
        }
    }
}
