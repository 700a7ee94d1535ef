using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Drift.Standalone.Tests;

/// <summary>A request as the stub saw it.</summary>
internal sealed record Seen(string Method, string Path, string? BatchId, string? Key, string? ContentType, string Body);

/// <summary>A server that records requests and answers like the API, or as a test asks.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StubServer(WebApplication app) => _app = app;

    public ConcurrentQueue<Seen> Requests { get; } = new();

    /// <summary>Answers a request in place of the stub; true when it did.</summary>
    public Func<HttpContext, Seen, Task<bool>>? Intercept { get; set; }

    /// <summary>The verdict, by the number of rows that were sent.</summary>
    public Func<int, string> Verdict { get; set; } = _ => QuietVerdict;

    public int Rows { get; private set; }

    public string Url => _app.Urls.Single();

    public static string QuietVerdict => """
        {"model":"default/m","window":"24h","evaluated_at":"2026-11-20T12:00:00Z","rows":9000,"reference_rows":10,"plan":1,"status":"ok","severity":"none",
         "drift_detected":false,"drifted_columns":0,"columns":1,"features":[{"name":"a","role":"feature","type":"numeric","severity":"none","drifted":false,"psi":0.01}]}
        """;

    public static string DriftedVerdict => """
        {"model":"default/m","window":"24h","evaluated_at":"2026-11-20T12:00:00Z","rows":9000,"reference_rows":10,"plan":1,"status":"ok","severity":"critical",
         "drift_detected":true,"drifted_columns":1,"columns":1,"features":[{"name":"a","role":"feature","type":"numeric","severity":"critical","drifted":true,"psi":0.81,"severities":{"psi":"critical"}}]}
        """;

    public IEnumerable<Seen> Batches => Requests.Where(r => r.Path.EndsWith("/predictions", StringComparison.Ordinal));

    public static async Task<StubServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new StubServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    public static Task ProblemAsync(HttpContext http, int status, string json)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(System.Text.Json.JsonDocument.Parse(json).RootElement, options: null, contentType: "application/problem+json");
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var seen = new Seen(
            http.Request.Method,
            http.Request.Path.Value + http.Request.QueryString.Value,
            http.Request.Headers["Idempotency-Key"],
            http.Request.Headers["X-Api-Key"],
            http.Request.ContentType,
            await new StreamReader(http.Request.Body).ReadToEndAsync());
        Requests.Enqueue(seen);
        if (Intercept is not null && await Intercept(http, seen))
            return;
        http.Response.ContentType = "application/json";
        var path = http.Request.Path.Value!;
        if (path.EndsWith("/predictions", StringComparison.Ordinal))
        {
            var count = CountRows(seen);
            lock (Requests)
                Rows += count;
            await http.Response.WriteAsync($$"""{"model":"default/m","batch_id":"{{seen.BatchId}}","accepted":{{count}},"rejected":0,"duplicate":false,"plan":1,"status":"monitoring"}""");
        }
        else if (path.EndsWith("/reference", StringComparison.Ordinal))
        {
            await http.Response.WriteAsync($$"""{"model":"default/m","mode":"uploaded","status":"monitoring","plan":1,"rows":{{CountRows(seen)}},"warnings":[]}""");
        }
        else if (path.Contains("/drift", StringComparison.Ordinal))
        {
            await http.Response.WriteAsync(Verdict(Rows));
        }
        else if (path.StartsWith("/health", StringComparison.Ordinal))
        {
            await http.Response.WriteAsync("""{"status":"healthy","checks":{}}""");
        }
        else if (seen.Method == "GET")
        {
            await ProblemAsync(http, 404, """{"type":"x","title":"Not found","status":404,"detail":"There is no model."}""");
        }
        else
        {
            await http.Response.WriteAsync("""{"model":"default/m","status":"learning","plan":0,"rows":0,"created_at":"2026-11-20T12:00:00Z"}""");
        }
    }

    private static int CountRows(Seen seen) => seen.ContentType switch
    {
        "application/json" => System.Text.Json.JsonDocument.Parse(seen.Body).RootElement.GetProperty("rows").GetArrayLength(),
        "text/csv" => seen.Body.Count(c => c == '\n') - 1,
        _ => seen.Body.Count(c => c == '\n'),
    };
}
