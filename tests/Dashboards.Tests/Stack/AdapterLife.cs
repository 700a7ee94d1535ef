using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Drift.Dashboards.Tests.Stack;

/// <summary>
/// The LoRA versions of one base model over HTTP: the first serves, the second takes its place, the third is worse and is taken back, the fourth
/// is a canary that nothing is known of yet.
/// </summary>
internal sealed class AdapterLife(HttpClient http)
{
    private const string Base = "meta-llama/Llama-3-8B";
    private const string Model = "assistant";

    private readonly Random _random = new(16);
    private readonly Queue<(TimeSpan Ago, Func<AdapterLife, Task> Do)> _script = new(
    [
        (TimeSpan.FromHours(20), life => life.DeployAsync("v1", "deploy_champion", rank: 8, validationLoss: 0.61)),
        (TimeSpan.FromHours(5), async life =>
        {
            await life.DeployAsync("v2", "deploy_canary", rank: 16, validationLoss: 0.48);
            await life.SendAsync(1_500, ("v1", 0.8), ("v2", 0.93));
        }),
        (TimeSpan.FromHours(3), async life =>
        {
            await life.SendAsync(HttpMethod.Post, $"v1/models/{Model}/triggers", """{"by": "ann", "reason": "the weekly refresh"}""");
            await life.DeployAsync("v3", "deploy_canary", rank: 16, validationLoss: 0.55);
            await life.SendAsync(1_500, ("v2", 0.93), ("v3", 0.8));
        }),
        (TimeSpan.FromMinutes(40), life => life.DeployAsync("v4", "deploy_canary", rank: 32, validationLoss: 0.47)),
    ]);

    public async Task PrepareAsync()
    {
        await SendAsync(HttpMethod.Put, $"v1/models/{Model}", """{"task": "binary", "positive": "good", "features": {"length": {"type": "numeric"}}, "segments": ["adapter"], "reference": {"mode": "uploaded"}}""");
        await SendAsync(HttpMethod.Put, $"v1/models/{Model}/reference", Rows(1_000, [("v0", 0.9)]));
        await SendAsync(HttpMethod.Put, $"v1/adapters/policy?base={Uri.EscapeDataString(Base)}", """{"promote_when": "better"}""");
    }

    /// <summary>Does what is due, so long before the past ends.</summary>
    public async Task GoOnAsync(TimeSpan ago)
    {
        while (_script.TryPeek(out var next) && ago <= next.Ago)
            await _script.Dequeue().Do(this);
        if (ago < TimeSpan.FromMinutes(40))
            await SendAsync(20, ("v2", 0.92), ("v4", 0.92));
    }

    private async Task DeployAsync(string version, string deploy, int rank, double validationLoss)
    {
        var training = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"training_job_id": "run-{{version}}", "rank": {{rank}}, "alpha": {{rank * 2}}, "training_loss": {{validationLoss - 0.05}}, "validation_loss": {{validationLoss}}, "training_time_seconds": {{rank * 300}}}""");
        await SendAsync(HttpMethod.Post, "v1/adapters", $$"""{"base_model": "{{Base}}", "version": "{{version}}", "model": "{{Model}}", "state": "trained", "by": "trainer", "training": {{training}}}""");
        foreach (var command in new[] { "validate", "ready", deploy })
            await SendAsync(HttpMethod.Post, $"v1/adapters/{version}/transitions", $$"""{"command": "{{command}}", "by": "ann"}""");
        await EvaluateAsync();
    }

    private async Task SendAsync(int rows, params (string Version, double Accuracy)[] versions)
    {
        await SendAsync(HttpMethod.Post, $"v1/models/{Model}/predictions", Rows(rows, versions));
        await EvaluateAsync();
    }

    private Task EvaluateAsync() => SendAsync(HttpMethod.Post, $"v1/adapters/evaluate?base={Uri.EscapeDataString(Base)}", null);

    private string Rows(int each, (string Version, double Accuracy)[] versions)
    {
        var rows = new JsonArray();
        for (var i = 0; i < each * versions.Length; i++)
        {
            var (version, accuracy) = versions[i % versions.Length];
            // Spread evenly and the same for each version: those with one accuracy must not differ by luck.
            var right = i / versions.Length * 37 % 100 < accuracy * 100;
            var label = _random.NextDouble() < 0.7 ? "good" : "bad";
            rows.Add(new JsonObject
            {
                ["features"] = new JsonObject { ["length"] = 100 + (_random.NextDouble() * 400) },
                ["prediction"] = right == (label == "good") ? "good" : "bad",
                ["label"] = label,
                ["segment"] = new JsonObject { ["adapter"] = version },
            });
        }

        return new JsonObject { ["rows"] = rows }.ToJsonString();
    }

    private async Task SendAsync(HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request);
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{method} {path}: {await response.Content.ReadAsStringAsync()}");
    }
}
