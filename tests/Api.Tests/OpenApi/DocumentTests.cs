using System.Text.Json;
using Drift.Api.Tests.Support;

namespace Drift.Api.Tests.OpenApi;

public sealed class DocumentTests
{
    /// <summary>The routes of the design's table.</summary>
    private static readonly string[] Routes =
    [
        "GET /", "GET /v1/models", "PUT /v1/models/{model}", "GET /v1/models/{model}", "DELETE /v1/models/{model}", "POST /v1/models/{model}/predictions",
        "POST /v1/models/{model}/labels", "PUT /v1/models/{model}/reference", "GET /v1/models/{model}/reference", "POST /v1/models/{model}/reference/pin",
        "GET /v1/models/{model}/drift", "POST /v1/models/{model}/drift/check", "GET /v1/models/{model}/drift/history", "GET /v1/models/{model}/features/{feature}",
        "GET /v1/models/{model}/performance", "GET /v1/models/{model}/quality", "GET /v1/models/{model}/segments", "GET /v1/models/{model}/events",
        "GET /v1/alerts", "GET /v1/alerts/{id}", "POST /v1/alerts/{id}/acknowledge", "GET /v1/silences", "POST /v1/silences", "DELETE /v1/silences/{id}",
        "GET /v1/outbox", "GET /v1/outbox/{id}", "POST /v1/outbox/{id}/redeliver",
        "GET /drift/summary", "GET /drift/metrics", "POST /drift/check", "GET /metrics", "GET /health/startup", "GET /health/ready", "GET /health/live",
        "GET /v1/gpus", "GET /v1/gpus/{node}", "GET /v1/gpus/{node}/history", "POST /v1/gpus/{node}/samples",
        "GET /v1/triggers", "GET /v1/triggers/{id}", "POST /v1/models/{model}/triggers", "POST /v1/triggers/{id}/approve", "POST /v1/triggers/{id}/cancel",
        "POST /v1/triggers/{id}/status", "GET /v1/training/runs", "POST /v1/training/runs", "GET /v1/training/runs/{id}", "POST /v1/training/runs/{id}/metrics",
        "POST /v1/training/runs/{id}/finish",
    ];

    private static readonly string[] WithBody =
    [
        // They are tried from the last to the first: what is spoken of is made before.
        "POST /v1/triggers/{id}/cancel", "POST /v1/triggers/{id}/status", "POST /v1/triggers/{id}/approve", "POST /v1/models/{model}/triggers",
        "POST /v1/training/runs/{id}/finish", "POST /v1/training/runs/{id}/metrics", "POST /v1/training/runs",
        "PUT /v1/models/{model}", "POST /v1/models/{model}/predictions", "POST /v1/models/{model}/labels", "PUT /v1/models/{model}/reference", "POST /v1/models/{model}/reference/pin",
        "POST /v1/alerts/{id}/acknowledge", "POST /v1/silences", "POST /v1/gpus/{node}/samples",
    ];

    [Fact]
    public async Task The_document_has_every_route_and_no_other()
    {
        var operations = await OperationsAsync();
        Assert.Equal(Routes.Order(StringComparer.Ordinal), operations.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_operation_has_a_summary_a_tag_an_id_an_example_and_problem_answers()
    {
        foreach (var (route, operation) in await OperationsAsync())
        {
            Assert.False(string.IsNullOrEmpty(operation.GetProperty("summary").GetString()), route);
            Assert.False(string.IsNullOrEmpty(operation.GetProperty("operationId").GetString()), route);
            Assert.Single(operation.GetProperty("tags").EnumerateArray());
            var responses = operation.GetProperty("responses");
            if (route != "DELETE /v1/models/{model}")
                Assert.All(responses.GetProperty("200").GetProperty("content").EnumerateObject(), c => Assert.True(c.Value.TryGetProperty("example", out _), route));
            var problems = responses.EnumerateObject().Where(r => r.Name[0] is '4' or '5').ToArray();
            Assert.Contains(problems, p => p.Name == "500");
            foreach (var problem in problems)
            {
                var content = problem.Value.GetProperty("content").GetProperty("application/problem+json");
                Assert.StartsWith("urn:drift:error:", content.GetProperty("example").GetProperty("type").GetString(), StringComparison.Ordinal);
                Assert.Equal(problem.Name, content.GetProperty("example").GetProperty("status").GetRawText());
            }
        }
    }

    [Fact]
    public async Task Every_operation_with_a_body_has_an_example_of_it()
    {
        var operations = await OperationsAsync();
        Assert.Equal(WithBody.Order(StringComparer.Ordinal), operations.Where(o => o.Value.TryGetProperty("requestBody", out _)).Select(o => o.Key).Order(StringComparer.Ordinal));
        foreach (var route in WithBody)
        {
            var content = operations[route].GetProperty("requestBody").GetProperty("content").EnumerateObject().ToArray();
            Assert.Contains(content, c => c.Name == "application/json");
            Assert.All(content, c => Assert.True(c.Value.TryGetProperty("example", out _) && c.Value.TryGetProperty("schema", out _), route));
        }
    }

    [Fact]
    public async Task The_examples_of_bodies_are_taken_as_they_stand()
    {
        await using var host = await ApiHost.StartAsync();
        await host.AddAlertAsync("a1");
        // The clock goes on with labels, and the silence must end after it.
        foreach (var route in WithBody.Reverse())
        {
            var id = route.Contains("/training/", StringComparison.Ordinal) ? "run-17"
                : route.Contains("/v1/triggers/", StringComparison.Ordinal) ? (await host.GetAsync("/v1/triggers")).Ok().GetProperty("triggers")[0].GetProperty("id").GetString()!
                : "a1";
            var (method, path) = (
                route.Split(' ')[0],
                route.Split(' ')[1].Replace("{model}", "credit", StringComparison.Ordinal).Replace("{id}", id, StringComparison.Ordinal)
                    .Replace("{node}", "gpu-7", StringComparison.Ordinal));
            var operation = (await OperationsAsync())[route];
            foreach (var content in operation.GetProperty("requestBody").GetProperty("content").EnumerateObject())
            {
                var example = content.Value.GetProperty("example");
                // The clock of the host stands at noon, where the examples are; labels in them come a day later.
                host.Clock.Advance(TimeSpan.FromDays(content.Name == "application/json" && path.EndsWith("/labels", StringComparison.Ordinal) ? 2 : 0));
                var body = example.ValueKind == JsonValueKind.String ? example.GetString()! : example.GetRawText();
                (await host.SendAsync(new HttpMethod(method), path, System.Text.Encoding.UTF8.GetBytes(body), ("Content-Type", content.Name))).Ok();
            }
        }
    }

    [Fact]
    public async Task The_settings_schema_has_their_names_and_words()
    {
        await using var host = await ApiHost.StartAsync();
        var text = (await host.GetAsync("/openapi/v1.json")).Text;
        Assert.Contains("\"lag_days\"", text, StringComparison.Ordinal);
        Assert.Contains("\"lenient\"", text, StringComparison.Ordinal);
        Assert.Contains("\"X-Api-Key\"", text, StringComparison.Ordinal);
    }

    private static async Task<Dictionary<string, JsonElement>> OperationsAsync()
    {
        await using var host = await ApiHost.StartAsync();
        var document = (await host.GetAsync("/openapi/v1.json")).Ok();
        return document.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(o => (Route: $"{o.Name.ToUpperInvariant()} {p.Name}", Operation: o.Value)))
            .ToDictionary(o => o.Route, o => o.Operation);
    }
}
