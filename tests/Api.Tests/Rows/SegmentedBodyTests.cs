using System.Buffers;
using System.Text;
using Drift.Api.Rows;
using Drift.Core.Rows;

namespace Drift.Api.Tests.Rows;

public sealed class SegmentedBodyTests
{
    private const string Json =
        "\uFEFF{\"batch_id\": \"b\\u00e9\", \"rows\": [{\"id\": \"p-é\", \"ts\": \"2026-11-20T12:00:00.5Z\", \"features\": {\"grö\\u00dfe\": -41.25e1, \"job\": \"n\\uD83D\\uDE00😀\", " +
        "\"v\": [1.5, 2, 3], \"bad\": [1, {\"x\": [null]}], \"t\": true, \"n\": null}, \"prediction\": \"ja\", \"score\": {\"ja\": 0.83, \"nein\": 1700000000123},\n" +
        "\"label\": false, \"segment\": {\"region\": \"eu\"}, \"tokens\": {\"prompt\": 12}},\r\n {\"id\": 123456, \"ts\": 1700000000.25, \"features\": {\"größe\": 2}}]}";

    private const string Columns =
        "{\"columns\": {\"id\": [\"a\", 77], \"features\": {\"größe\": [1.25, \"é\\n\"], \"v\": [[1, 2], [3]]}, \"score\": {\"ja\": [0.5, 0.25]}}}";

    private const string Ndjson = "{\"id\": \"é\", \"features\": {\"x\": 12.5}}\r\n\r\n{\"features\": {\"x\": \"\\u00e9\"}}\n";

    private const string Csv =
        "\uFEFFid,\"grö\"\"ße\",segment.region,score.ja\r\np-é,-41.25e1,\"e,\"\"u\"\"\r\n😀\",0.5\r\n\r\n\"\",NA,\"\",inf\n\"q\",true,x,1\r\n";

    public static TheoryData<string, string> Bodies => new()
    {
        { nameof(RowFormat.Json), Json },
        { nameof(RowFormat.Json), Columns },
        { nameof(RowFormat.Ndjson), Ndjson },
        { nameof(RowFormat.Csv), Csv },
        { nameof(RowFormat.Json), "{\"rows\": [{}, {\"features\": {\"größe\": 1, \"gr\\u00f6ße\": 2}}]}" },
        { nameof(RowFormat.Json), "{\"rows\": [{}, {\"ts\": \"20é\"}]}" },
        { nameof(RowFormat.Ndjson), "{}\n{\"features\": {\"é\": NaN}}" },
        { nameof(RowFormat.Csv), "a,b\r\n1,\"é\"x\r\n" },
        { nameof(RowFormat.Csv), "a,b\r\n1,\"é\n\"\"x\r\n" },
        { nameof(RowFormat.Csv), "a,b\r\n1,2\r\r" },
        { nameof(RowFormat.Csv), "a,b\r\n1é,2,\"3\"\"\"\r\n" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void A_cut_at_any_place_changes_nothing(string format, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var whole = Dump(format, new ReadOnlySequence<byte>(bytes));
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(whole, Dump(format, RowsOf.Split(bytes, cut)));
            Assert.Equal(whole, Dump(format, RowsOf.Split(bytes, cut, cut, Math.Min(cut + 1, bytes.Length), Math.Min(cut + 3, bytes.Length))));
        }
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Segments_of_one_to_seven_bytes_change_nothing(string format, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var whole = Dump(format, new ReadOnlySequence<byte>(bytes));
        for (var size = 1; size <= 7; size++)
            Assert.Equal(whole, Dump(format, RowsOf.Split(bytes, Enumerable.Range(1, bytes.Length / size).Select(i => i * size).ToArray())));
    }

    [Fact]
    public void Twenty_thousand_damaged_bodies_are_read_or_refused_and_the_same_however_they_are_cut()
    {
        var random = new Random(3);
        var bodies = Bodies.Select(b => ((string)b[0], Encoding.UTF8.GetBytes((string)b[1]))).ToArray();
        var pieces = new[] { "\"", ",", "\n", "\r", "{", "}", "[", "]", ":", "\\", "\\ud800", "\0", "9", "e", "-", "null", "é", "\"id\":" };
        for (var i = 0; i < 20_000; i++)
        {
            var (format, good) = bodies[random.Next(bodies.Length)];
            var bytes = good.ToList();
            for (var times = random.Next(1, 4); times > 0 && bytes.Count > 1; times--)
            {
                var at = random.Next(bytes.Count);
                switch (random.Next(4))
                {
                    case 0:
                        bytes[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        bytes.RemoveRange(at, Math.Min(random.Next(1, 10), bytes.Count - at));
                        break;
                    case 2:
                        bytes.InsertRange(at, bytes.GetRange(random.Next(at + 1), Math.Min(random.Next(20), bytes.Count - at)));
                        break;
                    default:
                        bytes.InsertRange(at, Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]));
                        break;
                }
            }

            var whole = bytes.ToArray();
            var cut = random.Next(whole.Length + 1);
            Assert.Equal(Dump(format, new ReadOnlySequence<byte>(whole)), Dump(format, RowsOf.Split(whole, cut, random.Next(cut, whole.Length + 1))));
        }
    }

    [Fact]
    public void Invalid_utf8_is_found_at_the_same_place_however_the_body_is_cut()
    {
        byte[][] invalid = [[0x80], [0xC3], [0xC3, 0x28], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF0, 0x9F, 0x98], [0xF8, 0x88], [0xFF], [0xC0, 0x80]];
        foreach (var bad in invalid)
        {
            byte[] bytes = [.. "a,é😀\n1,"u8, .. bad, .. "x\n"u8];
            var whole = RowsOf.Fault(RowFormat.Csv, bytes);
            Assert.Equal("The body is not UTF-8: invalid bytes at line 2, byte 3.", whole.Message);
            for (var cut = 0; cut <= bytes.Length; cut++)
                Assert.Equal(whole, Assert.Single(RowsOf.Read(RowFormat.Csv, RowsOf.Split(bytes, cut, Math.Min(cut + 1, bytes.Length)), new RowBatch()).Faults));
        }

        Assert.Equal("The body is not UTF-8: invalid bytes at line 1, byte 2.", RowsOf.Fault(RowFormat.Csv, [(byte)'a', 0xF0, 0x9F]).Message);
    }

    private static string Dump(string format, ReadOnlySequence<byte> body)
    {
        var batch = new RowBatch();
        var result = RowsOf.Read(Enum.Parse<RowFormat>(format), body, batch);
        return RowsOf.Dump(result, batch);
    }
}
