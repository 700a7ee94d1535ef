using System.Text;
using System.Text.Json;
using Drift.Actors.Alerts;
using Drift.Actors.Ports;
using Drift.Core.Detection;
using Drift.Delivery.Tests.Support;
using Drift.Support;

namespace Drift.Delivery.Tests.Alerts;

public sealed class AlertRoutingTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private static readonly Alert Alert = new()
    {
        Id = "a1",
        Tenant = "default",
        Kind = AlertKind.Drift,
        Model = "credit",
        Window = "1h",
        Severity = Severity.Critical,
        Summary = "Critical drift of credit in the last 1h: <age> & größe, PSI 0.41.",
        Columns = ["<age>", "größe"],
        Values = new Dictionary<string, double> { ["psi"] = 0.41 },
        Sequence = 1,
        OpenedAt = Noon,
        UpdatedAt = Noon,
    };

    [Fact]
    public async Task Every_destination_gets_a_message_whose_id_tells_alert_change_and_destination()
    {
        await using var host = await DeliveryHost.StartAsync(Destinations);

        var entries = host.Router.Route(Alert with { Sequence = 2 }, AlertEvent.Changed);

        Assert.Equal(["a1.2.pager", "a1.2.webhook-1", "a1.2.slack", "a1.2.alertmanager", "a1.2.alertmanager-2"], entries.Select(e => e.Id));
        Assert.Equal(entries.Select(e => (e.Id, Body(e))), host.Router.Route(Alert with { Sequence = 2 }, AlertEvent.Changed).Select(e => (e.Id, Body(e))));
        Assert.All(entries, e => Assert.DoesNotContain("secret", Body(e), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_webhook_gets_the_alert_and_what_happened_to_it()
    {
        await using var host = await DeliveryHost.StartAsync(Destinations);

        Assert.Equal(
            """{"type":"alert.opened","timestamp":"2026-11-20T12:00:00Z","data":{"id":"a1","tenant":"default","kind":"drift","model":"credit","window":"1h","state":"open","severity":"critical","summary":"Critical drift of credit in the last 1h: <age> & größe, PSI 0.41.","columns":["<age>","größe"],"values":{"psi":0.41},"sequence":1,"opened_at":"2026-11-20T12:00:00Z","url":"https://drift.example.org/x/v1/alerts/a1"}}""",
            Body(host.Router.Route(Alert, AlertEvent.Opened)[0]));
    }

    [Fact]
    public async Task Slack_gets_a_line_for_people_without_markup_of_ours()
    {
        await using var host = await DeliveryHost.StartAsync(Destinations);

        using var opened = JsonDocument.Parse(host.Router.Route(Alert, AlertEvent.Opened)[2].Payload);
        using var resolved = JsonDocument.Parse(host.Router.Route(Alert with { ResolvedAt = Noon, Resolution = "the drift is over" }, AlertEvent.Resolved)[2].Payload);

        Assert.Equal("Critical drift of credit in the last 1h: &lt;age&gt; &amp; größe, PSI 0.41.", opened.RootElement.GetProperty("text").GetString());
        Assert.Equal("#d50200", opened.RootElement.GetProperty("attachments")[0].GetProperty("color").GetString());
        Assert.StartsWith("Resolved: ", resolved.RootElement.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("the drift is over", resolved.RootElement.GetProperty("attachments")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Alertmanager_is_told_of_the_alert_as_it_is_when_the_message_is_sent_and_under_one_severity_only()
    {
        await using var receiver = HttpReceiver.Start();
        await using var host = await DeliveryHost.StartAsync(("Drift:Alerts:Alertmanager:Url", receiver.Address.ToString()), ("Drift:Alerts:Alertmanager:ResendInterval", "01:00:00"));
        var later = Alert with { Sequence = 2, Severity = Severity.Moderate, ResolvedAt = Noon.AddMinutes(5) };
        // The message of the first change waited until the second was stored.
        await host.States.SaveAsync("test/a1", 0, 0, default, SnapshotCopies.Latest, new SnapshotEffects([Alert, later], host.Router.Route(Alert, AlertEvent.Opened)), default);

        await host.UntilAsync(() => receiver.Requests.Count == 1, "Alertmanager is told");

        Assert.Equal("/api/v2/alerts", receiver.Requests[0].Path);
        var told = receiver.Requests[0].Json.EnumerateArray().ToDictionary(a => a.GetProperty("labels").GetProperty("severity").GetString()!, a => a);
        Assert.Equal(["critical", "moderate", "warning"], told.Keys.Order());
        Assert.All(told.Values, a => Assert.Equal("2026-11-20T12:05:00Z", a.GetProperty("endsAt").GetString()));
        Assert.Equal("""{"alertname":"ModelDrift","kind":"drift","severity":"moderate","tenant":"default","model":"credit"}""", told["moderate"].GetProperty("labels").GetRawText());
    }

    [Fact]
    public async Task Open_alerts_are_told_to_Alertmanager_again_before_it_takes_them_for_over_and_silenced_ones_are_not()
    {
        await using var receiver = HttpReceiver.Start();
        await using var host = await DeliveryHost.StartAsync(("Drift:Alerts:Alertmanager:Url", receiver.Address.ToString()));
        var silenced = Alert with { Id = "a2", Model = "fraud" };
        var over = Alert with { Id = "a3", Model = "over", ResolvedAt = Noon };
        await host.States.SaveAsync("test/a1", 0, 0, default, SnapshotCopies.Latest, new SnapshotEffects([Alert, silenced, over], []), default);
        await host.Alerts.AddSilenceAsync(new Silence { Id = "s1", Tenant = "default", Model = "fraud", StartsAt = Noon, EndsAt = Noon.AddDays(1) }, default);

        await host.UntilAsync(() => receiver.Requests.Count >= 3, "Alertmanager is told three times");

        var told = receiver.Requests.Take(3).Select(r => Assert.Single(r.Json.EnumerateArray())).ToList();
        Assert.All(told, a => Assert.Equal("credit", a.GetProperty("labels").GetProperty("model").GetString()));
        Assert.All(told, a => Assert.Equal(Noon, a.GetProperty("startsAt").GetDateTimeOffset()));
        var ends = told.Select(a => a.GetProperty("endsAt").GetDateTimeOffset()).ToList();
        Assert.True(ends[0] < ends[1] && ends[1] < ends[2], string.Join(", ", ends));
        Assert.True(ends[0] >= Noon.AddMinutes(5), $"{ends[0]} is sooner than four times the interval after the first time");
    }

    private static (string Key, string Value)[] Destinations =>
    [
        ("Drift:Alerts:ExternalUrl", "https://drift.example.org/x"),
        ("Drift:Alerts:Webhooks:0:Name", "pager"),
        ("Drift:Alerts:Webhooks:0:Url", "https://example.org/secret"),
        ("Drift:Alerts:Webhooks:0:Secret", "a secret of sixteen"),
        ("Drift:Alerts:Webhooks:1:Url", "https://example.org/secret"),
        ("Drift:Alerts:Webhooks:1:Secret", "a secret of sixteen"),
        ("Drift:Alerts:Slack:Url", "https://hooks.example.org/secret"),
        ("Drift:Alerts:Alertmanager:Url", "https://a.example.org, https://b.example.org/secret"),
    ];

    private static string Body(OutboxEntry entry) => Encoding.UTF8.GetString(entry.Payload.Span);
}
