using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Drift.Actors;
using Drift.Api.Tests.Support;
using Drift.Core.Settings;
using Drift.Support;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Drift.Api.Tests.Ingest.Streaming;

public sealed class PredictionStreamTests
{
    private const string Path = "/v1/models/credit/predictions?stream=true";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly Dictionary<string, string?> ThreeRows = new() { ["Drift:Ingest:StreamChunkRows"] = "3" };

    [Theory]
    [InlineData("application/x-ndjson")]
    [InlineData("text/csv")]
    public async Task A_body_is_answered_by_a_line_per_chunk_and_a_total(string type)
    {
        await using var host = await StartAsync();
        var reply = await host.PostAsync(Path, Rows(type, 0, 7), type, ("Idempotency-Key", "b-1"));

        Assert.Equal((HttpStatusCode.OK, "application/x-ndjson"), (reply.Status, reply.Type?.MediaType));
        Assert.Equal(
            """
            {"chunk":1,"batch_id":"b-1#0-2","first_row":0,"rows":3,"accepted":3,"rejected":0,"duplicate":false,"plan":1,"status":"monitoring"}
            {"chunk":2,"batch_id":"b-1#3-5","first_row":3,"rows":3,"accepted":3,"rejected":0,"duplicate":false,"plan":1,"status":"monitoring"}
            {"chunk":3,"batch_id":"b-1#6-6","first_row":6,"rows":1,"accepted":1,"rejected":0,"duplicate":false,"plan":1,"status":"monitoring"}
            {"done":true,"model":"default/credit","batch_id":"b-1","chunks":3,"duplicate_chunks":0,"rows":7,"accepted":7,"rejected":0,"duplicate":false,"plan":1,"status":"monitoring"}

            """,
            reply.Text);
        Assert.Equal(["b-1#0-2", "b-1#3-5", "b-1#6-6"], host.Engine.Of("credit").Batches.Select(b => b.BatchIds.Single()));
        Assert.Equal([3, 3, 1], host.Engine.Of("credit").Batches.Select(b => b.Rows));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_compressed_body_falls_into_the_same_chunks(string encoding)
    {
        await using var host = await StartAsync();
        var sent = new MemoryStream();
        using (Stream compressed = encoding == "gzip" ? new GZipStream(sent, CompressionLevel.Fastest) : new BrotliStream(sent, CompressionLevel.Fastest))
            compressed.Write(Encoding.UTF8.GetBytes(Rows("text/csv", 0, 7)));
        var reply = await host.SendAsync(HttpMethod.Post, Path, sent.ToArray(), ("Content-Type", "text/csv"), ("Content-Encoding", encoding), ("Idempotency-Key", "b-1"));

        Assert.True(Last(reply).GetProperty("done").GetBoolean());
        Assert.Equal(["b-1#0-2", "b-1#3-5", "b-1#6-6"], host.Engine.Of("credit").Batches.Select(b => b.BatchIds.Single()));
    }

    [Fact]
    public async Task A_body_sent_again_counts_once_chunk_by_chunk()
    {
        await using var host = await StartAsync();
        await host.PostAsync(Path, Rows("text/csv", 0, 7), "text/csv", ("Idempotency-Key", "b-1"));
        var reply = await host.PostAsync(Path, Rows("text/csv", 0, 7), "text/csv", ("Idempotency-Key", "b-1"));

        Assert.All(Lines(reply).SkipLast(1), line => Assert.True(line.GetProperty("duplicate").GetBoolean()));
        var total = Last(reply);
        Assert.Equal((true, true, 3, 7, 0), (
            total.GetProperty("done").GetBoolean(), total.GetProperty("duplicate").GetBoolean(), total.GetProperty("duplicate_chunks").GetInt32(),
            total.GetProperty("rows").GetInt32(), total.GetProperty("accepted").GetInt32()));
        Assert.Equal(3, host.Engine.Of("credit").Batches.Count);
    }

    [Theory]
    [InlineData("application/x-ndjson", "{\"features\": {\"age\": 1}, \"nope\": 2}\n", "line 6: unknown field 'nope' in rows[5]")]
    [InlineData("text/csv", "1,2,3\n", "line 7: rows[5] has 3 fields")]
    public async Task A_bad_row_refuses_its_chunk_and_leaves_what_was_acknowledged(string type, string bad, string detail)
    {
        await using var host = await StartAsync();
        var body = Rows(type, 0, 5) + bad;
        var reply = await host.PostAsync(Path, body, type, ("Idempotency-Key", "b-1"));

        Assert.Equal(HttpStatusCode.OK, reply.Status);
        var total = Last(reply);
        Assert.Equal((false, 3, 3, 3), (
            total.GetProperty("done").GetBoolean(), total.GetProperty("rows").GetInt32(), total.GetProperty("accepted").GetInt32(), total.GetProperty("next_row").GetInt32()));
        var problem = total.GetProperty("problem");
        Assert.Equal(("urn:drift:error:malformed-body", 400, 5), (problem.GetProperty("type").GetString(), problem.GetProperty("status").GetInt32(), problem.GetProperty("row").GetInt32()));
        Assert.StartsWith(detail, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("rows[5]", Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name, StringComparison.Ordinal);
        Assert.Equal(
            "Correct what the problem names, then send the whole body again with the same Idempotency-Key: what is counted already is recognised. The rows before next_row must stay as they are.",
            total.GetProperty("resume").GetString());
        Assert.Equal(["b-1#0-2"], host.Engine.Of("credit").Batches.Select(b => b.BatchIds.Single()));

        var corrected = Last(await host.PostAsync(Path, Rows(type, 0, 6), type, ("Idempotency-Key", "b-1")));
        Assert.Equal((true, 1, 6, 3), (
            corrected.GetProperty("done").GetBoolean(), corrected.GetProperty("duplicate_chunks").GetInt32(), corrected.GetProperty("rows").GetInt32(), corrected.GetProperty("accepted").GetInt32()));
    }

    [Fact]
    public async Task Without_an_id_one_goes_on_from_the_next_row()
    {
        await using var host = await StartAsync();
        var reply = await host.PostAsync(Path, Rows("text/csv", 0, 5) + "1,2,3\n", "text/csv");

        Assert.All(Lines(reply), line => Assert.False(line.TryGetProperty("batch_id", out _)));
        Assert.Contains("send the rows from next_row on", Last(reply).GetProperty("resume").GetString(), StringComparison.Ordinal);
        Assert.Empty(Assert.Single(host.Engine.Of("credit").Batches).BatchIds);
    }

    [Fact]
    public async Task What_is_wrong_before_anything_counts_is_an_ordinary_problem()
    {
        await using var host = await StartAsync();
        Assert.Equal(1, (await host.PostAsync(Path, "age\n41\n1,2\n", "text/csv")).Problem(400, "malformed-body").GetProperty("row").GetInt32());
        (await host.PostAsync(Path, "", "text/csv")).Problem(400, "malformed-body");
        (await host.PostAsync(Path, "age\n", "text/csv")).Problem(400, "malformed-body");
        (await host.PostAsync(Path, "{\"rows\": [{\"features\": {\"age\": 1}}]}")).Problem(415, "unsupported-media-type");
        (await host.SendAsync(HttpMethod.Post, Path, [1], ("Content-Type", "text/csv"), ("Content-Encoding", "zstd"))).Problem(415, "unsupported-encoding");
        (await host.PostAsync(Path, "age\n" + new string('1', 2_000_000), "text/csv")).Problem(413, "too-large");
        Assert.Empty(host.Engine.Of("credit").Batches);
    }

    [Fact]
    public async Task Times_and_schemas_are_judged_by_the_row_of_the_whole_body()
    {
        await using var host = await StartAsync();
        var lenient = await host.PostAsync(
            Path, string.Concat(Enumerable.Range(0, 5).Select(i => $"{{\"ts\": \"20{(i == 4 ? 36 : 26)}-11-20T11:00:00Z\", \"features\": {{\"age\": {i}}}}}\n")), "application/x-ndjson");
        var error = Assert.Single(Lines(lenient)[1].GetProperty("errors").EnumerateArray());
        Assert.Equal(4, error.GetProperty("row").GetInt32());
        Assert.Equal((4, 1), (Last(lenient).GetProperty("accepted").GetInt32(), Last(lenient).GetProperty("rejected").GetInt32()));

        host.Engine.Of("credit").Create(new ModelSettings { Validation = ValidationMode.Strict });
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        var strict = Last(await host.PostAsync(Path, "age,job\n1,a\n2,a\n3,a\n4,a\nold,a\n", "text/csv"));
        Assert.Equal((422, 4), (strict.GetProperty("problem").GetProperty("status").GetInt32(), strict.GetProperty("problem").GetProperty("row").GetInt32()));
        Assert.StartsWith("Row 4: 'features.age' is a text", strict.GetProperty("problem").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "application/x-ndjson", true)]
    [InlineData(null, "application/jsonlines;q=0.5, */*;q=0.1", true)]
    [InlineData(null, "application/json, application/x-ndjson", false)]
    [InlineData(null, "*/*", false)]
    [InlineData(null, null, false)]
    [InlineData("false", "application/x-ndjson", false)]
    [InlineData("true", "application/json", true)]
    public async Task A_running_receipt_is_for_those_who_ask_for_it(string? stream, string? accept, bool running)
    {
        await using var host = await StartAsync();
        var reply = await host.PostAsync(
            "/v1/models/credit/predictions" + (stream is null ? "" : $"?stream={stream}"), "age\n1\n", "text/csv", accept is null ? [] : [("Accept", accept)]);
        Assert.Equal(running ? "application/x-ndjson" : "application/json", reply.Type?.MediaType);
        Assert.Equal(running ? 2 : 1, Lines(reply).Count);
    }

    [Fact]
    public async Task The_last_line_has_the_verdict_when_it_is_asked_for()
    {
        await using var host = await StartAsync();
        var total = Last(await host.PostAsync(Path + "&verdict=true", "age\n1\n", "text/csv"));
        Assert.Equal("1h", total.GetProperty("verdict").GetProperty("window").GetString());
    }

    [Fact]
    public async Task What_the_node_cannot_do_now_ends_the_stream_and_says_when_to_go_on()
    {
        await using var host = await StartAsync();
        var model = host.Engine.Of("credit");
        model.BeforeIngest = () =>
        {
            if (model.Batches.Count == 2)
                throw new DriftException(DriftError.Unavailable, "The journal is full.");
        };
        var total = Last(await host.PostAsync(Path, Rows("text/csv", 0, 9), "text/csv", ("Idempotency-Key", "b-1")));
        Assert.Equal((503, 6, 1), (
            total.GetProperty("problem").GetProperty("status").GetInt32(), total.GetProperty("next_row").GetInt32(), total.GetProperty("retry_after").GetInt32()));
        Assert.StartsWith("Wait as long as retry_after says", total.GetProperty("resume").GetString(), StringComparison.Ordinal);

        model.BeforeIngest = null;
        Assert.Equal(2, Last(await host.PostAsync(Path, Rows("text/csv", 0, 9), "text/csv", ("Idempotency-Key", "b-1"))).GetProperty("duplicate_chunks").GetInt32());
    }

    [Fact]
    public async Task A_plan_that_changes_during_a_stream_neither_loses_nor_repeats_rows()
    {
        await using var host = await StartAsync();
        var model = host.Engine.Of("credit");
        model.BeforeIngest = () =>
        {
            if (model.Batches.Count == 1 && model.Plan!.Version == 1)
                model.ChangePlan();
        };
        var reply = await host.PostAsync(Path, Rows("text/csv", 0, 9), "text/csv");
        Assert.Equal([1, 2, 2], Lines(reply).SkipLast(1).Select(l => l.GetProperty("plan").GetInt32()));
        Assert.Equal(9, model.Batches.Sum(b => b.Rows));
    }

    [Fact]
    public async Task A_truncated_compressed_body_is_told_in_the_last_line()
    {
        await using var host = await StartAsync(kestrel: true);
        var sent = new MemoryStream();
        using (var gzip = new GZipStream(sent, CompressionLevel.NoCompression))
            gzip.Write(Encoding.UTF8.GetBytes(Rows("text/csv", 0, 5_000)));
        var reply = await host.SendAsync(
            HttpMethod.Post, Path, sent.ToArray()[..^4], ("Content-Type", "text/csv"), ("Content-Encoding", "gzip"));
        var total = Last(reply);
        Assert.False(total.GetProperty("done").GetBoolean());
        Assert.Contains("no complete gzip stream", total.GetProperty("problem").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_chunk_is_acknowledged_while_the_body_is_still_on_its_way_and_a_lost_client_leaves_what_was()
    {
        await using var host = await StartAsync(kestrel: true);
        using var client = await ConnectAsync(host);
        var connection = client.GetStream();
        await connection.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {Path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nIdempotency-Key: b-1\r\nTransfer-Encoding: chunked\r\n\r\n"));
        await SendAsync(connection, Rows("text/csv", 0, 4));
        var answer = await ReadUntilAsync(connection, "\"first_row\":0");
        Assert.Contains("\"chunk\":1", answer, StringComparison.Ordinal);
        Assert.Equal(3, Assert.Single(host.Engine.Of("credit").Batches).Rows);

        await SendAsync(connection, Rows("text/csv", 4, 3)["age,job\n".Length..]);
        await ReadUntilAsync(connection, "\"first_row\":3");
        client.Dispose();
        await Eventually.Async(() => host.Services.GetRequiredService<UnderWay>().Count == 0, Limit, "the request has ended");
        Assert.Equal([3, 3], host.Engine.Of("credit").Batches.Select(b => b.Rows));

        using var again = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StringContent(Rows("text/csv", 0, 8), Encoding.UTF8, "text/csv") };
        again.Headers.Add("Idempotency-Key", "b-1");
        var reply = await host.Client.SendAsync(again);
        var total = JsonDocument.Parse((await reply.Content.ReadAsStringAsync()).TrimEnd().Split('\n')[^1]).RootElement;
        Assert.Equal((2, 2), (total.GetProperty("duplicate_chunks").GetInt32(), total.GetProperty("accepted").GetInt32()));
    }

    [Fact]
    public async Task A_host_that_stops_ends_a_stream_behind_a_chunk_with_a_word()
    {
        await using var host = await StartAsync(kestrel: true);
        using var client = await ConnectAsync(host);
        var connection = client.GetStream();
        await connection.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {Path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n"));
        await SendAsync(connection, Rows("text/csv", 0, 4));
        await ReadUntilAsync(connection, "\"first_row\":0");
        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await SendAsync(connection, Rows("text/csv", 4, 3)["age,job\n".Length..]);
        var answer = await ReadUntilAsync(connection, "\"resume\"");
        Assert.Contains("\"next_row\":3", answer, StringComparison.Ordinal);
        Assert.Contains("The host is stopping", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_reads_nothing_before_it_has_sent_all_is_not_waited_for()
    {
        await using var host = await StartAsync(kestrel: true, new Dictionary<string, string?> { ["Drift:Ingest:StreamChunkRows"] = "1" });
        const int rows = 20_000;
        var reply = await host.PostAsync(Path, Rows("text/csv", 0, rows), "text/csv");
        Assert.True(Last(reply).GetProperty("done").GetBoolean(), Last(reply).GetRawText());
        Assert.True(rows + 1 == Lines(reply).Count, Last(reply).GetRawText() + Lines(reply)[^2].GetRawText());
    }

    private static async Task<ApiHost> StartAsync(bool kestrel = false, Dictionary<string, string?>? settings = null)
    {
        var underWay = new UnderWay();
        var host = await ApiHost.StartAsync(settings ?? ThreeRows, kestrel, s => s.AddSingleton(underWay).AddSingleton<IStartupFilter>(underWay));
        host.Engine.Of("credit").Learn(rows =>
        {
            for (var row = 0; row < 100; row++)
            {
                rows.AddRow();
                rows.Feature("age").SetNumber(row, row);
                rows.Feature("job").SetText(row, rows.Texts.Add(row % 2 == 0 ? "nurse" : "clerk"));
            }
        });
        return host;
    }

    private static string Rows(string type, int from, int count) => type == "text/csv"
        ? "age,job\n" + string.Concat(Enumerable.Range(from, count).Select(i => $"{i % 90},nurse\n"))
        : string.Concat(Enumerable.Range(from, count).Select(i => $"{{\"features\": {{\"age\": {i % 90}, \"job\": \"nurse\"}}}}\n"));

    private static List<JsonElement> Lines(Reply reply) =>
        [.. reply.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];

    private static JsonElement Last(Reply reply) => Lines(reply)[^1];

    private static async Task<TcpClient> ConnectAsync(ApiHost host)
    {
        var client = new TcpClient();
        await client.ConnectAsync(host.Client.BaseAddress!.Host, host.Client.BaseAddress.Port);
        return client;
    }

    private static async Task SendAsync(NetworkStream connection, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        await connection.WriteAsync(Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n"));
        await connection.WriteAsync(bytes);
        await connection.WriteAsync("\r\n"u8.ToArray());
    }

    private static async Task<string> ReadUntilAsync(NetworkStream connection, string text)
    {
        using var limit = new CancellationTokenSource(Limit);
        var read = new StringBuilder();
        var buffer = new byte[4096];
        while (!read.ToString().Contains(text, StringComparison.Ordinal))
        {
            var count = await connection.ReadAsync(buffer, limit.Token);
            Assert.True(count > 0, $"The connection ended before '{text}': {read}");
            read.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return read.ToString();
    }
}
