using Drift.Standalone.Commands;
using Drift.Standalone.Demo;

namespace Drift.Standalone.Tests.Demo;

public sealed class DemoTrafficTests
{
    [Fact]
    public async Task Demo_AgainstAServer_UploadsReferencesThenSendsAndTellsWhatHappens()
    {
        await using var server = await StubServer.StartAsync();
        server.Verdict = rows => rows < 400 ? StubServer.QuietVerdict : StubServer.DriftedVerdict;

        var run = await CommandRun.OfAsync(
            "demo", "--url", server.Url, "--key", "k", "--rate", "100", "--drift-after", "1s", "--ramp", "1s", "--duration", "3s");

        Assert.Equal(("", Cli.Ok), (run.Error, run.Code));
        var writes = server.Requests.Where(r => r.Method is "PUT").ToArray();
        Assert.Equal(["/v1/models/fraud", "/v1/models/fraud/reference", "/v1/models/churn", "/v1/models/churn/reference"], writes.Take(4).Select(r => r.Path));
        Assert.Contains("\"min_rows\":1000", writes[0].Body, StringComparison.Ordinal);
        Assert.Contains("\"mode\":\"uploaded\"", writes[0].Body, StringComparison.Ordinal);
        Assert.Contains("\"amount\":{\"type\":\"numeric\"}", writes[0].Body, StringComparison.Ordinal);
        Assert.All(server.Requests, r => Assert.Equal("k", r.Key));
        var ids = server.Batches.Select(b => b.BatchId).ToArray();
        Assert.NotEmpty(ids);
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Contains("fraud begins to drift; in 1 s: amount +1.5 σ", run.Output, StringComparison.Ordinal);
        Assert.Contains("churn goes on as before", run.Output, StringComparison.Ordinal);
        Assert.Contains("fraud drifts in full", run.Output, StringComparison.Ordinal);
        Assert.Contains("severity critical, drifted: a (critical, psi 0.810)", run.Output, StringComparison.Ordinal);
        Assert.Contains("Ended after ", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://[::]:8080", "http://127.0.0.1:8080/")]
    [InlineData("http://0.0.0.0:81", "http://127.0.0.1:81/")]
    [InlineData("http://+:8080", "http://127.0.0.1:8080/")]
    [InlineData("http://localhost:5000", "http://localhost:5000/")]
    public void LocalAddress_Wildcard_BecomesLoopback(string listening, string expected) =>
        Assert.Equal(expected, DemoService.LocalAddress(["https://x:1", listening])!.ToString());

    [Fact]
    public void LocalAddress_None_IsNull() => Assert.Null(DemoService.LocalAddress([]));

    [Fact]
    public void Validate_WrongOptions_NamesEachKey()
    {
        var result = new DemoOptionsValidator().Validate(null, new DemoOptions { Models = 0, RowsPerSecond = 0 });

        Assert.Collection(
            result.Failures!,
            f => Assert.Equal("Drift:Demo:Models is 0, must be 1 to 1000.", f),
            f => Assert.Equal("Drift:Demo:RowsPerSecond is 0, must be above 0 and at most 100000.", f));
    }
}
