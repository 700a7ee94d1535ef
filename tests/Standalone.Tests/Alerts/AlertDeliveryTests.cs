using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Drift.Standalone.Tests.Crash;
using Drift.Standalone.Tests.Metrics;
using Drift.Support;

namespace Drift.Standalone.Tests.Alerts;

/// <summary>Alerts leave the host as it is run: through kills, and to a real Alertmanager.</summary>
[Collection(nameof(HostProcess))]
public sealed class AlertDeliveryTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task An_alert_that_was_not_delivered_when_the_host_was_killed_arrives_once_on_SQLite()
    {
        using var data = new TempDirectory();
        await KillBetweenVerdictAndDeliveryAsync(data, null);
    }

    [PostgresFact]
    public async Task An_alert_that_was_not_delivered_when_the_host_was_killed_arrives_once_on_PostgreSQL()
    {
        using var data = new TempDirectory();
        var database = await (await PostgresServer.Shared).CreateDatabaseAsync();
        Assert.Equal(0, (await HostProcess.RunAsync(data.Path, ["migrate"], postgres: database)).ExitCode);
        await KillBetweenVerdictAndDeliveryAsync(data, database);
    }

    [AlertmanagerFact]
    public async Task A_real_Alertmanager_shows_an_alert_while_it_is_open_and_tells_of_its_end()
    {
        await using var receiver = HttpReceiver.Start();
        await using var alertmanager = await AlertmanagerServer.StartAsync(receiver.Address);
        using var data = new TempDirectory();
        await using var host = await HostProcess.StartAsync(data.Path, new(Options)
        {
            ["Drift__Alerts__Alertmanager__Url"] = alertmanager.Address.ToString(),
            ["Drift__Alerts__Alertmanager__ResendInterval"] = "00:00:01",
            ["Drift__Alerts__ExternalUrl"] = "https://drift.example.org/",
        });
        await MakeDriftAsync(host);
        var opened = await AlertAsync(host, "open");

        JsonElement shown = default;
        await Eventually.Async(
            async () =>
            {
                shown = (await alertmanager.AlertsAsync()).SingleOrDefault();
                return shown.ValueKind == JsonValueKind.Object;
            },
            Patience,
            "Alertmanager shows the alert");
        var labels = shown.GetProperty("labels");
        Assert.Equal(
            ("ModelDrift", "credit", "default", "critical"),
            (Text(labels, "alertname"), Text(labels, "model"), Text(labels, "tenant"), Text(labels, "severity")));
        Assert.Equal(Text(opened, "id"), Text(shown.GetProperty("annotations"), "alert_id"));
        Assert.Equal(opened.GetProperty("opened_at").GetDateTimeOffset(), shown.GetProperty("startsAt").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
        Assert.Equal($"https://drift.example.org/v1/alerts/{Text(opened, "id")}", Text(shown, "generatorURL"));
        var held = shown.GetProperty("endsAt").GetDateTimeOffset();
        // It is said again and again that it goes on: longer than any one of these messages holds.
        await Eventually.Async(
            async () => (await alertmanager.AlertsAsync()).Single().GetProperty("endsAt").GetDateTimeOffset() > held + TimeSpan.FromSeconds(5),
            Patience,
            "the alert is sent again");

        await EndDriftAsync(host);

        await Eventually.Async(async () => (await alertmanager.AlertsAsync()).Count == 0, Patience, "Alertmanager no longer shows the alert");
        await Eventually.Async(() => receiver.Requests.Any(r => Text(r.Json, "status") == "resolved"), Patience, "its receiver is told that it is over");
        var resolved = await AlertAsync(host, "resolved");
        var notices = receiver.Requests.Select(r => (Status: Text(r.Json, "status"), Id: Text(r.Json.GetProperty("alerts")[0].GetProperty("annotations"), "alert_id"))).ToList();
        Assert.Equal([("firing", Text(opened, "id")), ("resolved", Text(resolved, "id"))], notices);
    }

    private static Dictionary<string, string> Options => new()
    {
        ["Drift__Actors__EvaluationInterval"] = "00:00:00.05",
        ["Drift__Delivery__AllowLoopback"] = "true",
        ["Drift__Delivery__PollInterval"] = "00:00:00.05",
        ["Drift__Delivery__Timeout"] = "00:00:02",
        ["Drift__Delivery__RetryDelay"] = "00:00:00.2",
        ["Drift__Delivery__MaxRetryDelay"] = "00:00:01",
    };

    private static async Task KillBetweenVerdictAndDeliveryAsync(TempDirectory data, string? postgres)
    {
        await using var receiver = HttpReceiver.Away();
        await using var host = await HostProcess.StartAsync(
            data.Path,
            new(Options)
            {
                ["Drift__Alerts__Webhooks__0__Name"] = "pager",
                ["Drift__Alerts__Webhooks__0__Url"] = new Uri(receiver.Address, "hook").ToString(),
                ["Drift__Alerts__Webhooks__0__Secret"] = "a secret of the pager",
            },
            postgres);
        await MakeDriftAsync(host);
        var opened = await AlertAsync(host, "open");
        for (var kill = 0; kill < 3; kill++)
        {
            await host.KillAsync();
            await host.StartAsync();
        }

        Assert.Equal(Text(opened, "id"), Text(await AlertAsync(host, "open"), "id"));
        receiver.Return();
        await Eventually.Async(() => receiver.Requests.Count > 0, Patience, "the alert is delivered");
        await host.KillAsync();
        await host.StartAsync();
        await EndDriftAsync(host);
        await AlertAsync(host, "resolved");
        await Eventually.Async(
            async () => (await GetAsync(host, "v1/outbox?state=delivered")).GetProperty("count").GetInt32() == 2, Patience, "the end is delivered too");

        var id = Text(opened, "id");
        var byId = receiver.Requests.GroupBy(r => r.Headers["webhook-id"]).ToDictionary(g => g.Key, g => g.Select(r => r.Body).Distinct().Single());
        Assert.Equal([$"{id}.1.pager", $"{id}.2.pager"], byId.Keys.Order());
        Assert.Equal(["alert.opened", "alert.resolved"], byId.OrderBy(b => b.Key).Select(b => Text(JsonDocument.Parse(b.Value).RootElement, "type")));
        Assert.Equal(0, (await GetAsync(host, "v1/outbox?state=pending")).GetProperty("count").GetInt32());
    }

    private static async Task MakeDriftAsync(HostProcess host)
    {
        using var settings = new StringContent(
            """
            {"task": "binary", "positive": "approve", "reference": {"rows": 1000}, "windows": ["1h"],
             "hysteresis": {"open_after": 1, "open_of": 1, "close_after": 1, "close_of": 1}}
            """,
            Encoding.UTF8,
            "application/json");
        using var configured = await host.Client.PutAsync(new Uri(host.Address, "v1/models/credit"), settings);
        Assert.Equal(HttpStatusCode.OK, configured.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await host.SendClassifiedAsync("credit", "reference", 1000, age: 40, seed: 1));
        Assert.Equal(HttpStatusCode.OK, await host.SendClassifiedAsync("credit", "drifted", 1000, age: 55, seed: 2));
    }

    // A deleted model drifts no longer, at once.
    private static async Task EndDriftAsync(HostProcess host)
    {
        using var deleted = await host.Client.DeleteAsync(new Uri(host.Address, "v1/models/credit"));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    private static async Task<JsonElement> AlertAsync(HostProcess host, string state)
    {
        JsonElement alert = default;
        await Eventually.Async(
            async () =>
            {
                alert = (await GetAsync(host, $"v1/alerts?state={state}")).GetProperty("alerts").EnumerateArray().SingleOrDefault();
                return alert.ValueKind == JsonValueKind.Object;
            },
            Patience,
            $"an alert is {state}");
        return alert;
    }

    private static Task<JsonElement> GetAsync(HostProcess host, string path) => host.Client.GetFromJsonAsync<JsonElement>(new Uri(host.Address, path));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
