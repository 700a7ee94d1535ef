using System.Collections.Concurrent;
using Drift.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Drift.Load.Tests;

/// <summary>The generator against the built host, and against servers that answer wrongly.</summary>
public sealed class LoadGeneratorTests
{
    private static readonly LoadOptions Small = new()
    {
        Url = new Uri("http://127.0.0.1:1"),
        Connections = 4,
        BatchRows = 20,
        NumericColumns = 3,
        CategoricalColumns = 2,
        Models = 3,
        ReferenceRows = 100,
        Resend = 0.2,
        WarmUp = TimeSpan.Zero,
        Duration = TimeSpan.FromSeconds(0.5),
    };

    [Fact]
    public async Task Every_format_is_counted_exactly_on_the_host_with_batches_sent_again()
    {
        await using var host = await MeasuredServer.StartSqliteAsync("host");
        foreach (var format in Enum.GetValues<RowFormat>())
        {
            var sent = await LoadGenerator.RunAsync(Small with { Url = host.Url, Format = format, ModelName = $"m-{format}" });
            AssertExact(sent, format.ToString());
            Assert.True(sent.Resent > 0, $"{format}: none sent again of {sent.Requests}");
            Assert.True(sent.RowsAcknowledged > Small.Models * Small.ReferenceRows);
        }

        // The same models once more, at fixed times, unevenly.
        var open = Small with { Url = host.Url, ModelName = "m-Json", Run = "open", Rate = 50, Skew = 1 };
        var result = await LoadGenerator.RunAsync(open);
        AssertExact(result, "open loop");
        Assert.InRange(result.Requests, 1, 25);

        // The same ids once more are no new rows, and to take them for such would be a lost batch.
        Assert.False((await LoadGenerator.RunAsync(open)).Exact);
        Assert.True(host.Cpu > TimeSpan.Zero && host.PeakBytes > 0);
    }

    [Fact]
    public async Task A_host_that_learns_from_the_load_is_counted_exactly()
    {
        await using var host = await MeasuredServer.StartSqliteAsync("host");
        // Nothing warms a host up that has no reference: its first answers take what a new process takes.
        var learning = Small with { Url = host.Url, ReferenceRows = 0, BatchRows = 700, Models = 1, Duration = TimeSpan.FromSeconds(4) };
        AssertExact(await LoadGenerator.RunAsync(learning), "learning");
    }

    [Fact]
    public async Task Refusals_are_tried_again_under_the_same_id()
    {
        var seen = new ConcurrentDictionary<string, int>();
        await using var server = new WrongServer(
            (id, rows) => seen.AddOrUpdate(id, 1, (_, n) => n + 1) switch
            {
                1 => (503, "", 0),
                2 => (200, Accepted(rows), rows),
                _ => (200, Duplicate, 0),
            });
        var result = await server.LoadAsync(Small);
        AssertExactCounts(result);
        Assert.True(result.Errors["503"] > 0);
        Assert.All(seen.Values, n => Assert.True(n >= 2));
    }

    [Fact]
    public async Task Rows_that_were_lost_are_told()
    {
        await using var server = new WrongServer((_, rows) => (200, Accepted(rows), rows - 1));
        var result = await server.LoadAsync(Small with { Resend = 0, Models = 1 });
        Assert.False(result.Exact);
        Assert.True(Assert.Single(result.Wrong).Counted < result.RowsAcknowledged);
    }

    [Fact]
    public async Task Rows_that_count_twice_are_told()
    {
        await using var server = new WrongServer((_, rows) => (200, Accepted(rows), rows));
        var result = await server.LoadAsync(Small with { Models = 1 });
        Assert.False(result.Exact);
        Assert.True(result.ResentAndCounted > 0);
        Assert.True(Assert.Single(result.Wrong).Counted > result.RowsAcknowledged);
    }

    [Fact]
    public async Task What_is_never_answered_may_count_or_not()
    {
        await using var server = new WrongServer((id, rows) => (500, "", id.EndsWith('0') ? rows : 0));
        var result = await server.LoadAsync(Small with { Connections = 2, Duration = TimeSpan.FromSeconds(0.2), Patience = TimeSpan.FromSeconds(0.2), Models = 1 });
        Assert.Equal(2, result.Unacknowledged);
        Assert.Equal(0, result.Requests);
        Assert.Equal(0, result.RowsAcknowledged);
    }

    [Fact]
    public async Task A_server_that_is_away_when_it_is_asked_for_its_counts_is_asked_again()
    {
        await using var server = new WrongServer((_, rows) => (200, Accepted(rows), rows)) { AwayWhenCounted = 2 };
        var result = await server.LoadAsync(Small with { Resend = 0, Models = 1, Duration = TimeSpan.FromSeconds(0.2) });
        Assert.True(result.RowsAcknowledged > 0);
        AssertExactCounts(result);
        Assert.Equal(0, server.AwayWhenCounted);
    }

    [Fact]
    public async Task A_load_has_begun_only_once_it_is_known_what_is_counted_already()
    {
        var load = new LoadGenerator(Small with { Url = new Uri($"http://127.0.0.1:{FreePort.Next()}") });
        await Assert.ThrowsAsync<HttpRequestException>(() => load.RunAsync(CancellationToken.None));
        await Assert.ThrowsAsync<HttpRequestException>(() => load.Begun);
    }

    private const string Duplicate = """{"accepted":0,"duplicate":true}""";

    private static string Accepted(int rows) => $"{{\"accepted\":{rows},\"duplicate\":false}}";

    private static void AssertExactCounts(LoadResult result) => Assert.True(result.Exact, result.ToString());

    private static void AssertExact(LoadResult result, string what)
    {
        Assert.True(result.Exact, $"{what}: {result}");
        Assert.True(result.Errors.Count == 0 && result.Unacknowledged == 0, $"{what}: {result}");
        Assert.True(result.Requests > 0 && result.Rows > 0 && result.MaxMs >= result.P50Ms, $"{what}: {result}");
    }

    /// <summary>Answers each batch as it is told, in chunks, and counts what it is told.</summary>
    private sealed class WrongServer(Func<string, int, (int Status, string Body, int Counted)> answer) : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<string, long> _rows = new();
        private WebApplication? _app;
        private bool _loaded;

        /// <summary>How many questions for counts after the first rows are still refused.</summary>
        public int AwayWhenCounted { get; set; }

        public async Task<LoadResult> LoadAsync(LoadOptions options)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            _app = builder.Build();
            _app.MapGet("/v1/models/{model}", (string model) =>
            {
                if (!_loaded || AwayWhenCounted == 0)
                    return Results.Json(new { rows = _rows.GetValueOrDefault(model) });
                AwayWhenCounted--;
                return Results.StatusCode(503);
            });
            _app.MapPost("/v1/models/{model}/predictions", async (HttpContext context, string model) =>
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                var (status, body, counted) = answer(context.Request.Headers["Idempotency-Key"].ToString(), options.BatchRows);
                _loaded = true;
                _rows.AddOrUpdate(model, counted, (_, n) => n + counted);
                context.Response.StatusCode = status;
                foreach (var part in body.Chunk(10))
                {
                    await context.Response.WriteAsync(new string(part));
                    await context.Response.Body.FlushAsync();
                }
            });
            await _app.StartAsync();
            return await LoadGenerator.RunAsync(options with { Url = new Uri(_app.Urls.Single()) });
        }

        public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
