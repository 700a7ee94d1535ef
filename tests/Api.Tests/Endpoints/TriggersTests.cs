using System.Text.Json;
using Drift.Api.Tests.Support;

namespace Drift.Api.Tests.Endpoints;

public sealed class TriggersTests
{
    [Fact]
    public async Task A_manual_trigger_is_made_once_per_key_and_says_who_asked_and_why()
    {
        await using var host = await StartAsync();
        var made = (await RequestAsync(host, key: "k1")).Ok();
        Assert.Equal(
            ("manual", "approved", "credit", "ada", "a new form", "farm"),
            (Text(made, "type"), Text(made, "status"), Text(made, "model"), Text(made.GetProperty("reason"), "requested_by"), Text(made.GetProperty("reason"), "summary"), made.GetProperty("destinations")[0].GetString()));
        Assert.Equal(Text(made, "id"), Text((await RequestAsync(host, key: "k1")).Ok(), "id"));
        Assert.Equal("2026-11-20T12:00:00Z", Text(made, "created_at"));

        var busy = (await RequestAsync(host, key: "k2")).Problem(409, "conflict");
        Assert.Contains(Text(made, "id"), Text(busy, "detail"), StringComparison.Ordinal);
        Assert.Equal(made.GetRawText(), (await host.GetAsync($"/v1/triggers/{Text(made, "id")}")).Ok().GetRawText());
    }

    [Fact]
    public async Task A_trigger_of_an_unknown_model_or_without_a_reason_is_refused()
    {
        await using var host = await StartAsync();
        (await host.PostAsync("/v1/models/nobody/triggers", """{"by": "ada", "reason": "x"}""")).Problem(404, "not-found");
        (await host.PostAsync("/v1/models/credit/triggers", """{"by": "ada"}""")).Problem(400, "invalid-request");
        (await host.PostAsync("/v1/models/credit/triggers", """{"by": "", "reason": "x"}""")).Problem(400, "invalid-request");
        Assert.Equal(0, (await host.GetAsync("/v1/triggers")).Ok().GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task Triggers_are_listed_by_model_and_status_page_by_page_the_latest_first()
    {
        await using var host = await StartAsync();
        await host.PutAsync("/v1/models/fraud", "{}");
        var ids = new List<string>();
        foreach (var model in (string[])["credit", "fraud", "credit"])
        {
            host.Clock.Advance(TimeSpan.FromMinutes(1));
            var id = Text((await host.PostAsync($"/v1/models/{model}/triggers", """{"by": "ada", "reason": "x"}""")).Ok(), "id");
            (await host.PostAsync($"/v1/triggers/{id}/cancel", """{"by": "ada"}""")).Ok();
            ids.Insert(0, id);
        }

        host.Clock.Advance(TimeSpan.FromMinutes(1));
        ids.Insert(0, Text((await RequestAsync(host)).Ok(), "id"));

        Assert.Equal(ids, Ids(await host.GetAsync("/v1/triggers")));
        Assert.Equal([ids[0], ids[1], ids[3]], Ids(await host.GetAsync("/v1/triggers?model=credit")));
        Assert.Equal([ids[0]], Ids(await host.GetAsync("/v1/triggers?status=approved")));
        var page = (await host.GetAsync("/v1/triggers?limit=3")).Ok();
        Assert.Equal(ids[2], Text(page, "next"));
        Assert.Equal([ids[3]], Ids(await host.GetAsync($"/v1/triggers?limit=3&before={ids[2]}")));
        (await host.GetAsync("/v1/triggers?status=done")).Problem(400, "invalid-request");
        (await host.GetAsync("/v1/triggers/nothing")).Problem(404, "not-found");
    }

    [Fact]
    public async Task A_trainer_with_a_key_reports_and_an_impossible_step_names_the_possible_ones()
    {
        await using var host = await StartAsync();
        var path = $"/v1/triggers/{Text((await RequestAsync(host)).Ok(), "id")}";
        var running = (await host.PostAsync($"{path}/status", """{"status": "running", "job_id": "j1", "message": "epoch 1"}""")).Ok();
        Assert.Equal(("running", "j1", "epoch 1"), (Text(running, "status"), Text(running, "job_id"), Text(running, "message")));
        Assert.Equal("running", Text((await host.PostAsync($"{path}/status", """{"status": "accepted"}""")).Ok(), "status"));
        Assert.Equal("v4", Text((await host.PostAsync($"{path}/status", """{"status": "succeeded", "adapter_version": "v4"}""")).Ok(), "adapter_version"));

        foreach (var (route, body, detail) in new[]
        {
            ("status", """{"status": "failed"}""", "is succeeded and cannot become failed"), ("cancel", """{"by": "ada"}""", "cannot become cancelled"),
        })
            Assert.Contains(detail, Text((await host.PostAsync($"{path}/{route}", body)).Problem(409, "conflict"), "detail"), StringComparison.Ordinal);

        var word = (await host.PostAsync($"{path}/status", """{"status": "expired"}""")).Problem(400, "invalid-request");
        Assert.Contains("it must be one of accepted, running, succeeded, failed", Text(word, "detail"), StringComparison.Ordinal);
        (await host.PostAsync($"{path}/status", """{"status": "running", "trigger_id": "other"}""")).Problem(400, "invalid-request");
        (await host.PostAsync($"{path}/approve", "{}")).Problem(400, "invalid-request");
    }

    [Fact]
    public async Task A_signed_call_back_needs_no_key_and_one_with_a_wrong_signature_changes_nothing_whatever_else_it_has()
    {
        await using var host = await StartAsync(ApiHost.Keys);
        var made = (await host.PostAsync("/v1/models/credit/triggers", """{"by": "ada", "reason": "x"}""", "application/json", ("X-Api-Key", ApiHost.AdminKey))).Ok();
        var path = $"/v1/triggers/{Text(made, "id")}/status";
        const string body = """{"status": "running"}""";
        (string, string)[] signed = [("webhook-id", "m1"), ("webhook-timestamp", "1763640000"), ("webhook-signature", "right")];
        (string, string)[] wrong = [.. signed[..2], ("webhook-signature", "wrong")];

        (await host.PostAsync(path, body)).Problem(401, "unauthorized");
        var refused = (await host.PostAsync(path, body, "application/json", wrong)).Problem(401, "invalid-signature");
        Assert.Equal("webhook-signature is not right.", Text(refused, "detail"));
        (await host.PostAsync(path, body, "application/json", [.. wrong, ("X-Api-Key", ApiHost.AdminKey)])).Problem(401, "invalid-signature");
        // Nobody learns by it whether a trigger is there, nor gets further by it elsewhere.
        (await host.PostAsync("/v1/triggers/nothing/status", body, "application/json", signed)).Problem(401, "invalid-signature");
        (await host.PostAsync(path.Replace("/status", "/cancel", StringComparison.Ordinal), """{"by": "eve"}""", "application/json", signed)).Problem(401, "unauthorized");
        (await host.PostAsync(path, body, "application/json", ("X-Api-Key", ApiHost.ReadKey))).Problem(403, "forbidden");
        Assert.Equal("approved", Text((await host.GetAsync($"/v1/triggers/{Text(made, "id")}", ("X-Api-Key", ApiHost.ReadKey))).Ok(), "status"));

        Assert.Equal("running", Text((await host.PostAsync(path, body, "application/json", signed)).Ok(), "status"));
        Assert.Equal("running", Text((await host.PostAsync(path, body, "application/json", ("X-Api-Key", ApiHost.IngestKey))).Ok(), "status"));
    }

    [Fact]
    public async Task Another_tenant_s_trigger_is_not_there()
    {
        await using var host = await StartAsync();
        var made = (await RequestAsync(host)).Ok();
        await using var other = await ApiHost.StartAsync(ApiHost.Keys);
        var trigger = (await host.Storage.ReadTriggerAsync(Text(made, "id")))!;
        await other.Storage.WriteTriggerAsync(trigger);
        (await other.GetAsync($"/v1/triggers/{trigger.Id}", ("X-Api-Key", ApiHost.AdminKey))).Problem(404, "not-found");
        (await other.PostAsync($"/v1/triggers/{trigger.Id}/cancel", """{"by": "eve"}""", "application/json", ("X-Api-Key", ApiHost.AdminKey))).Problem(404, "not-found");
    }

    [Theory]
    [InlineData("""{"triggers": {"min_severity": "none"}}""", "triggers.min_severity")]
    [InlineData("""{"triggers": {"min_accuracy": 1.5}}""", "triggers.min_accuracy")]
    [InlineData("""{"triggers": {"evaluations": 0}}""", "triggers.evaluations")]
    [InlineData("""{"triggers": {"cooldown_minutes": -1}}""", "triggers.cooldown_minutes")]
    [InlineData("""{"triggers": {"daily_budget": 0}}""", "triggers.daily_budget")]
    [InlineData("""{"triggers": {"schedule_days": 0}}""", "triggers.schedule_days")]
    [InlineData("""{"triggers": {"expire_after_minutes": 0}}""", "triggers.expire_after_minutes")]
    [InlineData("""{"triggers": {"destinations": ["farm", "farm"]}}""", "triggers.destinations")]
    [InlineData("""{"triggers": {"destinations": ["nowhere"]}}""", "triggers.destinations")]
    [InlineData("""{"triggers": {"destinations": [null]}}""", "triggers.destinations")]
    [InlineData("""{"triggers": {"when": "now"}}""", "triggers.when")]
    public async Task A_policy_that_cannot_be_is_refused_by_field(string settings, string field)
    {
        await using var host = await ApiHost.StartAsync();
        var problem = (await host.PutAsync("/v1/models/credit", settings)).Problem(400, "invalid-settings");
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.GetRawText());
    }

    private static async Task<ApiHost> StartAsync(IReadOnlyDictionary<string, string?>? settings = null)
    {
        var host = await ApiHost.StartAsync(settings);
        await host.SendAsync(HttpMethod.Put, "/v1/models/credit", "{}"u8.ToArray(), ("Content-Type", "application/json"), ("X-Api-Key", ApiHost.AdminKey));
        return host;
    }

    private static Task<Reply> RequestAsync(ApiHost host, string? key = null) =>
        host.PostAsync("/v1/models/credit/triggers", """{"by": "ada", "reason": "a new form"}""", "application/json", key is null ? [] : [("Idempotency-Key", key)]);

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static IEnumerable<string> Ids(Reply reply) => reply.Ok().GetProperty("triggers").EnumerateArray().Select(t => Text(t, "id"));
}
