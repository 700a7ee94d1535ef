using System.Text.Json;
using Drift.Standalone.Commands;
using Drift.Support;
using Microsoft.AspNetCore.Http;

namespace Drift.Standalone.Tests.Replay;

public sealed class ReplayCommandTests : IAsyncLifetime
{
    private readonly TempDirectory _folder = new();
    private StubServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await StubServer.StartAsync();
        await File.WriteAllTextAsync(
            _folder["f.csv"],
            "a,code,pid,y\n" + string.Concat(Enumerable.Range(0, 110).Select(i => $"{i}.5,00{i % 3},p{i},{(i % 2 == 0 ? "yes" : "\"no, \"\"not\"\"\"")}\n")));
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Replay_File_UploadsReferenceAndSendsTheRestInBatches()
    {
        _server.Verdict = _ => StubServer.DriftedVerdict;

        var run = await ReplayAsync("--categorical", "code", "--id", "pid", "--prediction", "y");

        Assert.Equal(("", Cli.Ok), (run.Error, run.Code));
        Assert.Equal(
            ["GET /health/ready", "GET /v1/models/m x", "PUT /v1/models/m x", "PUT /v1/models/m x/reference"],
            _server.Requests.Take(4).Select(r => $"{r.Method} {r.Path}"));
        Assert.Contains("\"features\":{\"code\":{\"type\":\"categorical\"}}", _server.Requests.ElementAt(2).Body, StringComparison.Ordinal);
        var batches = _server.Batches.ToArray();
        Assert.Equal([30, 30, 30, 10], batches.Select(b => JsonDocument.Parse(b.Body).RootElement.GetProperty("rows").GetArrayLength()));
        Assert.Equal(4, batches.Select(b => b.BatchId).Distinct().Count());
        var row = JsonDocument.Parse(batches[0].Body).RootElement.GetProperty("rows")[1];
        Assert.Equal("""{"id":"p11","features":{"a":11.5,"code":"002"},"prediction":"no, \u0022not\u0022"}""", row.GetRawText());
        Assert.Equal("POST /v1/models/m x/drift/check?window=24h", $"{_server.Requests.Last().Method} {_server.Requests.Last().Path}");
        Assert.Contains("reference: 10 rows, plan 1", run.Output, StringComparison.Ordinal);
        Assert.Contains("sent 100 rows in ", run.Output, StringComparison.Ordinal);
        Assert.Contains("100 accepted", run.Output, StringComparison.Ordinal);
        Assert.Contains("24h: severity critical, drifted: a", run.Output, StringComparison.Ordinal);
        Assert.Contains("worst first: a (critical, psi 0.810)", run.Output, StringComparison.Ordinal);
        Assert.Contains("100 of 100 rows (100%)", run.Output, StringComparison.Ordinal);
        Assert.Contains("after 100 rows: severity critical, drifted: a", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_WithoutTypes_LeavesSettingsAlone()
    {
        await ReplayAsync();

        Assert.DoesNotContain(_server.Requests, r => r.Path == "/v1/models/m x");
    }

    [Theory]
    [InlineData("ndjson", "application/x-ndjson", "{\"features\":{\"a\":10.5,\"code\":1,\"pid\":\"p10\",\"y\":\"yes\"}}")]
    [InlineData("csv", "text/csv", "features.a,features.code,features.pid,features.y")]
    public async Task Replay_Format_IsWhatIsSent(string format, string mediaType, string firstLine)
    {
        var run = await ReplayAsync("--format", format);

        Assert.Equal(Cli.Ok, run.Code);
        var batch = _server.Batches.First();
        Assert.Equal(mediaType, batch.ContentType);
        Assert.Equal(firstLine, Lines(batch.Body)[0]);
        Assert.Equal(100, _server.Rows);
    }

    [Fact]
    public async Task Replay_Csv_KeepsHowNumbersAndTextsWereWritten()
    {
        await ReplayAsync("--format", "csv", "--prediction", "y", "--id", "pid");

        Assert.Equal(["id,features.a,features.code,prediction", "p10,10.5,001,yes", "p11,11.5,002,\"no, \"\"not\"\"\""], Lines(_server.Batches.First().Body)[..3]);
    }

    [Fact]
    public async Task Replay_SaturatedServer_SendsTheSameBatchAgainAfterTheAskedWait()
    {
        var refusals = new Queue<int>([503, 429, 0]);
        _server.Intercept = async (http, seen) =>
        {
            if (seen.BatchId?.EndsWith("000002", StringComparison.Ordinal) != true || refusals.Dequeue() is not (> 0 and var status))
                return false;
            http.Response.Headers.RetryAfter = status == 503 ? "1" : "0";
            await StubServer.ProblemAsync(http, status, """{"title":"Busy","detail":"Too much."}""");
            return true;
        };

        var run = await ReplayAsync();

        Assert.Equal(Cli.Ok, run.Code);
        var repeated = _server.Batches.GroupBy(b => b.BatchId).Single(g => g.Count() > 1);
        Assert.Equal(3, repeated.Count());
        Assert.Single(repeated.Select(b => b.Body).Distinct());
        Assert.Contains("503 Service Unavailable; sending the same batch again in 1 s", run.Output, StringComparison.Ordinal);
        Assert.Contains("429 Too Many Requests; sending the same batch again in 0.4 s", run.Output, StringComparison.Ordinal);
        Assert.Contains("100 accepted", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_LostAnswer_CountsTheDuplicateAsItsOwn()
    {
        var aborted = false;
        _server.Intercept = async (http, seen) =>
        {
            if (seen.BatchId?.EndsWith("000001", StringComparison.Ordinal) != true)
                return false;
            if (!aborted)
            {
                aborted = true;
                http.Abort();
                return true;
            }

            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync("""{"model":"default/m","accepted":0,"rejected":0,"duplicate":true,"plan":1,"status":"monitoring"}""");
            return true;
        };

        var run = await ReplayAsync();

        Assert.Equal(("", Cli.Ok), (run.Error, run.Code));
        Assert.Contains("100 accepted", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_RefusedRows_PrintsTheProblemReadably()
    {
        _server.Intercept = async (http, seen) =>
        {
            if (!seen.Path.EndsWith("/reference", StringComparison.Ordinal))
                return false;
            await StubServer.ProblemAsync(
                http, 422, """{"type":"t","title":"Schema","status":422,"detail":"A row breaks the schema.","row":3,"errors":{"rows[3].features.a":["must be a number"]}}""");
            return true;
        };

        var run = await ReplayAsync();

        Assert.Equal(Cli.Error, run.Code);
        Assert.Equal(
            [
                "The server refused PUT /v1/models/m%20x/reference (422 Unprocessable Entity): A row breaks the schema.",
                "  rows[3].features.a: must be a number",
                "  in row 3 of the request, counted from 0",
            ],
            Lines(run.Error));
    }

    [Fact]
    public async Task Replay_WithoutKey_SaysToPassOne()
    {
        _server.Intercept = async (http, seen) =>
        {
            if (seen.Method != "PUT")
                return false;
            await StubServer.ProblemAsync(http, 401, """{"title":"Unauthorized","detail":"A key is needed."}""");
            return true;
        };

        Assert.Contains("Pass an API key with --key.", (await ReplayAsync()).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_NobodyAnswers_AsksWhetherTheServerRuns()
    {
        var run = await CommandRun.OfAsync("replay", _folder["f.csv"], "--model", "m", "--reference-rows", "10", "--url", $"http://127.0.0.1:{FreePort.Next()}");

        Assert.Equal(Cli.Error, run.Code);
        Assert.Contains("Is `make run` running there?", run.Error, StringComparison.Ordinal);
        Assert.Single(Lines(run.Error));
    }

    [Fact]
    public async Task Replay_SomethingElseAnswers_SaysSo()
    {
        _server.Intercept = async (http, _) =>
        {
            await http.Response.WriteAsync("<html>");
            return true;
        };

        Assert.Contains("is not this program's server", (await ReplayAsync()).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--reference-rows 110", "all of them are the reference")]
    [InlineData("--reference-rows 111", "has 110 rows, --reference-rows 0-111 asks for more")]
    [InlineData("--current-rows 100-200 --reference-rows 10", "has 110 rows, --current-rows 100-200 asks for more")]
    [InlineData("--reference-rows 10 --window 2h", "2h")]
    [InlineData("--reference-rows 10 --url nowhere", "--url is 'nowhere', it must be an address such as http://127.0.0.1:8080")]
    [InlineData("", "--reference-rows")]
    public async Task Replay_BadOption_SaysWhatWouldBeRight(string options, string expected)
    {
        var run = await CommandRun.OfAsync(["replay", _folder["f.csv"], "--model", "m", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal(Cli.Error, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_Speed_PacesTheRows()
    {
        var clock = new FakeClock();

        var replay = CommandRun.OfAsync(
            clock, "replay", _folder["f.csv"], "--model", "m", "--reference-rows", "10", "--url", _server.Url, "--speed", "50", "--batch", "50");
        await Eventually.Async(() => _server.Batches.Count() == 1 && clock.ActiveTimers == 1, TimeSpan.FromSeconds(10), "the second batch waits");
        clock.Advance(TimeSpan.FromSeconds(0.9));
        Assert.Single(_server.Batches);
        clock.Advance(TimeSpan.FromSeconds(0.1));

        var run = await replay;
        Assert.Equal(2, _server.Batches.Count());
        Assert.Contains("sent 100 rows in 1.0 s", run.Output, StringComparison.Ordinal);
    }

    private static string[] Lines(string text) => text.TrimEnd().Split('\n').Select(l => l.TrimEnd('\r')).ToArray();

    private Task<CommandRun> ReplayAsync(params string[] options) => CommandRun.OfAsync(
        ["replay", _folder["f.csv"], "--model", "m x", "--reference-rows", "10", "--url", _server.Url, "--batch", "30", .. options]);
}
