using System.Buffers;
using System.Globalization;
using System.Text;
using Drift.Api.Rows;
using Drift.Core.Rows;

namespace Drift.Api.Tests.Rows;

/// <summary>
/// A body in one piece is read from its bytes where it is as expected, a body in two pieces by the framework's tokenizer alone: they must
/// always say the same. So must a batch that has read a document before, whose columns the first row of a short one is tried with.
/// </summary>
public sealed class QuickRowsTests
{
    private static readonly RowReaderLimits Small = new() { MaxRows = 6, MaxColumns = 5, MaxCells = 40, MaxCellBytes = 12, MaxIdLength = 6, MaxNameLength = 9, MaxDepth = 3 };

    [Fact]
    public void Documents_read_the_same_in_one_piece_and_in_two_however_they_are_damaged()
    {
        var random = new Random(20);
        var used = new RowBatch();
        for (var i = 0; i < 30_000; i++)
        {
            var body = Encoding.UTF8.GetBytes(Document(random));
            for (var damage = random.Next(4); damage > 0; damage--)
                body = body.Length < 2 ? body : Damage(body, random);
            AssertSame(body, random.Next(2) == 0 ? null : Small, used);
        }
    }

    [Theory]
    [InlineData("""{"rows":[{"features":{"a":1}},{"features":{"a":01}}]}""")]
    [InlineData("""{"rows":[{"features":{"a":1}},{"features":{"a":1.}}]}""")]
    [InlineData("""{"rows":[{"features":{"a":1}},{"features":{"a":-}}]}""")]
    [InlineData("""{"rows":[{"features":{"a":1}},{"features":{"a":1e}}]}""")]
    [InlineData("""{"rows":[{"features":{"a":1}},{"features":{"a":.5}}]}""")]
    [InlineData("""{"rows":[{"features":{"a":1}},{"features":{"a":1 2}}]}""")]
    [InlineData("""{"rows":[{"features":{"a":1}},{"features":{"a":1,"a":2}}]}""")]
    [InlineData("""{"rows":[{"features":{"a":1}},{"features":{"a":1},"features":{}}]}""")]
    [InlineData("""{"rows":[{"features":{"a":1}},{"features":{"a":1},}]}""")]
    [InlineData("""{"rows":[{"features":{"a":1}},{"features":{"a":1,}}]}""")]
    [InlineData("""{"rows":[{"features":{"a":1}},{"features":{"a":1}},]}""")]
    [InlineData("""{"rows":[{"features":{"a":1}},{"features":{"a":truefalse}}]}""")]
    [InlineData("""{"rows":[{"features":{"a":1}},{"features":{"a":1}}""")]
    [InlineData("""{"rows":[{"features":{"a":1}},/* no */{"features":{"a":1}}]}""")]
    [InlineData("""{"rows":[{"features":{"a\"b":1}},{"features":{"a"b":1}}]}""")]
    [InlineData("""{"rows":[{"features":{"a\\u0062":1}},{"features":{"a\u0062":1}},{"features":{"a\\u0062":2}}]}""")]
    [InlineData("{\"rows\":[{\"features\":{\"a\\tb\":1}},{\"features\":{\"a\tb\":1}}]}")]
    [InlineData("{\"rows\":[{\"features\":{\"a\":1}},{\"features\":{\"a\":\"x\ny\"}}]}")]
    [InlineData("""{"batch_id":"b","rows":[{"features":{"a":1}},{"features":{"a":1}},{"x":1}]}""")]
    [InlineData("""{"rows":[{"features":{"a":1}},{"features":{"a":1}}],"batch_id":7}""")]
    [InlineData("""{"rows":[{"features":{"a":1}},{"features":{"a":1}}]} x""")]
    [InlineData("""{"rows":[{},{"id":"p","score":null,"ts":"2026-11-20T12:00:00Z"},{"id":"p","ts":"2026-13-20T12:00:00Z"}]}""")]
    [InlineData("""{"rows":[{"features":{"a":1}} {"features":{"a":1}}]}""")]
    [InlineData("""{"rows":[{"features":{"a":1}},]}""")]
    [InlineData("""{"rows":[{"features":{"a":1}}""")]
    [InlineData("""{"rows":[{"features":{"a":1}}}""")]
    [InlineData("""{"rows":[{"features":{"a":1}},7]}""")]
    [InlineData("""{"rows":[{"features":{"a":1}},{"features":{"b":1}},{"features":{"a":[1]}}]}""")]
    [InlineData("""{"rows":[{"features":{"b":1,"a":2}}]}""")]
    [InlineData("""{"rows":[{"features":{"a":1,"a":2}}]}""")]
    [InlineData("""{"rows":[{"features":{"a":1,"a\u0062":2}}]}""")]
    public void Bodies_at_the_edge_read_the_same_in_one_piece_and_in_two(string body)
    {
        var used = new RowBatch();
        RowsOf.Read(RowFormat.Json, new ReadOnlySequence<byte>("""{"rows":[{"features":{"a":1,"b":2,"ab":3}}]}"""u8.ToArray()), used);
        AssertSame(Encoding.UTF8.GetBytes(body), null, used);
    }

    [Fact]
    public void A_row_that_is_given_up_leaves_no_cell_behind()
    {
        var rows = RowsOf.Json("""{"rows":[{"features":{"a":1,"b":2}},{"features":{"a":3,"b":4},"prediction":"x","tokens":{"prompt":1}},{"features":{"b":5,"v":[1,2]}}]}""");

        Assert.Equal(3, rows.Count);
        Assert.Equal((3, 4), (rows.FindFeature("a")!.Number(1), rows.FindFeature("b")!.Number(1)));
        Assert.Equal("x", rows.Prediction.Category(1, rows.Texts));
        Assert.Equal((CellTag.Missing, CellTag.Number, CellTag.Missing), (rows.FindFeature("a")!.Tag(2), rows.FindFeature("b")!.Tag(2), rows.Prediction.Tag(2)));
        Assert.Equal([1, 2], rows.FindFeature("v")!.Vector(2).ToArray());
    }

    private static void AssertSame(byte[] body, RowReaderLimits? limits, RowBatch used)
    {
        var split = Dump(RowsOf.Split(body, body.Length / 2), limits, new RowBatch());
        foreach (var batch in (RowBatch[])[new(), used])
        {
            var whole = Dump(new ReadOnlySequence<byte>(body), limits, batch);
            Assert.True(whole == split, $"{Encoding.UTF8.GetString(body)}\n{whole}\n{split}");
        }
    }

    private static string Dump(ReadOnlySequence<byte> body, RowReaderLimits? limits, RowBatch batch) =>
        RowsOf.Dump(RowsOf.Read(RowFormat.Json, body, batch, limits), batch);

    private static byte[] Damage(byte[] body, Random random)
    {
        const string alphabet = "\"\\{}[]:, \n\t0123456789.eE+-abtfnu/\u0001é";
        var at = random.Next(Math.Max(1, body.Length - 1));
        var other = Encoding.UTF8.GetBytes(alphabet[random.Next(alphabet.Length)].ToString());
        return random.Next(4) switch
        {
            0 => [.. body[..at], .. body[(at + 1)..]],
            1 => [.. body[..at], .. other, .. body[at..]],
            2 => [.. body[..at], .. other, .. body[(at + 1)..]],
            _ => at == 0 ? body : body[..at],
        };
    }

    private static string Document(Random random)
    {
        var rows = Enumerable.Range(0, random.Next(1, 8)).Select(_ => Row(random));
        var id = random.Next(3) == 0 ? "\"batch_id\": \"b-1\", " : "";
        return $"{{{id}\"rows\":{Space(random)}[{string.Join($"{Space(random)},{Space(random)}", rows)}]{Space(random)}}}";
    }

    private static string Row(Random random)
    {
        var fields = new List<string>();
        if (random.Next(8) != 0)
            fields.Add($"\"features\":{Space(random)}{{{string.Join(",", Names(random).Select(n => $"\"{n}\"{Space(random)}:{Space(random)}{Value(random)}"))}}}");
        if (random.Next(3) == 0)
            fields.Add($"\"id\": {Pick(random, "\"p-1\"", "\"p-12345678\"", "17", "1.5", "\"\"", "null")}");
        if (random.Next(3) == 0)
            fields.Add($"\"ts\": {Pick(random, "\"2026-11-20T12:00:00Z\"", "1700000000", "\"x\"", "null")}");
        if (random.Next(3) == 0)
            fields.Add($"\"prediction\": {Value(random)}");
        if (random.Next(3) == 0)
            fields.Add($"\"score\": {Pick(random, "0.5", "1e-3", "{\"yes\": 0.5, \"no\": 0.25}", "{\"no\":1}", "null", "\"x\"")}");
        if (random.Next(4) == 0)
            fields.Add($"\"segment\": {Pick(random, "{\"region\": \"eu\"}", "{\"region\":7,\"x\":true}", "null", "{}")}");
        if (random.Next(3) == 0)
            fields.Add(Pick(random, "\"tokens\": {\"prompt\": 1}", "\"tokens\": { \"completion\" : 7, \"prompt\":2 }", "\"tokens\": {}", "\"tokens\": {\"prompt\":1,\"prompt\":2}", "\"tokens\": {\"total\":1,\"total\":2}",
                "\"latency_ms\": 12.5", "\"latency_ms\": \"x\"", "\"cache\": \"hit\"", "\"cache\":\"stale\"", "\"adapter\": null", "\"adapter\": \"v1\"", "\"adapter\":\"\"", "\"adapter\":\"a\\u0062\"", "\"other\": 1"));
        return $"{{{Space(random)}{string.Join($",{Space(random)}", fields)}{Space(random)}}}";
    }

    private static IEnumerable<string> Names(Random random) => random.Next(5) switch
    {
        0 => ["b", "a"],
        1 => ["a", "c"],
        2 => ["a", "größe", "b"],
        _ => ["a", "b", "c"],
    };

    private static string Value(Random random) => random.Next(6) == 0
        ? Pick(random, "null", "true", "false", "\"nurse\"", "\"a\\nb\"", "\"é\"", "[1,2]", "{\"x\":1}", "\"longer than twelve\"", "1e400", "-0", "123456789012345678901")
        : random.NextDouble().ToString(random.Next(2) == 0 ? "F6" : "R", CultureInfo.InvariantCulture);

    private static string Space(Random random) => random.Next(6) == 0 ? Pick(random, " ", "\n", "\t", "\r\n  ") : "";

    private static string Pick(Random random, params string[] of) => of[random.Next(of.Length)];
}
