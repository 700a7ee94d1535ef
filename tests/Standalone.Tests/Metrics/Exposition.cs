using System.Globalization;
using System.Net;
using System.Text;
using Drift.Standalone.Tests.Crash;
using Drift.Support;

namespace Drift.Standalone.Tests.Metrics;

/// <summary>Rows to send and the metrics to read of a host.</summary>
internal static class Exposition
{
    /// <summary>Names of the metrics that a host exports, as its <c># TYPE</c> lines have them, with their types.</summary>
    public static Dictionary<string, string> Types(string text) => text.Split('\n')
        .Where(l => l.StartsWith("# TYPE ", StringComparison.Ordinal))
        .Select(l => l.Split(' '))
        .ToDictionary(p => p[2], p => p[3], StringComparer.Ordinal);

    /// <summary>The value of one sample, or null when there is none.</summary>
    public static double? Value(string text, string sample) => text.Split('\n')
        .Where(l => l.StartsWith(sample + " ", StringComparison.Ordinal))
        .Select(l => (double?)double.Parse(l[(sample.Length + 1)..], CultureInfo.InvariantCulture))
        .FirstOrDefault();

    public static async Task<string> MetricsAsync(this HostProcess host) => await host.Client.GetStringAsync(new Uri(host.Address, "metrics"));

    /// <summary>Sends a batch of a classifier whose applicants are aged about <paramref name="age"/>, labelled and with some ages missing.</summary>
    public static Task<HttpStatusCode> SendClassifiedAsync(this HostProcess host, string model, string batch, int rows, int age, int seed)
    {
        var random = new Random(seed);
        var body = new StringBuilder($$"""{"batch_id": "{{batch}}", "rows": [""");
        for (var row = 0; row < rows; row++)
        {
            var prediction = random.Next(2) == 0 ? "approve" : "deny";
            var label = random.Next(10) == 0 ? "deny" : prediction;
            var years = random.Next(20) == 0 ? "null" : (age + random.Next(-15, 16)).ToString(CultureInfo.InvariantCulture);
            body.Append(CultureInfo.InvariantCulture, $"{(row > 0 ? "," : "")}{{\"features\": {{\"age\": {years}, \"job\": \"{(char)('a' + random.Next(4))}\"}}, ")
                .Append(CultureInfo.InvariantCulture, $"\"prediction\": \"{prediction}\", \"score\": 0.{random.Next(10, 100)}, \"label\": \"{label}\"}}");
        }

        return host.PostAsync($"v1/models/{model}/predictions", body.Append("]}").ToString());
    }

    public static async Task<HttpStatusCode> PostAsync(this HostProcess host, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await host.Client.PostAsync(new Uri(host.Address, path), content);
        return answer.StatusCode;
    }

    /// <summary>Makes a model that has learned its reference and sees drift, and waits until its gauges say so.</summary>
    public static async Task MakeDriftedModelAsync(this HostProcess host, string model)
    {
        using (var settings = new StringContent("""{"task": "binary", "positive": "approve", "reference": {"rows": 1000}}""", Encoding.UTF8, "application/json"))
        using (var configured = await host.Client.PutAsync(new Uri(host.Address, $"v1/models/{model}"), settings))
            Assert.Equal(HttpStatusCode.OK, configured.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await host.SendClassifiedAsync(model, "reference", 1000, age: 40, seed: 1));
        Assert.Equal(HttpStatusCode.OK, await host.SendClassifiedAsync(model, "current", 1000, age: 50, seed: 2));
        using var check = await host.Client.PostAsync(new Uri(host.Address, $"v1/models/{model}/drift/check"), null);
        Assert.Equal(HttpStatusCode.OK, check.StatusCode);
    }

    /// <summary>Makes a trigger of a drifted model, holds back another, trains for it, and ends both.</summary>
    public static async Task TrainAsync(this HostProcess host, string model)
    {
        async Task PostAsync(string path, string body)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await host.Client.PostAsync(new Uri(host.Address, path), content);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }

        using (var settings = new StringContent("""{"task": "binary", "positive": "approve", "triggers": {"enabled": true, "evaluations": 1}}""", Encoding.UTF8, "application/json"))
        using (var configured = await host.Client.PutAsync(new Uri(host.Address, $"v1/models/{model}"), settings))
            Assert.Equal(HttpStatusCode.OK, configured.StatusCode);
        var batch = 0;
        await Eventually.Async(
            async () =>
            {
                await host.SendClassifiedAsync(model, $"held-{batch++}", 100, age: 50, seed: 3);
                return (await host.MetricsAsync()).Contains("drift_triggers_held_total{", StringComparison.Ordinal);
            },
            TimeSpan.FromSeconds(60),
            "a trigger is made and the next held back");
        using var listed = await host.Client.GetAsync(new Uri(host.Address, "v1/triggers"));
        var id = System.Text.Json.JsonDocument.Parse(await listed.Content.ReadAsStringAsync()).RootElement.GetProperty("triggers")[0].GetProperty("id").GetString();
        // Gauges show the run that reported last: one that goes on.
        foreach (var run in (string[])["done", "on"])
        {
            await PostAsync("v1/training/runs", run == "done" ? $$"""{"id": "done", "model": "{{model}}", "trigger_id": "{{id}}"}""" : $$"""{"id": "on", "model": "{{model}}"}""");
            await PostAsync($"v1/training/runs/{run}/metrics", """
                {"points": [{"training_loss": 1.5, "validation_loss": 2, "ewc_lambda": 0.4, "learning_rate": 0.001, "fisher_matrix_size_bytes": 1024,
                 "replay_buffer_size": 5, "replay_buffer_capacity": 10, "samples": 64}]}
                """);
            if (run == "done")
                await PostAsync("v1/training/runs/done/finish", """{"status": "succeeded"}""");
        }
    }
}
