using Drift.Api.Tests.Support;

namespace Drift.Api.Tests.Endpoints;

public sealed class AlertsTests
{
    [Fact]
    public async Task Alerts_are_listed_by_state_and_model_the_latest_first()
    {
        await using var host = await ApiHost.StartAsync();
        await host.AddAlertAsync("a1");
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        await host.AddAlertAsync("a2", a => a with { Model = "fraud" });
        await host.AddAlertAsync("a3", a => a with { Tenant = "other" });
        await host.AddAlertAsync("a4", a => a with { OpenedAt = a.OpenedAt.AddHours(-1), ResolvedAt = a.OpenedAt });

        Assert.Equal(["a2", "a1", "a4"], Ids(await host.GetAsync("/v1/alerts")));
        Assert.Equal(["a2", "a1"], Ids(await host.GetAsync("/v1/alerts?state=open")));
        Assert.Equal(["a4"], Ids(await host.GetAsync("/v1/alerts?state=resolved")));
        Assert.Equal(["a2"], Ids(await host.GetAsync("/v1/alerts?model=fraud")));
        Assert.Equal(["a2"], Ids(await host.GetAsync("/v1/alerts?limit=1")));
        Assert.Equal(3, (await host.GetAsync("/v1/alerts")).Ok().GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task An_alert_says_what_happened_where_and_how_bad_it_is()
    {
        await using var host = await ApiHost.StartAsync();
        await host.AddAlertAsync("a1");

        var alert = (await host.GetAsync("/v1/alerts/a1")).Ok();

        Assert.Equal(
            """{"id":"a1","tenant":"default","kind":"drift","model":"credit","window":"1h","severity":"moderate","summary":"Moderate drift of credit","columns":["age"],"values":{"psi":0.21},"sequence":1,"opened_at":"2026-11-20T12:00:00Z","updated_at":"2026-11-20T12:00:00Z","silenced":false,"state":"open"}""",
            alert.GetRawText());
    }

    [Fact]
    public async Task Who_looks_after_an_alert_is_kept()
    {
        await using var host = await ApiHost.StartAsync();
        await host.AddAlertAsync("a1");
        host.Clock.Advance(TimeSpan.FromMinutes(5));

        var alert = (await host.PostAsync("/v1/alerts/a1/acknowledge", """{"by": "ada", "note": "looking"}""")).Ok();

        Assert.Equal("acknowledged", alert.GetProperty("state").GetString());
        Assert.Equal(
            """{"by":"ada","at":"2026-11-20T12:05:00Z","severity":"moderate","note":"looking"}""", alert.GetProperty("acknowledgement").GetRawText());
        Assert.Equal(["a1"], Ids(await host.GetAsync("/v1/alerts?state=acknowledged")));
    }

    [Theory]
    [InlineData("{}", "by")]
    [InlineData("""{"by": ""}""", "by")]
    [InlineData("""{"by": "a\u0000"}""", "by")]
    [InlineData("""{"by": "ada", "note": " "}""", "note")]
    [InlineData("""{"by": "ada", "colour": "red"}""", "colour")]
    public async Task An_acknowledgement_that_says_nothing_useful_is_refused(string body, string field)
    {
        await using var host = await ApiHost.StartAsync();
        await host.AddAlertAsync("a1");

        var problem = (await host.PostAsync("/v1/alerts/a1/acknowledge", body)).Problem(400, "invalid-request");

        Assert.Contains($"'{field}'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("open", (await host.GetAsync("/v1/alerts/a1")).Ok().GetProperty("state").GetString());
    }

    [Fact]
    public async Task What_is_over_or_of_another_tenant_cannot_be_acknowledged()
    {
        await using var host = await ApiHost.StartAsync();
        await host.AddAlertAsync("over", a => a with { ResolvedAt = a.OpenedAt });
        await host.AddAlertAsync("foreign", a => a with { Tenant = "other" });

        (await host.PostAsync("/v1/alerts/over/acknowledge", """{"by": "ada"}""")).Problem(409, "conflict");
        (await host.PostAsync("/v1/alerts/foreign/acknowledge", """{"by": "ada"}""")).Problem(404, "not-found");
        (await host.GetAsync("/v1/alerts/foreign")).Problem(404, "not-found");
        (await host.GetAsync("/v1/alerts?state=shut")).Problem(400, "invalid-request");
        (await host.GetAsync("/v1/alerts?limit=0")).Problem(400, "invalid-request");
        (await host.GetAsync("/v1/alerts?model=a%20b")).Problem(400, "invalid-request");
    }

    [Fact]
    public async Task A_silence_is_listed_until_it_is_ended()
    {
        await using var host = await ApiHost.StartAsync();

        var silence = (await host.PostAsync(
            "/v1/silences", """{"model": "credit", "max_severity": "moderate", "ends_at": "2026-11-20T15:00:00Z", "created_by": "ada", "reason": "a campaign"}""")).Ok();
        var id = silence.GetProperty("id").GetString()!;

        Assert.Equal("2026-11-20T12:00:00Z", silence.GetProperty("starts_at").GetString());
        Assert.Equal(silence.GetRawText(), (await host.GetAsync("/v1/silences")).Ok().GetProperty("silences")[0].GetRawText());
        var ended = (await host.SendAsync(HttpMethod.Delete, $"/v1/silences/{id}", null)).Ok();
        Assert.Equal("2026-11-20T12:00:00Z", ended.GetProperty("ends_at").GetString());
        Assert.Equal(0, (await host.GetAsync("/v1/silences")).Ok().GetProperty("count").GetInt32());
        (await host.SendAsync(HttpMethod.Delete, $"/v1/silences/{id}", null)).Problem(404, "not-found");
    }

    [Fact]
    public async Task All_that_is_wrong_with_a_silence_is_said()
    {
        await using var host = await ApiHost.StartAsync();

        var errors = (await host.PostAsync(
            "/v1/silences",
            """{"model": "a b", "kind": "colour", "feature": "", "max_severity": "none", "ends_at": "2026-11-20T11:00:00Z", "created_by": " ", "reason": ""}"""))
            .Problem(400, "invalid-request").GetProperty("errors");

        Assert.Equal(["created_by", "ends_at", "feature", "kind", "max_severity", "model", "reason"], errors.EnumerateObject().Select(e => e.Name).Order());
        Assert.Equal("is not in the future; it is 2026-11-20T12:00:00Z now", errors.GetProperty("ends_at")[0].GetString());
        Assert.Equal(0, (await host.GetAsync("/v1/silences")).Ok().GetProperty("count").GetInt32());
    }

    [Theory]
    [InlineData("""{"ends_at": "2028-11-20T11:00:00Z", "created_by": "ada", "reason": "x"}""", "ends_at")]
    [InlineData("""{"starts_at": "2026-11-21T00:00:00Z", "ends_at": "2026-11-20T13:00:00Z", "created_by": "ada", "reason": "x"}""", "ends_at")]
    [InlineData("""{"ends_at": "tomorrow", "created_by": "ada", "reason": "x"}""", "ends_at")]
    [InlineData("""{"created_by": "ada", "reason": "x"}""", "ends_at")]
    [InlineData("""{"ends_at": "2026-11-20T13:00:00Z", "created_by": "ada"}""", "reason")]
    [InlineData("""{"ends_at": "2026-11-20T13:00:00Z", "created_by": "ada", "reason": "x", "max_severity": "bad"}""", "max_severity")]
    public async Task A_silence_that_cannot_be_is_refused(string body, string field)
    {
        await using var host = await ApiHost.StartAsync();

        Assert.Contains(field, (await host.PostAsync("/v1/silences", body)).Problem(400, "invalid-request").GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/v1/alerts", ApiHost.ReadKey, 200)]
    [InlineData("GET", "/v1/outbox", ApiHost.ReadKey, 200)]
    [InlineData("GET", "/v1/alerts", ApiHost.IngestKey, 403)]
    [InlineData("POST", "/v1/silences", ApiHost.ReadKey, 403)]
    [InlineData("DELETE", "/v1/silences/x", ApiHost.ReadKey, 403)]
    [InlineData("POST", "/v1/alerts/x/acknowledge", ApiHost.ReadKey, 403)]
    [InlineData("POST", "/v1/outbox/x/redeliver", ApiHost.ReadKey, 403)]
    [InlineData("POST", "/v1/outbox/x/redeliver", ApiHost.AdminKey, 404)]
    public async Task Reading_takes_read_and_changing_takes_admin(string method, string path, string key, int status)
    {
        await using var host = await ApiHost.StartAsync(ApiHost.Keys);

        Assert.Equal(status, (int)(await host.SendAsync(new HttpMethod(method), path, null, ("X-Api-Key", key))).Status);
    }

    private static IEnumerable<string?> Ids(Reply reply) => reply.Ok().GetProperty("alerts").EnumerateArray().Select(a => a.GetProperty("id").GetString());
}
