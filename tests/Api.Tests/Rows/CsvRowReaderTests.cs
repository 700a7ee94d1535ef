using System.Globalization;
using System.Text;
using Drift.Api.Rows;

namespace Drift.Api.Tests.Rows;

public sealed class CsvRowReaderTests
{
    [Fact]
    public void The_header_says_what_each_column_is()
    {
        var batch = RowsOf.Csv(
            "id,ts,prediction,score,score.cat,label,segment.region,features.age,job\r\n" +
            "p-1,2026-11-20T12:00:00Z,cat,0.5,0.25,dog,eu,41,nurse\r\n" +
            "2,1700000000,1,,NA,true,,,\r\n");
        Assert.Equal(2, batch.Count);
        Assert.Equal("p-1", batch.Texts.GetString(batch.Id(0)));
        Assert.Equal("2", batch.Texts.GetString(batch.Id(1)));
        Assert.Equal(new DateTime(2026, 11, 20, 12, 0, 0).Ticks, batch.Time(0));
        Assert.Equal(DateTime.UnixEpoch.AddSeconds(1_700_000_000).Ticks, batch.Time(1));
        Assert.Equal("text 'cat'", RowsOf.Show(batch.Prediction, 0, batch.Texts));
        Assert.Equal("number 1 '1'", RowsOf.Show(batch.Prediction, 1, batch.Texts));
        Assert.Equal("number 0.5 '0.5'", RowsOf.Show(batch.Score, 0, batch.Texts));
        Assert.Equal("missing", RowsOf.Show(batch.Score, 1, batch.Texts));
        Assert.Equal("number 0.25 '0.25'", RowsOf.Show(batch.FindClassScore("cat")!, 0, batch.Texts));
        Assert.Equal("missing", RowsOf.Show(batch.FindClassScore("cat")!, 1, batch.Texts));
        Assert.Equal("true", RowsOf.Show(batch.Label, 1, batch.Texts));
        Assert.Equal("text 'eu'", RowsOf.Show(Assert.Single(batch.Segments), 0, batch.Texts));
        Assert.Equal(["age", "job"], batch.Features.Select(c => c.Name));
        Assert.Equal("number 41 '41'", batch.Feature("age", 0));
        Assert.Equal("missing", batch.Feature("job", 1));
    }

    [Fact]
    public void Prediction_id_and_timestamp_are_names_too()
    {
        var batch = RowsOf.Csv("prediction_id,timestamp\na,1700000000\n,\n");
        Assert.Equal("a", batch.Texts.GetString(batch.Id(0)));
        Assert.Equal(-1, batch.Id(1));
        Assert.Equal(0, batch.Time(1));
        Assert.Empty(batch.Features);
    }

    [Theory]
    [InlineData("", "missing")]
    [InlineData("\"\"", "missing")]
    [InlineData("NA", "missing")]
    [InlineData("N/A", "missing")]
    [InlineData("NaN", "missing")]
    [InlineData("nan", "missing")]
    [InlineData("null", "missing")]
    [InlineData("NULL", "missing")]
    [InlineData("None", "missing")]
    [InlineData("none", "text 'none'")]
    [InlineData("12", "number 12 '12'")]
    [InlineData("\"12\"", "number 12 '12'")]
    [InlineData("007", "number 7 '007'")]
    [InlineData("-0.0", "number -0 '-0.0'")]
    [InlineData("+1.5e3", "number 1500 '+1.5e3'")]
    [InlineData(".5", "number 0.5 '.5'")]
    [InlineData("5.", "number 5 '5.'")]
    [InlineData(" 12", "number 12 ' 12'")]
    [InlineData("1e400", "number Infinity '1e400'")]
    [InlineData("inf", "number Infinity 'inf'")]
    [InlineData("-inf", "number -Infinity '-inf'")]
    [InlineData("+Inf", "number Infinity '+Inf'")]
    [InlineData("Infinity", "number Infinity 'Infinity'")]
    [InlineData("-Infinity", "number -Infinity '-Infinity'")]
    [InlineData("infinite", "text 'infinite'")]
    [InlineData("\"1,234\"", "text '1,234'")]
    [InlineData("12abc", "text '12abc'")]
    [InlineData("1e", "text '1e'")]
    [InlineData("0x10", "text '0x10'")]
    [InlineData("12\0", "text '12\0'")]
    [InlineData("1-2", "text '1-2'")]
    [InlineData("-", "text '-'")]
    [InlineData(".", "text '.'")]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    [InlineData("True", "text 'True'")]
    [InlineData("\"a \"\"b\"\", c\r\nd\"", "text 'a \"b\", c\r\nd'")]
    [InlineData("größe 😀", "text 'größe 😀'")]
    [InlineData("  a ", "text '  a '")]
    public void A_cell_becomes_what_it_reads_as(string cell, string expected)
    {
        Assert.Equal(expected, RowsOf.Csv($"x,y\n{cell},1\n").Feature("x", 0));
        Assert.Equal(expected, RowsOf.Csv($"y,x\r\n1,{cell}").Feature("x", 0));
    }

    [Fact]
    public void Blank_lines_and_a_byte_order_mark_are_skipped_and_names_may_be_quoted()
    {
        var batch = RowsOf.Csv("\uFEFF\r\n\"a \"\"b\"\"\",größe\n\n1,2\n\r\n3,4\n\n");
        Assert.Equal(["a \"b\"", "größe"], batch.Features.Select(c => c.Name));
        Assert.Equal(2, batch.Count);
        Assert.Equal("number 4 '4'", batch.Feature("größe", 1));
    }

    [Fact]
    public void A_mapping_gives_roles_to_other_names_and_leaves_columns_out()
    {
        var mapping = new CsvMapping
        {
            Id = "key", Ts = "when", Prediction = "y_pred", Score = "y_score", Label = "target", Ignore = new HashSet<string> { "instant", "absent" },
        };
        var batch = RowsOf.Csv("instant,key,when,y_pred,y_score,target,label,x\n9,k,1700000000,1,0.5,0,7,3\n", mapping);
        Assert.Equal("k", batch.Texts.GetString(batch.Id(0)));
        Assert.NotEqual(0, batch.Time(0));
        Assert.Equal(1, batch.Prediction.Number(0));
        Assert.Equal(0.5, batch.Score.Number(0));
        Assert.Equal(0, batch.Label.Number(0));
        Assert.Equal(["label", "x"], batch.Features.Select(c => c.Name));
    }

    [Theory]
    [InlineData("a,b\n1,2\n3\n", "rows[1]", 1, "line 3: rows[1] has 1 fields, the header has 2.")]
    [InlineData("a,b\n1,2,3\n", "rows[0]", 0, "line 2: rows[0] has 3 fields, the header has 2.")]
    [InlineData("a,b\n\"1\n2\",2\n1,\n1,2,\n", "rows[2]", 2, "line 5: rows[2] has 3 fields, the header has 2.")]
    [InlineData("a,b,a\n1,2,3\n", "", null, "line 1: the header has 'a' twice.")]
    [InlineData("a,,b\n1,2,3\n", "", null, "line 1: the name of column 2 of the header is empty.")]
    [InlineData("a,b,\n1,2,3\n", "", null, "line 1: the name of column 3 of the header is empty.")]
    [InlineData("a,b\n", "", null, "The body has a header and no rows, send at least one row.")]
    [InlineData("\n\n", "", null, "The body is empty; a header line is expected.")]
    [InlineData("id,prediction_id\n1,2\n", "", null, "line 1: 'id' and 'prediction_id' in the header are both id; rename or ignore one.")]
    [InlineData("features.a,a\n1,2\n", "", null, "line 1: 'features.a' and 'a' in the header are both features.a; rename or ignore one.")]
    [InlineData("segment.\n1\n", "", null, "line 1: 'segment.' in the header has no name after the dot.")]
    [InlineData("score\n1\nx\n", "rows[1].score", 1, "line 3: rows[1].score must be a number, found 'x'.")]
    [InlineData("score.cat\nx\n", "rows[0].score.cat", 0, "line 2: rows[0].score.cat must be a number, found 'x'.")]
    [InlineData("ts\n2026-11-20\n", "rows[0].ts", 0, "line 2: rows[0].ts must be an RFC 3339 time with its offset")]
    [InlineData("label\na\0\n", "rows[0].label", 0, "line 2: rows[0].label must not hold U+0000.")]
    [InlineData("a,b\n1,\"2\n3,4\n", "rows[0]", 0, "line 2: a quoted field begins here and is not closed.")]
    [InlineData("a,b\n1,\"2\"3\n", "rows[0]", 0, "line 2: after a closing quote a comma or the end of the line must follow.")]
    [InlineData("a,b\n1,2\"\n", "rows[0]", 0, "line 2: a quote stands inside a field that does not begin with one;")]
    [InlineData("a,b\r1,2\r", "", null, "line 1: a carriage return must be followed by a line feed, or stand in a quoted field.")]
    public void A_malformed_csv_is_refused_with_place_and_remedy(string body, string path, int? row, string message)
    {
        var fault = RowsOf.Fault(RowFormat.Csv, body);
        Assert.Equal((RowFaultKind.Malformed, path, row), (fault.Kind, fault.Path, fault.Row));
        Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mapped_name_that_the_header_lacks_is_refused()
    {
        var fault = RowsOf.Fault(RowFormat.Csv, "a,b\n1,2\n", mapping: new CsvMapping { Label = "target" });
        Assert.Equal("line 1: label=target was asked for, and the header has no column of that name; it has a, b.", fault.Message);
    }

    [Fact]
    public void Limits_are_answered_as_too_large()
    {
        var limits = new RowReaderLimits { MaxRows = 2, MaxColumns = 2, MaxCells = 3, MaxCellBytes = 8, MaxNameLength = 3 };
        Expect("line 4: The request has more than 2 rows", "a\n1\n2\n3\n");
        Expect("line 3: 2 rows of 2 columns are more than 3 cells", "a,b\n1,2\n3,4\n");
        Expect("line 2: a field has more than 8 bytes", "a\n123456789\n");
        Expect("line 2: a field has more than 8 bytes", "a\n\"1234567\"\"8\"\n");
        Expect("line 1: 'abcd' in the header is longer than 3 characters.", "abcd\n1\n");
        Expect("line 1: The header names more than 2 features, segments or classes.", "a,b,c\n1,2,3\n");

        void Expect(string message, string body)
        {
            var fault = RowsOf.Fault(RowFormat.Csv, body, limits);
            Assert.Equal(RowFaultKind.TooLarge, fault.Kind);
            Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Ten_thousand_rows_are_read()
    {
        var body = new StringBuilder("id,x,text\n");
        for (var i = 0; i < 10_000; i++)
            body.Append(CultureInfo.InvariantCulture, $"p{i},{i}.25,\"t,{i % 5}\"\r\n");
        var batch = RowsOf.Csv(body.ToString());
        Assert.Equal(10_000, batch.Count);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Equal(i + 0.25, batch.FindFeature("x")!.Number(i));
            Assert.Equal($"text 't,{i % 5}'", batch.Feature("text", i));
        }
    }
}
