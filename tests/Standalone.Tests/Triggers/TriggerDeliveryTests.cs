using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Drift.Delivery.Http;
using Drift.Standalone.Tests.Crash;
using Drift.Standalone.Tests.Metrics;
using Drift.Support;

namespace Drift.Standalone.Tests.Triggers;

/// <summary>Triggers reach the trainer through failures of the trainer, of the host and of PostgreSQL, and the trainer's signed call-backs come back.</summary>
[Collection(nameof(HostProcess))]
public sealed class TriggerDeliveryTests
{
    private const string Secret = "a secret of the farm";
    private const int Models = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Each_trigger_arrives_at_least_once_and_by_its_id_once_through_kills_on_SQLite()
    {
        using var data = new TempDirectory();
        await DeliverThroughFailuresAsync(data, null);
    }

    [PostgresFact]
    public async Task Each_trigger_arrives_at_least_once_and_by_its_id_once_through_kills_of_host_and_PostgreSQL()
    {
        using var data = new TempDirectory();
        await using var postgres = await PostgresServer.StartNewAsync();
        await DeliverThroughFailuresAsync(data, postgres);
    }

    [Fact]
    public async Task Drift_makes_a_trigger_whose_training_run_ends_it()
    {
        await using var receiver = HttpReceiver.Start();
        using var data = new TempDirectory();
        await using var host = await HostProcess.StartAsync(data.Path, Options(receiver));
        using var settings = new StringContent(
            """{"task": "binary", "positive": "approve", "reference": {"rows": 1000}, "windows": ["1h"], "triggers": {"enabled": true, "evaluations": 1, "destinations": ["farm"]}}""",
            Encoding.UTF8, "application/json");
        using (var configured = await host.Client.PutAsync(new Uri(host.Address, "v1/models/credit"), settings))
            Assert.Equal(HttpStatusCode.OK, configured.StatusCode);
        await host.SendClassifiedAsync("credit", "reference", 1000, age: 40, seed: 1);
        await host.SendClassifiedAsync("credit", "drifted", 1000, age: 55, seed: 2);

        await Eventually.Async(() => receiver.Requests.Count > 0, Patience, "the trainer is told");
        var message = receiver.Requests[0];
        var data0 = message.Json.GetProperty("data");
        var id = Text(data0, "id");
        Assert.Equal(("finetuning.requested", "drift", "credit", "age"), (Text(message.Json, "type"), Text(data0, "trigger_type"), Text(data0, "model"), Text(data0.GetProperty("reason").GetProperty("verdict").GetProperty("features")[0], "name")));
        Assert.True(WebhookSignature.Holds(
            Encoding.UTF8.GetBytes(Secret), message.Headers["webhook-id"], long.Parse(message.Headers["webhook-timestamp"], CultureInfo.InvariantCulture), Encoding.UTF8.GetBytes(message.Body), message.Headers["webhook-signature"]));

        await Eventually.Async(async () => Text(await GetAsync(host, $"v1/triggers/{id}"), "status") == "sent", Patience, "that it was taken is noted");
        await PostAsync(host, "v1/training/runs", $$"""{"id": "run-1", "model": "credit", "trigger_id": "{{id}}", "adapter_version": "v2"}""");
        Assert.Equal("running", Text(await GetAsync(host, $"v1/triggers/{id}"), "status"));
        await PostAsync(host, "v1/training/runs/run-1/metrics", """{"points": [{"training_loss": 1.5, "samples": 64}]}""");
        await PostAsync(host, "v1/training/runs/run-1/finish", """{"status": "succeeded"}""");
        var ended = await GetAsync(host, $"v1/triggers/{id}");
        Assert.Equal(("succeeded", "v2", "run-1"), (Text(ended, "status"), Text(ended, "adapter_version"), Text(ended, "training_run")));

        var metrics = await host.MetricsAsync();
        Assert.Equal(1, Exposition.Value(metrics, "finetuning_triggers_total{model=\"credit\",tenant=\"default\",trigger_type=\"drift\"}"));
        Assert.Equal(1.5, Exposition.Value(metrics, "training_loss{model=\"credit\",tenant=\"default\"}"));
        Assert.Equal(64, Exposition.Value(metrics, "training_samples_total{model=\"credit\",tenant=\"default\"}"));
    }

    [Fact]
    public async Task A_trigger_that_was_called_off_before_it_was_sent_is_not_sent_any_more()
    {
        await using var receiver = HttpReceiver.Away();
        using var data = new TempDirectory();
        await using var host = await HostProcess.StartAsync(data.Path, Options(receiver));
        await PutModelAsync(host, "credit");
        var id = Text(await PostAsync(host, "v1/models/credit/triggers", """{"by": "ada", "reason": "x"}"""), "id");
        await PostAsync(host, $"v1/triggers/{id}/cancel", """{"by": "ada"}""");
        // An attempt that was under way when it was called off may still arrive: so the receiver stays away until the message is settled without one.
        await Eventually.Async(async () => await DeliveredAsync() == 1, Patience, "the request is settled though nobody can take it");
        receiver.Return();

        // That it was called off is told all the same, because the request may have been under way.
        await Eventually.Async(async () => await DeliveredAsync() == 2, Patience, "both messages are settled");
        Assert.Equal([$"{id}.cancelled.farm"], receiver.Requests.Select(r => r.Headers["webhook-id"]).Distinct());

        async Task<int> DeliveredAsync() => (await GetAsync(host, "v1/outbox?state=delivered")).GetProperty("count").GetInt32();
    }

    private static async Task DeliverThroughFailuresAsync(TempDirectory data, PostgresServer? postgres)
    {
        await using var receiver = HttpReceiver.Away();
        string? database = null;
        if (postgres is not null)
        {
            database = await postgres.CreateDatabaseAsync();
            Assert.Equal(0, (await HostProcess.RunAsync(data.Path, ["migrate"], postgres: database)).ExitCode);
        }

        var attempts = new ConcurrentDictionary<string, int>();
        receiver.Answer = async request =>
        {
            switch (attempts.AddOrUpdate(request.Headers["webhook-id"], 1, (_, n) => n + 1))
            {
                case 1:
                    return 500;
                case 2:
                    // Taken, but the host no longer waits for the answer.
                    await Task.Delay(TimeSpan.FromSeconds(3));
                    return 200;
                default:
                    return 200;
            }
        };
        receiver.AnswerBody = request => $$"""{"job_id": "job-of-{{Text(request.Json.GetProperty("data"), "model")}}"}""";
        await using var host = await HostProcess.StartAsync(data.Path, Options(receiver), database);
        var ids = new List<string>();
        for (var i = 0; i < Models; i++)
        {
            var model = string.Create(CultureInfo.InvariantCulture, $"m{i}");
            await PutModelAsync(host, model);
            if (postgres is not null && i == 1)
                await postgres.KillAsync();
            var asking = RequestUntilAnsweredAsync(host, model);
            if (i == 2)
                receiver.Return();
            if (postgres is not null && i == 1)
                await postgres.StartAsync();
            ids.Add(await asking);
            await host.KillAsync();
            await host.StartAsync();
        }

        if (postgres is not null)
        {
            await postgres.KillAsync();
            await postgres.StartAsync();
        }

        await Eventually.Async(
            async () => (await GetAsync(host, "v1/triggers?status=accepted")).GetProperty("count").GetInt32() == Models, Patience, "the trainer took every trigger and named its job");
        var triggers = (await GetAsync(host, "v1/triggers")).GetProperty("triggers").EnumerateArray().ToDictionary(t => Text(t, "id"));
        Assert.Equal(ids.Order(), triggers.Keys.Order());
        Assert.All(triggers.Values, t => Assert.Equal($"job-of-{Text(t, "model")}", Text(t, "job_id")));
        var byId = receiver.Requests.GroupBy(r => r.Headers["webhook-id"]).ToDictionary(g => g.Key, g => g.Select(r => r.Body).Distinct().Single());
        Assert.Equal(ids.Select(i => $"{i}.requested.farm").Order(), byId.Keys.Order());
        await CallBackAsync(host, ids[0], ids[1]);
    }

    private static async Task CallBackAsync(HostProcess host, string id, string other)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Assert.Equal((401, "invalid-signature"), await SignAsync(host, id, id, "running", now, "another secret, not the farm's"));
        Assert.Equal((401, "invalid-signature"), await SignAsync(host, id, id, "running", now - 301, Secret));
        Assert.Equal((401, "invalid-signature"), await SignAsync(host, id, id, "running", now + 330, Secret));
        // What was signed for one trigger says nothing of another.
        Assert.Equal((401, "invalid-signature"), await SignAsync(host, other, id, "running", now, Secret));
        Assert.Equal("accepted", Text(await GetAsync(host, $"v1/triggers/{id}"), "status"));

        foreach (var status in (string[])["running", "running", "accepted", "succeeded", "running", "succeeded"])
            Assert.Equal((200, ""), await SignAsync(host, id, id, status, now, Secret));
        Assert.Equal((409, "conflict"), await SignAsync(host, id, id, "failed", now, Secret));
        Assert.Equal("succeeded", Text(await GetAsync(host, $"v1/triggers/{id}"), "status"));
    }

    private static async Task<(int Status, string Slug)> SignAsync(HostProcess host, string route, string id, string status, long timestamp, string secret)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"trigger_id": "{{id}}", "status": "{{status}}"}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, $"v1/triggers/{route}/status")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add(WebhookSignature.IdHeader, "m1");
        request.Headers.Add(WebhookSignature.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Sign(Encoding.UTF8.GetBytes(secret), "m1", timestamp, body));
        using var answer = await host.Client.SendAsync(request);
        return ((int)answer.StatusCode, answer.IsSuccessStatusCode ? "" : Text(await answer.Content.ReadFromJsonAsync<JsonElement>(), "type").Split(':')[^1]);
    }

    private static Dictionary<string, string> Options(HttpReceiver receiver) => new()
    {
        ["Drift__Actors__EvaluationInterval"] = "00:00:00.05",
        ["Drift__Actors__WakeInterval"] = "00:00:00.1",
        ["Drift__Delivery__AllowLoopback"] = "true",
        ["Drift__Delivery__PollInterval"] = "00:00:00.05",
        ["Drift__Delivery__Timeout"] = "00:00:01",
        ["Drift__Delivery__RetryDelay"] = "00:00:00.2",
        ["Drift__Delivery__MaxRetryDelay"] = "00:00:01",
        ["Drift__Triggers__Destinations__0__Name"] = "farm",
        ["Drift__Triggers__Destinations__0__Url"] = new Uri(receiver.Address, "train").ToString(),
        ["Drift__Triggers__Destinations__0__Secret"] = Secret,
    };

    private static async Task PutModelAsync(HostProcess host, string model) => await Eventually.Async(
        async () =>
        {
            using var content = new StringContent("{}", Encoding.UTF8, "application/json");
            using var answer = await host.Client.PutAsync(new Uri(host.Address, $"v1/models/{model}"), content);
            return answer.StatusCode == HttpStatusCode.OK;
        },
        Patience,
        "the model is there");

    /// <summary>As a careful caller does: the same request under one key until it is answered.</summary>
    private static async Task<string> RequestUntilAnsweredAsync(HostProcess host, string model)
    {
        var id = "";
        await Eventually.Async(
            async () =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.Address, $"v1/models/{model}/triggers"));
                request.Headers.Add("Idempotency-Key", $"key-{model}");
                request.Content = new StringContent("""{"by": "ada", "reason": "x"}""", Encoding.UTF8, "application/json");
                using var answer = await host.Client.SendAsync(request);
                if (!answer.IsSuccessStatusCode)
                    return false;
                id = Text(await answer.Content.ReadFromJsonAsync<JsonElement>(), "id");
                return true;
            },
            Patience,
            "the trigger is made");
        return id;
    }

    private static async Task<JsonElement> PostAsync(HostProcess host, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await host.Client.PostAsync(new Uri(host.Address, path), content);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private static Task<JsonElement> GetAsync(HostProcess host, string path) => host.Client.GetFromJsonAsync<JsonElement>(new Uri(host.Address, path));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
